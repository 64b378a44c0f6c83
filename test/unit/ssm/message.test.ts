import { expect, test } from 'vitest';
import {
  ActionStatus,
  decodeAgentMessage,
  encodeAgentMessage,
  encodeNewMessage,
  FlagPayload,
  MessageType,
  PayloadType,
  uuidFromWire,
  uuidToWire,
  type AgentMessage,
} from '../../../src/services/ssm/message.ts';
import {
  decodeAcknowledgement,
  decodeChannelClosed,
  decodeExitCode,
  decodeFlag,
  decodeHandshakeComplete,
  decodeHandshakeRequest,
  decodeHandshakeResponse,
  decodeOpenDataChannel,
  decodeSessionTypeParameters,
  decodeSize,
  encodeAcknowledgement,
  encodeFlag,
  encodeJson,
  encodeSize,
} from '../../../src/services/ssm/messagePayloads.ts';
import { vectors } from './vectors.ts';

const sample: AgentMessage = {
  messageType: MessageType.inputStreamData,
  schemaVersion: 1,
  createdDate: 1503434274948,
  sequenceNumber: 3,
  flags: 0,
  messageId: 'dd01e56b-ff48-483e-a508-b5f073f31b16',
  payloadType: PayloadType.output,
  payload: Buffer.from('l'),
};

test.each(vectors.agentMessages.vectors)('a message is encoded and decoded as the official programs do: $name', ({ fields, payloadHex, hex }) => {
  const { headerLength, payloadLength, ...header } = fields;
  expect(encodeAgentMessage({ ...header, payload: payloadHex }).toString('hex')).toBe(hex.toString('hex'));
  expect(decodeAgentMessage(hex)).toEqual({ ...header, payload: payloadHex });
  expect([headerLength, payloadLength]).toEqual([116, payloadHex.length]);
});

test.each(vectors.uuidByteOrder)('the halves of message id $uuid are swapped on the wire', ({ uuid, wireHex }) => {
  expect(uuidToWire(uuid).toString('hex')).toBe(wireHex);
  expect(uuidFromWire(Buffer.from(wireHex, 'hex'))).toBe(uuid);
});

test.each(vectors.lenientMessageType)('a message type is read through $name', ({ hex, expect: messageType }) => {
  expect(decodeAgentMessage(hex)).toMatchObject({ messageType });
});

test.each(vectors.decodeEdgeCases)('a client should $clientShould: $name', ({ hex, clientShould }) => {
  expect('malformed' in decodeAgentMessage(hex)).toBe(clientShould.startsWith('reject'));
});

test('an agent, which checks no digest, takes what a client drops for its digest', () => {
  const wrongDigest = vectors.decodeEdgeCases.find(({ name }) => name === 'payload digest mismatch');
  expect(decodeAgentMessage(wrongDigest?.hex ?? Buffer.alloc(0), { checkDigest: false })).toMatchObject({ messageType: 'output_stream_data', sequenceNumber: 1 });
});

test('a header longer than usual moves the payload, and one beyond the frame is refused', () => {
  const frame = Buffer.concat([encodeAgentMessage({ ...sample, payload: Buffer.alloc(0) }), Buffer.from('1234payload')]);
  frame.writeUInt32BE(120, 0);
  expect(decodeAgentMessage(frame)).toMatchObject({ payload: Buffer.from('payload') });
  for (const headerLength of [1, 115, frame.length - 3, 0x7fffffff, 0xffffffff]) {
    frame.writeUInt32BE(headerLength, 0);
    expect(decodeAgentMessage(frame)).toEqual({ malformed: `header length ${headerLength} in a frame of ${frame.length} bytes` });
  }
});

test('an absurd payload length is not believed: the payload is what follows the header', () => {
  const frame = encodeAgentMessage(sample);
  frame.writeUInt32BE(0xffffffff, 116);
  expect(decodeAgentMessage(frame)).toMatchObject({ payload: Buffer.from('l') });
});

