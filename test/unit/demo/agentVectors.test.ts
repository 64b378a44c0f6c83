import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createAgentCipher, nextNonce } from '../../../src/demo/agentCipher.ts';
import { createAgentHandshake } from '../../../src/demo/agentHandshake.ts';
import type { AgentEncryption } from '../../../src/demo/agentHandshake.ts';
import type { HostNetwork } from '../../../src/demo/hostNetwork.ts';
import { resolveSession, sessionDocuments } from '../../../src/demo/sessionDocuments.ts';
import { SmuxReader, smuxData, smuxHeader } from '../../../src/demo/smuxFrames.ts';
import { OFFICIAL_BEHAVIOUR, startSsmAgent } from '../../../src/demo/ssmAgent.ts';
import { MessageType, PayloadType, decodeAgentMessage, encodeAgentMessage } from '../../../src/services/ssm/message.ts';
import type { AgentMessage } from '../../../src/services/ssm/message.ts';

const Vectors = z.object({
  kmsEncryption: z.object({
    plaintextDataKey64: z.string(),
    encryptionContext: z.record(z.string(), z.string()),
    encryptionContextWithChallenge: z.record(z.string(), z.string()),
    vectors: z.array(z.object({ key: z.enum(['agent', 'client']), nonce: z.string(), plaintextHex: z.string(), envelopeHex: z.string() })),
    challenge: z.object({ plaintext64Hex: z.string(), requestEnvelopeHex: z.string(), requestPayloadJson: z.string(), responseEnvelopeHex: z.string(), responsePayloadJson: z.string() }),
    handshakeRequestJson: z.string(),
    handshakeResponseJson: z.string(),
    handshakeResponseWithChallengeAckJson: z.string(),
    ciphertextBlobUtf8: z.string(),
    agentNonceCounter: z.array(z.object({ state: z.array(z.string()), nonceHex: z.string(), next: z.array(z.string()) })),
  }),
  smux: z.object({ frames: z.array(z.object({ name: z.string(), hex: z.string() })), write40000: z.object({ frameLengths: z.array(z.number()), headerHex: z.array(z.string()) }) }),
  transcriptMuxPort: z.object({ steps: z.array(z.object({ from: z.string(), what: z.string().optional(), hex: z.string().optional(), payload: z.string().optional(), streamHex: z.string().optional() })) }),
});
const vectors = Vectors.parse(JSON.parse(readFileSync(new URL('../../fixtures/ssm/session-manager-vectors.json', import.meta.url), 'utf8')));
const { kmsEncryption: kms } = vectors;
const dataKey = Buffer.from(kms.plaintextDataKey64, 'hex');
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const SESSION_ID = 'user-0123456789abcdef0';
const TARGET = 'i-0123456789abcdef0';

test('the agent encrypts with the first half of the key and decrypts with the second, as the vectors say', () => {
  for (const { key, nonce, plaintextHex, envelopeHex } of kms.vectors) {
    const cipher = createAgentCipher(dataKey, hex(nonce));
    if (key === 'agent') expect(cipher.encrypt(hex(plaintextHex)).toString('hex')).toBe(envelopeHex);
    else expect(cipher.decrypt(hex(envelopeHex)).toString('hex')).toBe(plaintextHex);
  }
  expect(kms.vectors.map(({ key }) => key)).toEqual(['agent', 'client']);
});

test('the agent never uses a nonce twice: it counts in three little-endian words, with carry', () => {
  for (const { nonceHex, next } of kms.agentNonceCounter) {
    const expected = Buffer.alloc(12);
    next.forEach((word, index) => expected.writeUInt32LE(Number.parseInt(word, 16), index * 4));
    expect(nextNonce(hex(nonceHex)).toString('hex')).toBe(expected.toString('hex'));
  }
  const cipher = createAgentCipher(dataKey, Buffer.alloc(12, 0xff));
  expect([1, 2].map(() => cipher.encrypt(Buffer.from('x')).toString('hex', 0, 12))).toEqual(['ff'.repeat(12), '00'.repeat(12)]);
});

test('a changed envelope, a cut one and one of another direction are no input', () => {
  const cipher = createAgentCipher(dataKey);
  const envelope = hex(kms.vectors[1]?.envelopeHex ?? '');
  envelope[20] = (envelope[20] ?? 0) ^ 1;
  expect(() => cipher.decrypt(envelope)).toThrow('unable to authenticate data');
  expect(() => cipher.decrypt(Buffer.alloc(27))).toThrow('too short');
  expect(() => cipher.decrypt(cipher.encrypt(Buffer.from('own')))).toThrow('unable to authenticate data');
});

