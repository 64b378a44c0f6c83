/**
 * A client in a process of its own, so that its memory is its own: bytes up and down through a forward of the demo's agent, on a bad
 * network whose WebSockets are cut again and again. Prints what came of it as JSON. Run by ssmPort.test.ts.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { RandomLoss } from '../../src/demo/messageFaults.ts';
import { startRemoteMessageService } from '../../src/demo/remoteMessageService.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import type { ResumedSession } from '../../src/services/ssm/resumption.ts';
import { openSsmForward } from '../../src/services/ssm/ssmForward.ts';

export interface TransferOrder {
  /** Of the far server. */
  readonly port: number;
  /** Each way. */
  readonly bytes: number;
  readonly loss?: RandomLoss;
  /** Each way. */
  readonly cuts: number;
}

export interface TransferReport {
  /** SHA-256 of what was written, and of what the far server says it got. */
  readonly uploaded: readonly [string, string];
  /** SHA-256 of what arrived, and of what the far server says it sent. */
  readonly downloaded: readonly [string, string];
  readonly resumes: number;
  /** The most resident memory while transferring, above what it was when the forward was open and nothing had passed. */
  readonly grownBytes: number;
  readonly uploadMs: number;
  readonly downloadMs: number;
  /** What was left after the end: timers, sockets. */
  readonly leftovers: readonly string[];
}

const SESSION_ID = 'demo-0123456789abcdef0';
const TARGET = 'i-0123456789abcdef0';
const DIGEST_LENGTH = 64;
const CHUNK_BYTES = 64 * 1024;
const SAMPLE_INTERVAL_MS = 10;
const CLOSING_LIMIT_MS = 10_000;

const { port, bytes, loss, cuts } = JSON.parse(process.argv[2] ?? '{}') as TransferOrder;
const service = await startRemoteMessageService({ firstOutputDelayMs: 0, pacing: false, readBytes: 4096, resending: { pollMs: 10, allOverdue: true } });
// Pipes to the other process, which are not the client's.
const before = leftovers();
const toSession = ({ streamUrl, tokenValue }: { streamUrl: string; tokenValue: string }): ResumedSession => ({ streamUrl, tokenValue: Secret.fromText(tokenValue) });
let resumes = 0;
const forward = await openSsmForward({
  portNumber: port,
  start: async (document) => ({ sessionId: SESSION_ID, ...toSession(await service.openSession({ sessionId: SESSION_ID, target: TARGET, parameters: {}, ...document })) }),
  resume: async (sessionId) => {
    resumes += 1;
    const ticket = await service.resumeSession(sessionId);
    return ticket === undefined ? undefined : toSession(ticket);
  },
  terminate: async (sessionId) => void (await service.terminateSession(sessionId)),
  signUpgrade: async () => ({}),
  clock: systemClock,
  log: silentLog,
  signal: new AbortController().signal,
});

let cutsMade = 0;
/** On the service's side at once, or within the next bytes that come from here. */
async function cut(): Promise<void> {
  cutsMade += 1;
  const faults = loss === undefined ? {} : { loss: { ...loss, seed: loss.seed + cutsMade } };
  if (cutsMade % 2 === 0) await service.setFaults({ ...faults, cutFromClientAtByte: 1_000 * cutsMade });
  else {
    await service.setFaults(faults);
    await service.cutClient(SESSION_ID);
  }
}

/** Calls `cut` each time another part has passed. */
function cutEvery(partBytes: number, cuts: number): (byteCount: number) => void {
  let passed = 0;
  let made = 0;
  return (byteCount) => {
    passed += byteCount;
    if (made < cuts && passed > (made + 1) * partBytes) {
      made += 1;
      void cut();
    }
  };
}

async function upload(bytes: number, cuts: number): Promise<readonly [string, string]> {
  const stream = await forward.connect(new AbortController().signal);
  const hash = createHash('sha256');
  const passed = cutEvery(bytes / (cuts + 1), cuts);
  const order = Buffer.from(`U${String(bytes).padStart(15, '0')}`);
  stream.write(order);
  const material = randomBytes(1024 * 1024 + 7);
  for (let sent = 0; sent < bytes; ) {
    const offset = sent % (material.length - CHUNK_BYTES);
    const chunk = material.subarray(offset, offset + Math.min(CHUNK_BYTES, bytes - sent));
    hash.update(chunk);
    sent += chunk.length;
    passed(chunk.length);
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  const [answer] = (await once(stream, 'data')) as [Buffer];
  stream.destroy();
  return [hash.digest('hex'), answer.toString()];
}

async function download(bytes: number, cuts: number): Promise<readonly [string, string]> {
  const stream: Duplex = await forward.connect(new AbortController().signal);
  const hash = createHash('sha256');
  const passed = cutEvery(bytes / (cuts + 1), cuts);
  stream.write(`D${String(bytes).padStart(15, '0')}`);
  let received = 0;
  let digest = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const content = chunk.subarray(0, Math.max(0, bytes - received));
    digest += chunk.subarray(content.length).toString();
    received += chunk.length;
    hash.update(content);
    passed(content.length);
    if (digest.length === DIGEST_LENGTH) break;
  }
  return [hash.digest('hex'), digest];
}

function leftovers(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'TCPSocketWrap' || name === 'Immediate');
}

if (loss !== undefined) await service.setFaults({ loss });
// Idle: connected, and nothing transferred yet, so that code which is compiled at its first use counts as growth.
const idleBytes = process.memoryUsage().rss;
let peakBytes = idleBytes;
const sampler = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
}, SAMPLE_INTERVAL_MS);
const uploadStartedMs = performance.now();
const uploaded = await upload(bytes, cuts);
const downloadStartedMs = performance.now();
const downloaded = await download(bytes, cuts);
const endedMs = performance.now();
clearInterval(sampler);
await service.setFaults({});
forward.close();
const error = await forward.ended;
if (error !== undefined) throw error;
// What is being closed goes in the next turns, or within the second that a close frame may stay unanswered.
const closedAtMs = performance.now();
while (leftovers().length > before.length && performance.now() - closedAtMs < CLOSING_LIMIT_MS) await new Promise((resolve) => setImmediate(resolve));
const report: TransferReport = {
  uploaded,
  downloaded,
  resumes,
  grownBytes: peakBytes - idleBytes,
  uploadMs: downloadStartedMs - uploadStartedMs,
  downloadMs: endedMs - downloadStartedMs,
  leftovers: leftovers().slice(before.length),
};
process.stdout.write(JSON.stringify(report));
await service.close();
