/** Shells and commands whose account wants them encrypted with KMS, against an agent that encrypts as the official one. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { Secret } from '../../../src/services/base/secret.ts';
import type { DataKeyRequest } from '../../../src/services/ssm/kms.ts';
import { PayloadType } from '../../../src/services/ssm/message.ts';
import { decodeEncryptionChallenge } from '../../../src/services/ssm/messagePayloads.ts';
import { openSsmShell } from '../../../src/services/ssm/ssmShell.ts';
import { failureOf, Screen, testOptions } from './openTestShell.ts';
import { ScriptedService, type ScriptedConnection } from './scriptedService.ts';

const KEY_ID = 'arn:aws:kms:us-east-1:111122223333:key/1';
let service: ScriptedService;
let dataKey: Buffer;
let asked: DataKeyRequest[];

beforeEach(async () => {
  service = await ScriptedService.start();
  dataKey = randomBytes(64);
  asked = [];
});
afterEach(async () => {
  await service.close();
});

const generateDataKey = async (request: DataKeyRequest): Promise<{ plaintext: Secret; ciphertextBlob: Uint8Array }> => {
  asked.push(request);
  return { plaintext: new Secret(Uint8Array.from(dataKey)), ciphertextBlob: Buffer.from('blob') };
};

function seal(content: string | Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey.subarray(0, 32), nonce);
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function unseal(envelope: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', dataKey.subarray(32), envelope.subarray(0, 12));
  decipher.setAuthTag(envelope.subarray(-16));
  return Buffer.concat([decipher.update(envelope.subarray(12, -16)), decipher.final()]);
}

function requestEncryption(connection: ScriptedConnection): void {
  const actions = [
    { ActionType: 'SessionType', ActionParameters: { SessionType: 'Standard_Stream', Properties: null } },
    { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: KEY_ID, Challenge: 'AAECAwQFBgcICQoLDA0ODw==' } },
  ];
  connection.output(0, JSON.stringify({ AgentVersion: '3.3.987.0', RequestedClientActions: actions }), PayloadType.handshakeRequest);
}

test('a shell is encrypted both ways, after a challenge, with a key bound to session and target', async () => {
  const opening = openSsmShell(testOptions(service, { generateDataKey, target: 'i-0123456789abcdef0' }));
  const connection = await service.nextConnection();
  requestEncryption(connection);
  const response = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  expect(JSON.parse(Buffer.from(response.payload).toString())).toMatchObject({ ProcessedClientActions: [{ ActionStatus: 1 }, { ActionStatus: 1, ActionResult: { KMSCipherTextKey: Buffer.from('blob').toString('base64'), ChallengeAcknowledgement: true } }] });
  expect(asked).toEqual([{ keyId: KEY_ID, encryptionContext: { 'aws:ssm:SessionId': 'session-1', 'aws:ssm:TargetId': 'i-0123456789abcdef0', 'aws:ssm:RandomChallenge': 'AAECAwQFBgcICQoLDA0ODw==' } }]);
  const challenge = randomBytes(64);
  connection.output(1, JSON.stringify({ Challenge: seal(challenge).toString('base64') }), PayloadType.encChallengeRequest);
  const answer = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.encChallengeResponse);
  expect(unseal(Buffer.from(decodeEncryptionChallenge(answer.payload) ?? '', 'base64'))).toEqual(challenge);
  connection.output(2, JSON.stringify({ HandshakeTimeToComplete: 1, CustomerMessage: 'This session is encrypted using AWS KMS.' }), PayloadType.handshakeComplete);
  const shell = await opening;
  const screen = new Screen(shell);
  connection.output(3, seal('$ '));
  connection.output(4, seal('oops'), PayloadType.stdErr);
  await screen.shows('oops');
  expect(screen.text).toBe('This session is encrypted using AWS KMS.\r\n$ oops');

  const text = 'x'.repeat(3000);
  shell.stream.write(text);
  const inputs = async (): Promise<Buffer> => {
    const sealed = [...service.input.values()].filter(({ payloadType }) => payloadType === PayloadType.output).toSorted((a, b) => a.sequenceNumber - b.sequenceNumber);
    for (const { payload } of sealed) expect(payload.length).toBeLessThanOrEqual(1024);
    return Buffer.concat(sealed.map(({ payload }) => unseal(payload)));
  };
  while ((await inputs()).length < text.length) await new Promise((resolve) => setImmediate(resolve));
  expect((await inputs()).toString()).toBe(text);
  // Sizes are never encrypted.
  expect(connection.received.filter(({ payloadType }) => payloadType === PayloadType.size).at(-1)?.payload.toString()).toBe('{"cols":100,"rows":30}');
  connection.output(5, seal('EXIT_CODE: 7'), PayloadType.exitCode);
  connection.closeChannel('');
  expect(await shell.exited).toEqual({ exitCode: 7 });
});

test('a message that is not encrypted with the key ends the session, and shows nothing of it', async () => {
  const opening = openSsmShell(testOptions(service, { generateDataKey }));
  const connection = await service.nextConnection();
  requestEncryption(connection);
  await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  connection.output(1, '{}', PayloadType.handshakeComplete);
  const shell = await opening;
  const screen = new Screen(shell);
  connection.output(2, 'in the clear, somebody else\'s words');
  expect(await failureOf(shell.exited)).toMatchObject({ code: 'ssm.protocol', message: expect.stringContaining('not encrypted') });
  expect(screen.text).toBe('');
});

test('a challenge that is not the agent\'s ends the opening', async () => {
  const options = testOptions(service, { generateDataKey });
  const failure = failureOf(openSsmShell(options));
  const connection = await service.nextConnection();
  requestEncryption(connection);
  await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  connection.output(1, JSON.stringify({ Challenge: randomBytes(92).toString('base64') }), PayloadType.encChallengeRequest);
  expect(await failure).toMatchObject({ code: 'ssm.protocol' });
  expect(options.record.terminated).toEqual(['session-1']);
});

test('a key that KMS does not give fails the opening with the reason of KMS, and the agent is told', async () => {
  const denied = new PosternError({ code: 'aws.access-denied', message: 'kms:GenerateDataKey is not allowed.' });
  const options = testOptions(service, { generateDataKey: () => Promise.reject(denied) });
  const failure = failureOf(openSsmShell(options));
  const connection = await service.nextConnection();
  requestEncryption(connection);
  const response = await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  expect(JSON.parse(Buffer.from(response.payload).toString())).toMatchObject({ ProcessedClientActions: [{ ActionStatus: 1 }, { ActionStatus: 2 }] });
  expect(await failure).toBe(denied);
});

test('a handshake that is completed before it was answered completes nothing', async () => {
  const key = Promise.withResolvers<void>();
  const opening = openSsmShell(
    testOptions(service, {
      generateDataKey: async (request) => {
        await key.promise;
        return generateDataKey(request);
      },
    }),
  );
  const connection = await service.nextConnection();
  requestEncryption(connection);
  connection.output(1, '{}', PayloadType.handshakeComplete);
  await connection.waitForAcknowledgement(1);
  key.resolve();
  await connection.waitFor(({ payloadType }) => payloadType === PayloadType.handshakeResponse);
  connection.output(2, '{}', PayloadType.handshakeComplete);
  const shell = await opening;
  connection.output(3, seal('$ '));
  expect((await once(shell.stream, 'data')).toString()).toBe('$ ');
  shell.close();
  await shell.exited;
});