/** The client of the vectors, played against a handshake. */
async function shake(agentVersion: string, response: string, overrides: Partial<AgentEncryption> = {}) {
  const sent: { payloadType: number; json: Record<string, unknown> }[] = [];
  const asked: { ciphertext: string; context: Readonly<Record<string, string>> }[] = [];
  const clientCipher = createAgentCipher(Buffer.concat([dataKey.subarray(32), dataKey.subarray(0, 32)]));
  const handshake = createAgentHandshake({
    sessionId: SESSION_ID,
    target: TARGET,
    agentVersion,
    kind: 'Standard_Stream',
    properties: {},
    separateOutput: false,
    encryption: {
      kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      requiresChallenge: false,
      decryptDataKey: async (ciphertext, context) => {
        asked.push({ ciphertext: Buffer.from(ciphertext).toString(), context });
        return dataKey;
      },
      ...overrides,
    },
    send: async (payloadType, payload) => {
      const json = JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>;
      sent.push({ payloadType, json });
      if (payloadType === PayloadType.handshakeRequest) queueMicrotask(() => void handshake.deliver(input(PayloadType.handshakeResponse, response)));
      if (payloadType !== PayloadType.encChallengeRequest) return;
      const challenge = clientCipher.encrypt(clientCipher.decrypt(Buffer.from(String(json['Challenge']), 'base64')));
      queueMicrotask(() => void handshake.deliver(input(PayloadType.encChallengeResponse, JSON.stringify({ Challenge: challenge.toString('base64') }))));
    },
    signal: new AbortController().signal,
  });
  const outcome = await handshake.run();
  return { outcome, sent, asked };
}

function input(payloadType: number, text: string): AgentMessage {
  return { messageType: MessageType.inputStreamData, schemaVersion: 1, createdDate: 1, sequenceNumber: 0, flags: 0, messageId: '11111111-2222-4333-8444-555555555550', payloadType, payload: Buffer.from(text) };
}

test('an encrypted session asks, answers and challenges in the words of the vectors', async () => {
  const { sent, asked, outcome } = await shake('3.3.987.0', kms.handshakeResponseWithChallengeAckJson);
  expect(sent.map(({ payloadType }) => payloadType)).toEqual([5, 8, 7]);
  const request = JSON.stringify(sent[0]?.json);
  const challenge = /"Challenge":"([^"]+)"/.exec(request)?.[1] ?? '';
  expect(Buffer.from(challenge, 'base64').length).toBe(16);
  expect(request.replace(challenge, 'AAECAwQFBgcICQoLDA0ODw==')).toBe(kms.handshakeRequestJson);
  expect(asked).toEqual([{ ciphertext: kms.ciphertextBlobUtf8, context: { ...kms.encryptionContextWithChallenge, 'aws:ssm:RandomChallenge': challenge } }]);
  expect(sent[2]?.json['CustomerMessage']).toBe('This session is encrypted using AWS KMS.');
  expect(outcome.clientVersion).toBe('1.2.0.0');
});

test('without the acknowledgement the challenge is no part of the context, and an older agent sends none', async () => {
  expect((await shake('3.3.987.0', kms.handshakeResponseJson)).asked[0]?.context).toEqual(kms.encryptionContext);
  const { sent } = await shake('3.3.807.0', kms.handshakeResponseJson);
  expect(JSON.stringify(sent[0]?.json)).not.toContain('Challenge');
});

test('an agent that requires the acknowledgement, and one whose key KMS refuses, end the handshake', async () => {
  await expect(shake('3.3.987.0', kms.handshakeResponseJson, { requiresChallenge: true })).rejects.toThrow('does not acknowledge the encryption challenge');
  await expect(shake('3.3.987.0', kms.handshakeResponseJson, { decryptDataKey: () => Promise.reject(new Error('InvalidCiphertextException')) })).rejects.toThrow('Fetching data key failed');
});

test('a challenge that comes back wrong ends the handshake', async () => {
  const other = createAgentCipher(Buffer.concat([dataKey.subarray(32), dataKey.subarray(0, 32)]));
  const wrong = JSON.stringify({ Challenge: other.encrypt(Buffer.alloc(64)).toString('base64') });
  const handshake = createAgentHandshake({
    sessionId: SESSION_ID, target: TARGET, agentVersion: '3.3.987.0', kind: 'Standard_Stream', properties: {}, separateOutput: false,
    encryption: { kmsKeyId: 'key', requiresChallenge: false, decryptDataKey: () => Promise.resolve(dataKey) },
    send: async (payloadType) => {
      if (payloadType === PayloadType.handshakeRequest) queueMicrotask(() => void handshake.deliver(input(PayloadType.handshakeResponse, kms.handshakeResponseJson)));
      else queueMicrotask(() => void handshake.deliver(input(PayloadType.encChallengeResponse, wrong)));
    },
    signal: new AbortController().signal,
  });
  await expect(handshake.run()).rejects.toThrow('Encryption challenge does not match!');
});

