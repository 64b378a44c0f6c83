/** The vectors and recordings of session-manager-protocol.md, as the tests read them. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const folder = new URL('../../fixtures/ssm/', import.meta.url);

const Hex = z.string().transform((text) => Buffer.from(text, 'hex'));
const HexCase = z.object({ name: z.string(), hex: Hex });
const SignatureCase = z.object({
  name: z.string(),
  url: z.string(),
  accessKey: z.string(),
  secretKey: z.string(),
  region: z.string(),
  amzDate: z.string(),
  sessionToken: z.string().optional(),
  headers: z.record(z.string(), z.string()),
});

export const Vectors = z.object({
  agentMessages: z.object({
    vectors: z.array(
      HexCase.extend({
        fields: z.object({
          headerLength: z.number(),
          messageType: z.string(),
          schemaVersion: z.number(),
          createdDate: z.number(),
          sequenceNumber: z.number(),
          flags: z.number(),
          messageId: z.string(),
          payloadType: z.number(),
          payloadLength: z.number(),
        }),
        payloadHex: Hex,
      }),
    ),
  }),
  uuidByteOrder: z.array(z.object({ uuid: z.string(), wireHex: z.string() })),
  lenientMessageType: z.array(HexCase.extend({ expect: z.string() })),
  jsonPayloads: z.record(z.string(), z.string()),
  retransmissionTimeout: z.object({
    initial: z.object({ rttMs: z.number(), rttvarMs: z.number(), rtoMs: z.number() }),
    sequences: z.array(z.array(z.object({ sampleMs: z.number(), rttMs: z.number(), rttvarMs: z.number(), rtoMs: z.number() }))),
  }),
  decodeEdgeCases: z.array(HexCase.extend({ clientShould: z.string() })),
  constants: z.object({
    client: z.object({ pingIntervalMs: z.number(), pingPayload: z.string(), incomingBufferMessages: z.number(), clockGranularityMs: z.number(), maxRtoMs: z.number() }),
    smux: z.object({ version: z.number(), maxFrameSize: z.number(), keepAliveIntervalMs: z.number(), clientFirstStreamId: z.number(), streamIdStep: z.number() }),
    versionGates: z.record(z.string(), z.string()),
    messageTypes: z.array(z.string()),
    payloadTypes: z.record(z.string(), z.number()),
    flagPayloads: z.record(z.string(), z.number()),
    actionStatus: z.record(z.string(), z.number()),
  }),
  integers: z.object({ int64be: z.array(z.object({ value: z.number(), hex: z.string() })), uint32be: z.array(z.object({ value: z.number(), hex: z.string() })) }),
  kmsEncryption: z.object({
    plaintextDataKey64: Hex,
    encryptionContext: z.record(z.string(), z.string()),
    encryptionContextWithChallenge: z.record(z.string(), z.string()),
    vectors: z.array(z.object({ name: z.string(), key: z.string(), nonce: Hex, plaintextHex: Hex, envelopeHex: Hex })),
    challenge: z.object({ plaintext64Hex: Hex, requestEnvelopeHex: Hex, requestPayloadJson: z.string(), responseEnvelopeHex: Hex, responsePayloadJson: z.string() }),
    handshakeRequestJson: z.string(),
    handshakeResponseJson: z.string(),
    handshakeResponseWithChallengeAckJson: z.string(),
    ciphertextBlobUtf8: z.string(),
  }),
  smux: z.object({
    commands: z.record(z.string(), z.number()),
    frames: z.array(HexCase),
    write40000: z.object({ frameLengths: z.array(z.number()), headerHex: z.array(z.string()) }),
  }),
  transcriptMuxPort: z.object({
    steps: z.array(z.object({ from: z.string(), frame: z.string().optional(), what: z.string().optional(), hex: Hex.optional(), payload: z.string().optional(), streamHex: Hex.optional(), payloadHex: Hex.optional(), jsonKeys: z.array(z.string()).optional() })),
  }),
  dataChannelHeaderSignature: z.object({ vectors: z.array(SignatureCase) }),
});

export const vectors = Vectors.parse(JSON.parse(readFileSync(new URL('session-manager-vectors.json', folder), 'utf8')));

/** One line of a recording: a frame, or something that happened to a connection. */
const TraceEvent = z.object({
  dir: z.string(),
  frame: z.string(),
  type: z.string().optional(),
  seq: z.number().optional(),
  flags: z.number().optional(),
  payloadType: z.string().optional(),
  payloadLength: z.number().optional(),
  id: z.string().optional(),
  created: z.number().optional(),
  text: z.string().optional(),
  base64: z.string().optional(),
  json: z.record(z.string(), z.unknown()).optional(),
});
export type TraceEvent = z.infer<typeof TraceEvent>;

export function readTrace(name: string): TraceEvent[] {
  return readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => TraceEvent.parse(JSON.parse(line)));
}
