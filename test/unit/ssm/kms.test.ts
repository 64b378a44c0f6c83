import { expect, test } from 'vitest';
import { Secret } from '../../../src/services/base/secret.ts';
import { answerHandshake, CLIENT_VERSION, wantedEncryption } from '../../../src/services/ssm/handshake.ts';
import { encryptionContext, SessionCipher } from '../../../src/services/ssm/kms.ts';
import { decodeEncryptionChallenge, decodeHandshakeRequest, encodeJson, type HandshakeRequest } from '../../../src/services/ssm/messagePayloads.ts';
import { vectors } from './vectors.ts';

const { kmsEncryption } = vectors;
const { challenge } = kmsEncryption;
const dataKey = (): Uint8Array => Uint8Array.from(kmsEncryption.plaintextDataKey64);
const cipher = new SessionCipher(dataKey());
const vectorOf = (key: string): (typeof kmsEncryption.vectors)[number] => kmsEncryption.vectors.find((vector) => vector.key === key) ?? fail();

function request(json: string): HandshakeRequest {
  return decodeHandshakeRequest(Buffer.from(json)) ?? fail();
}

test('what the agent encrypts is read, and what is sent is encrypted as the vector says', () => {
  const [fromAgent, fromClient] = [vectorOf('agent'), vectorOf('client')];
  expect(cipher.decrypt(fromAgent.envelopeHex)).toEqual(fromAgent.plaintextHex);
  expect(cipher.encrypt(fromClient.plaintextHex, fromClient.nonce)).toEqual(fromClient.envelopeHex);
});

test('the same content is never encrypted twice alike', () => {
  const envelopes = Array.from({ length: 100 }, () => cipher.encrypt(Buffer.from('l')).toString('hex'));
  expect(new Set(envelopes.map((envelope) => envelope.slice(0, 24))).size).toBe(100);
});

test('the challenge of the agent is answered as the vector says', () => {
  const nonce = challenge.responseEnvelopeHex.subarray(0, 12);
  const asked = decodeEncryptionChallenge(Buffer.from(challenge.requestPayloadJson)) ?? '';
  expect(encodeJson({ Challenge: cipher.answerChallenge(asked, nonce) }).toString()).toBe(challenge.responsePayloadJson);
  expect(cipher.decrypt(challenge.requestEnvelopeHex)).toEqual(challenge.plaintext64Hex);
});

test('what was changed on the way, cut off or encrypted with another key is refused', () => {
  const { envelopeHex } = vectorOf('agent');
  for (let index = 0; index < envelopeHex.length; index += 1) {
    const changed = Buffer.from(envelopeHex);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(() => cipher.decrypt(changed)).toThrow(expect.objectContaining({ code: 'ssm.protocol' }));
  }
  for (const length of [0, 1, 12, 27, envelopeHex.length - 1]) expect(() => cipher.decrypt(envelopeHex.subarray(0, length))).toThrow(expect.objectContaining({ code: 'ssm.protocol' }));
  expect(() => cipher.decrypt(vectorOf('client').envelopeHex)).toThrow(expect.objectContaining({ code: 'ssm.protocol' }));
});

test('a challenge of another length is not answered: nobody chooses what is encrypted here', () => {
  expect(() => cipher.answerChallenge(vectorOf('agent').envelopeHex.toString('base64'))).toThrow(expect.objectContaining({ code: 'ssm.protocol' }));
});

test('the encryption context names session and target, and the challenge when there is one', () => {
  const { 'aws:ssm:SessionId': sessionId = '', 'aws:ssm:TargetId': target = '', 'aws:ssm:RandomChallenge': Challenge = '' } = kmsEncryption.encryptionContextWithChallenge;
  expect(encryptionContext(sessionId, target, { KMSKeyId: 'arn' })).toEqual(kmsEncryption.encryptionContext);
  expect(encryptionContext(sessionId, target, { KMSKeyId: 'arn', Challenge })).toEqual(kmsEncryption.encryptionContextWithChallenge);
});

test('a handshake that asks for encryption is answered with the encrypted data key, byte for byte', () => {
  const asked = request(kmsEncryption.handshakeRequestJson);
  const plaintext = new Secret(dataKey());
  const answer = answerHandshake(asked, { dataKey: { plaintext, ciphertextBlob: Buffer.from(kmsEncryption.ciphertextBlobUtf8) } });
  expect(encodeJson(answer.response).toString()).toBe(kmsEncryption.handshakeResponseWithChallengeAckJson.replace('1.2.0.0', CLIENT_VERSION));
  expect(answer.cipher?.decrypt(vectorOf('agent').envelopeHex)).toEqual(vectorOf('agent').plaintextHex);
  expect(plaintext.reveal().every((byte) => byte === 0)).toBe(true);

  const older = { ...asked, RequestedClientActions: asked.RequestedClientActions.map((action) => ({ ...action, ActionParameters: action.ActionType === 'KMSEncryption' ? { KMSKeyId: 'arn' } : action.ActionParameters })) };
  const olderAnswer = answerHandshake(older, { dataKey: { plaintext: new Secret(dataKey()), ciphertextBlob: Buffer.from(kmsEncryption.ciphertextBlobUtf8) } });
  expect(encodeJson(olderAnswer.response).toString()).toBe(kmsEncryption.handshakeResponseJson.replace('1.2.0.0', CLIENT_VERSION));
});

test('a data key of a wrong length fails the action, and the session', () => {
  const answer = answerHandshake(request(kmsEncryption.handshakeRequestJson), { dataKey: { plaintext: new Secret(Buffer.alloc(32)), ciphertextBlob: Buffer.alloc(1) } });
  expect(answer.response.ProcessedClientActions.map(({ ActionStatus }) => ActionStatus)).toEqual([1, 2]);
  expect(answer.refusal).toMatchObject({ code: 'ssm.protocol', message: expect.stringContaining('32 bytes') });
  expect(wantedEncryption(request(kmsEncryption.handshakeRequestJson))).toEqual({ KMSKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab', Challenge: 'AAECAwQFBgcICQoLDA0ODw==' });
});

function fail(): never {
  throw new Error('not in the vectors');
}