test('a sequence number that is negative or no safe integer is refused', () => {
  for (const [written, shown] of [[-1n, '-1'], [2n ** 53n, '9007199254740992'], [2n ** 63n - 1n, '9223372036854775807'], [-(2n ** 63n), '-9223372036854775808']] as const) {
    const frame = encodeAgentMessage(sample);
    frame.writeBigInt64BE(written, 48);
    expect(decodeAgentMessage(frame)).toEqual({ malformed: `sequence number ${shown}` });
  }
  const frame = encodeAgentMessage({ ...sample, sequenceNumber: Number.MAX_SAFE_INTEGER });
  expect(decodeAgentMessage(frame)).toMatchObject({ sequenceNumber: Number.MAX_SAFE_INTEGER });
});

test('start_publication and pause_publication are taken whatever else they hold', () => {
  for (const messageType of [MessageType.startPublication, MessageType.pausePublication]) {
    const frame = encodeAgentMessage({ ...sample, messageType });
    frame.fill(0, 40, 56);
    frame.fill(0xff, 80, 112);
    frame.writeBigInt64BE(-5n, 48);
    frame.writeUInt32BE(0xffffffff, 0);
    expect(decodeAgentMessage(frame)).toMatchObject({ messageType, sequenceNumber: 0, createdDate: 0 });
  }
});

test('what cannot be written is refused before it is sent', () => {
  expect(() => encodeAgentMessage({ ...sample, messageType: 'x'.repeat(33) })).toThrow(RangeError);
  expect(() => encodeAgentMessage({ ...sample, messageType: '' })).toThrow(RangeError);
  expect(() => encodeAgentMessage({ ...sample, messageId: 'no-uuid' })).toThrow(RangeError);
  expect(() => encodeAgentMessage({ ...sample, createdDate: -1 })).toThrow(RangeError);
});

test('the JSON payloads are byte for byte those of the official programs', () => {
  const acknowledged = { ...sample, messageType: MessageType.outputStreamData, messageId: '2b196342-d7d4-436e-8f09-3883a1116ac3', sequenceNumber: 7 };
  expect(encodeAcknowledgement(acknowledged).toString()).toBe(vectors.jsonPayloads['acknowledge']);
  expect(encodeSize({ columns: 80, rows: 24 }).toString()).toBe(vectors.jsonPayloads['size']);
  for (const [name, decode] of [
    ['handshakeRequest', decodeHandshakeRequest],
    ['handshakeResponse', decodeHandshakeResponse],
    ['handshakeComplete', decodeHandshakeComplete],
    ['acknowledge', decodeAcknowledgement],
  ] as const) {
    expect(encodeJson(decode(Buffer.from(vectors.jsonPayloads[name] ?? ''))).toString()).toBe(vectors.jsonPayloads[name]);
  }
  expect(JSON.stringify(decodeOpenDataChannel(vectors.jsonPayloads['openDataChannelClient'] ?? ''))).toBe(vectors.jsonPayloads['openDataChannelClient']);
});

test('payloads are read back', () => {
  expect(decodeSize(encodeSize({ columns: 132, rows: 43 }))).toEqual({ columns: 132, rows: 43 });
  expect(encodeFlag(FlagPayload.terminateSession).toString('hex')).toBe('00000002');
  expect(decodeFlag(Buffer.from('0000000300', 'hex'))).toBe(FlagPayload.connectToPortError);
  expect(decodeChannelClosed(Buffer.from(vectors.jsonPayloads['channelClosed'] ?? ''))).toMatchObject({ SessionId: 'user-0123456789abcdef0', Output: expect.stringContaining('Handshake timed out') });
  const action = decodeHandshakeRequest(Buffer.from(vectors.jsonPayloads['handshakeRequest'] ?? ''))?.RequestedClientActions[0];
  expect(decodeSessionTypeParameters(action?.ActionParameters)).toEqual({ SessionType: 'Port', Properties: { localPortNumber: '0', portNumber: '5432', type: 'LocalPortForwarding' } });
  expect(decodeSessionTypeParameters({ SessionType: 'Standard_Stream', Properties: null })).toEqual({ SessionType: 'Standard_Stream', Properties: null });
});

test('a payload that is not what it should be is undefined, not an exception', () => {
  for (const text of ['', '{', 'null', '[]', '7', '"text"', '{"RequestedClientActions":7,"ProcessedClientActions":{},"cols":"80"}']) {
    const payload = Buffer.from(text);
    expect([decodeAcknowledgement, decodeSize, decodeHandshakeRequest, decodeHandshakeResponse].map((decode) => decode(payload))).toEqual([undefined, undefined, undefined, undefined]);
    expect(decodeChannelClosed(payload)).toEqual({ SessionId: '', Output: '' });
  }
  expect(decodeFlag(Buffer.from('000000', 'hex'))).toBeUndefined();
  for (const sequenceNumber of [-1, 1.5, 2 ** 53, '7', null]) {
    expect(decodeAcknowledgement(encodeJson({ AcknowledgedMessageSequenceNumber: sequenceNumber }))).toBeUndefined();
  }
});