test('smux frames are the vectors, and are found again however they are cut', () => {
  const [syn, synSecond, psh, fin, nop, full] = vectors.smux.frames.map((frame) => frame.hex);
  expect(smuxHeader(0, 3).toString('hex')).toBe(syn);
  expect(smuxHeader(0, 5).toString('hex')).toBe(synSecond);
  expect(Buffer.concat([...smuxData(3, Buffer.from('hello'))]).toString('hex')).toBe(psh);
  expect(smuxHeader(1, 3).toString('hex')).toBe(fin);
  expect(smuxHeader(3, 0).toString('hex')).toBe(nop);
  expect(smuxHeader(2, 3, 32_768).toString('hex')).toBe(full);
  const large = [...smuxData(3, Buffer.alloc(40_000, 'x'))];
  expect([large[0], large[2]].map((header) => header?.toString('hex'))).toEqual(vectors.smux.write40000.headerHex);
  expect([large[1], large[3]].map((data) => data?.length)).toEqual(vectors.smux.write40000.frameLengths);

  const all = Buffer.concat([smuxHeader(0, 3), ...smuxData(3, Buffer.from('hello')), ...smuxData(3, Buffer.alloc(0)), smuxHeader(3, 0), smuxHeader(1, 3)]);
  for (let size = 1; size <= all.length; size += 1) {
    const reader = new SmuxReader();
    const found: [number, number, string][] = [];
    for (let start = 0; start < all.length; start += size) {
      for (const frame of reader.read(all.subarray(start, start + size))) {
        const last = found.at(-1);
        if (frame.command === 2 && last?.[0] === 2) last[2] += frame.data.toString();
        else found.push([frame.command, frame.streamId, frame.data.toString()]);
      }
    }
    expect(found).toEqual([[0, 3, ''], [2, 3, 'hello'], [3, 0, ''], [1, 3, '']]);
  }
});

test('another version of smux, and a frame it does not know, cannot be read', () => {
  expect(() => [...new SmuxReader().read(hex('0200000003000000'))]).toThrow('invalid protocol');
  expect(() => [...new SmuxReader().read(hex('0104000003000000'))]).toThrow('invalid protocol');
});

test('the worked transcript of a multiplexed port: every frame of the agent to the byte, but for dates, ids and the time it took', async () => {
  const { steps } = vectors.transcriptMuxPort;
  const written: Buffer[] = [];
  const connection = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk);
      done();
      this.push('ok');
    },
  });
  const network: HostNetwork = { vpcCidrBlocks: [], resolve: async (host) => [host], dial: async () => connection };
  const frames: Buffer[] = [];
  const agent = startSsmAgent({
    sessionId: SESSION_ID,
    target: TARGET,
    session: resolveSession(sessionDocuments, 'AWS-StartPortForwardingSession', { portNumber: ['5432'] }),
    host: { openShell: () => Promise.reject(new Error()), startCommand: () => Promise.reject(new Error()), network },
    osUser: 'ssm-user',
    behaviour: { ...OFFICIAL_BEHAVIOUR, pacing: false, resending: { pollMs: 60_000, allOverdue: false } },
    send: async (frame) => void frames.push(frame),
  });
  const official = steps.filter(({ from, hex: bytes }) => from === 'S' && bytes !== undefined).map(({ hex: bytes }) => hex(bytes ?? ''));
  const outputs = (): Buffer[] => frames.filter((frame) => frame.toString('latin1', 4, 22) === 'output_stream_data');
  let sequenceNumber = 0;
  const send = async (payloadType: number, payload: Buffer): Promise<void> => {
    await agent.receive(encodeAgentMessage({ ...input(payloadType, ''), payload, sequenceNumber }));
    sequenceNumber += 1;
  };

  await expect.poll(() => outputs().length).toBe(1);
  await send(PayloadType.handshakeResponse, Buffer.from(steps.find(({ what }) => what?.includes('payloadType 6'))?.payload ?? ''));
  await expect.poll(() => outputs().length).toBe(2);
  const streams = steps.filter(({ from, streamHex }) => from === 'C' && streamHex !== undefined).map(({ streamHex }) => hex(streamHex ?? ''));
  await send(PayloadType.output, streams[0] ?? Buffer.alloc(0));
  await expect.poll(() => outputs().length).toBe(3);
  // The far end hangs up.
  connection.push(null);
  await expect.poll(() => outputs().length).toBe(4);
  await send(PayloadType.output, streams[1] ?? Buffer.alloc(0));
  for (const frame of outputs()) {
    const message = decodeAgentMessage(frame);
    if ('messageType' in message) await agent.receive(encodeAgentMessage({ ...input(0, ''), messageType: MessageType.acknowledge, flags: 3, payload: Buffer.from(`{"AcknowledgedMessageSequenceNumber":${message.sequenceNumber}}`) }));
  }
  await send(PayloadType.flag, hex('00000002'));
  expect(await agent.ended).toBe('');

  expect(Buffer.concat(written).toString()).toBe('hi');
  expect(outputs().length).toBe(official.length);
  outputs().forEach((frame, index) => {
    const wanted = Buffer.from(official[index] ?? []);
    const ours = Buffer.from(frame);
    // Date and id.
    for (const [start, end] of [[40, 48], [64, 80]] as const) wanted.copy(ours, start, start, end);
    if (index !== 1) {
      expect(ours.toString('hex')).toBe(wanted.toString('hex'));
      return;
    }
    // HandshakeComplete: the time changes the digest and the length, too.
    expect(ours.toString('hex', 0, 80)).toBe(wanted.toString('hex', 0, 80));
    expect(ours.readUInt32BE(112)).toBe(wanted.readUInt32BE(112));
    expect(ours.toString('utf8', 120).replace(/:\d+/, ':21430000')).toBe(wanted.toString('utf8', 120));
  });
});
