import { expect, test } from 'vitest';
import { answerHandshake, CLIENT_VERSION } from '../../../src/services/ssm/handshake.ts';
import { decodeHandshakeRequest, encodeJson } from '../../../src/services/ssm/messagePayloads.ts';
import { vectors } from './vectors.ts';

test('a request for a session type is answered with success, in the official form', () => {
  const request = decodeHandshakeRequest(Buffer.from(vectors.jsonPayloads['handshakeRequest'] ?? ''));
  const answer = answerHandshake(request ?? { AgentVersion: '', RequestedClientActions: [] });
  expect(encodeJson(answer.response).toString()).toBe((vectors.jsonPayloads['handshakeResponse'] ?? '').replace('1.2.0.0', CLIENT_VERSION));
  expect(answer).toMatchObject({ agentVersion: '3.3.987.0', session: { SessionType: 'Port' } });
  expect(answer.refusal).toBeUndefined();
});

test('the client version is one that AWS still accepts', () => {
  expect(CLIENT_VERSION.split('.').map(Number)).toEqual([1, 2, 764, 0]);
});

test('a request for KMS encryption is answered as unsupported, in its place, and explained', () => {
  const answer = answerHandshake({
    AgentVersion: '3.3.987.0',
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: 'Standard_Stream', Properties: null } },
      { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1', Challenge: 'AAECAw==' } },
    ],
  });
  expect(answer.response.ProcessedClientActions.map(({ ActionType, ActionStatus }) => [ActionType, ActionStatus])).toEqual([['SessionType', 1], ['KMSEncryption', 3]]);
  expect(answer.refusal).toMatchObject({ code: 'ssm.session-refused', message: expect.stringContaining('KMS encryption'), remedy: expect.stringContaining('SSH') });
});

test('an action nobody knows is answered as unsupported', () => {
  const answer = answerHandshake({ AgentVersion: '9.0.0.0', RequestedClientActions: [{ ActionType: 'Teleport', ActionParameters: {} }] });
  expect(answer.response.ProcessedClientActions).toEqual([{ ActionType: 'Teleport', ActionStatus: 3, ActionResult: null, Error: 'Teleport is not supported by this client' }]);
  expect(answer.refusal?.code).toBe('ssm.protocol');
});