test('integers are written and read as the vectors say', () => {
  for (const { value, hex } of vectors.integers.int64be) {
    const frame = encodeAgentMessage({ ...sample, sequenceNumber: value, createdDate: value });
    expect([frame.toString('hex', 48, 56), frame.toString('hex', 40, 48)]).toEqual([hex, hex]);
    expect(decodeAgentMessage(frame)).toMatchObject({ sequenceNumber: value, createdDate: value });
  }
  for (const { value, hex } of vectors.integers.uint32be) {
    const frame = encodeAgentMessage({ ...sample, payloadType: value });
    expect(frame.toString('hex', 112, 116)).toBe(hex);
    expect(decodeAgentMessage(frame)).toMatchObject({ payloadType: value });
  }
});

test('a message that is sent has a random id of its own, in the form of a version 4 UUID', () => {
  const ids = Array.from({ length: 2000 }, () => {
    const message = decodeAgentMessage(encodeNewMessage(sample, [Buffer.from('in '), Buffer.from('parts')]));
    return 'malformed' in message || Buffer.from(message.payload).toString() !== 'in parts' ? '' : message.messageId;
  });
  expect(new Set(ids).size).toBe(2000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('an exit code is read, and anything else is none', () => {
  expect(['EXIT_CODE: 42', 'EXIT_CODE: -1', 'EXIT_CODE: 0\n'].map((text) => decodeExitCode(Buffer.from(text))?.exitCode)).toEqual([42, -1, 0]);
  for (const text of ['', '42', 'EXIT_CODE: ', 'EXIT_CODE: x', 'EXIT_CODE: 99999999999', 'EXIT_CODE: 1 2']) expect(decodeExitCode(Buffer.from(text))).toBeUndefined();
});

test('the numbers are those of the specification', () => {
  const { constants } = vectors;
  for (const messageType of Object.values(MessageType)) expect(constants.messageTypes).toContain(messageType);
  expect(Object.values(PayloadType)).toEqual(Object.values(constants.payloadTypes));
  expect(Object.values(FlagPayload)).toEqual(Object.values(constants.flagPayloads));
  expect(Object.values(ActionStatus)).toEqual(Object.values(constants.actionStatus));
});

test('100,000 mutated and truncated frames are decoded without an exception, or refused', () => {
  const originals = [...vectors.agentMessages.vectors, ...vectors.decodeEdgeCases, ...vectors.lenientMessageType].map(({ hex }) => hex);
  // A fixed generator (Numerical Recipes), so that a failure comes again.
  let state = 20261122;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const outcomes = { decoded: 0, malformed: 0, copied: 0 };
  for (let round = 0; round < 100_000; round += 1) {
    const original = originals[random(originals.length)] ?? Buffer.alloc(0);
    const frame = Buffer.from(original.subarray(0, random(4) === 0 ? random(original.length + 1) : original.length));
    for (let change = random(5); change > 0 && frame.length > 0; change -= 1) frame[random(frame.length)] = random(3) === 0 ? 0xff : random(256);
    const decoded = decodeAgentMessage(frame, { checkDigest: random(2) === 0 });
    if ('malformed' in decoded) {
      outcomes.malformed += 1;
      continue;
    }
    outcomes.decoded += 1;
    // Views only: decoding must not copy what a peer sends.
    if (decoded.payload.buffer !== frame.buffer) outcomes.copied += 1;
    if (random(4) > 0) continue;
    for (const decode of [decodeAcknowledgement, decodeSize, decodeFlag, decodeHandshakeRequest, decodeHandshakeResponse, decodeHandshakeComplete, decodeChannelClosed]) decode(decoded.payload);
  }
  expect(outcomes.decoded + outcomes.malformed).toBe(100_000);
  expect(outcomes.copied).toBe(0);
  expect(Math.min(outcomes.decoded, outcomes.malformed)).toBeGreaterThan(10_000);
});
