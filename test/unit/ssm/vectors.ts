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
    messageTypes: z.array(z.string()),
    payloadTypes: z.record(z.string(), z.number()),
    flagPayloads: z.record(z.string(), z.number()),
    actionStatus: z.record(z.string(), z.number()),
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
