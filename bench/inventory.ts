/**
 * How long until the list of 1,000, 10,000 and 50,000 instances is there, and how long the main thread is held up meanwhile,
 * beside the SDK's own reading of the same answers in the same run. Run: node bench/inventory.ts [instances...]
 */
import { DescribeInstancesCommand, type DescribeInstancesCommandOutput } from '@aws-sdk/client-ec2';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Instance } from '../src/contract/instance.ts';
import { systemClock } from '../src/services/base/clock.ts';
import { silentLog } from '../src/services/base/log.ts';
import { createAnswerScanner, type AnswerScanner } from '../src/services/aws/answerScanner.ts';
import { createClients } from '../src/services/aws/clients.ts';
import { describe } from '../src/services/aws/ec2.ts';
import { createInventory } from '../src/services/aws/inventory.ts';
import { benchCloud, type BenchCloud } from './benchCloud.ts';
import { median } from './figure.ts';
import { watchBlocks } from './watchBlocks.ts';

export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Ours to the peer's, where there is one: below 1 is better. */
  readonly ratio?: number;
  readonly note?: string;
}

/** As many that the small figures are steady. */
const roundsOf = (size: number): number => (size <= 1000 ? 9 : 3);
/** Of so many, what takes ten seconds and more is read once: the bench's time is limited. */
const MANY = 50_000;

/** Medians of the rounds against a demo cloud of each size in a child process. */
export async function benchInventory(sizes: readonly number[] = [1000, 10_000, 50_000]): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const size of sizes) {
    const rounds = roundsOf(size);
    const cloud = await benchCloud({ instances: size });
    // One, as in an app: its thread starts once, and from source that takes as long as reading some pages.
    const scanner = createAnswerScanner();
    try {
      await readByUs(cloud); // Loads the SDK and warms both processes.
      await readInstancesAlone(cloud, scanner);
      const ours: Reading[] = [];
      const alone: Timed[] = [];
      const floors: Timed[] = [];
      const sdk: Timed[] = [];
      const theirs: { lastRowMs: number; blockMs: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        if (round === 0 || size < MANY) ours.push(await readByUs(cloud));
        alone.push(await withCpu(() => readInstancesAlone(cloud, scanner)));
        floors.push(await withCpu(() => readInstancesAlone(cloud, floor)));
        if (round > 0 && size >= MANY) continue;
        sdk.push(await withCpu(async () => {
          const reading = await readBySdk(cloud);
          theirs.push(reading);
          return reading.lastRowMs;
        }));
      }
      const rows = median(ours.map((reading) => reading.rows));
      const lastRow = median(ours.map((reading) => reading.lastRowMs));
      const sdkLastRow = median(theirs.map((reading) => reading.lastRowMs));
      results.push(
        { name: `${size} instances: first row`, value: median(ours.map((reading) => reading.firstRowMs)), unit: 'ms' },
        {
          name: `${size} instances: DescribeInstances alone, parsed`,
          value: cpu(alone) - cpu(floors),
          unit: 'ms CPU',
          ratio: (cpu(alone) - cpu(floors)) / (cpu(sdk) - cpu(floors)),
          note: `all threads, beyond the ${cpu(floors).toFixed(0)} ms that both take to ask and to receive; by the clock ${median(alone.map(({ ms }) => ms)).toFixed(0)} ms, the SDK ${sdkLastRow.toFixed(0)} ms`,
        },
        { name: `${size} instances: last row`, value: lastRow, unit: 'ms', ratio: lastRow / sdkLastRow, note: `${rows} rows, all other calls beside it; the SDK's own reading of DescribeInstances alone ${sdkLastRow.toFixed(0)} ms` },
        { name: `${size} instances: all facts`, value: median(ours.map((reading) => reading.settledMs)), unit: 'ms', note: 'interfaces, addresses, status, network and agents too' },
        { name: `${size} instances: longest block of the main thread`, value: Math.max(...ours.map((reading) => reading.blockMs)), unit: 'ms', ratio: Math.max(...ours.map((reading) => reading.blockMs)) / Math.max(...theirs.map((reading) => reading.blockMs)), note: `worst of ${ours.length}; the SDK's own reading ${Math.max(...theirs.map((reading) => reading.blockMs)).toFixed(0)} ms` },
      );
    } finally {
      await scanner.close();
      await cloud.stop();
    }
  }
  return results;
}

interface Reading { readonly rows: number; readonly firstRowMs: number; readonly lastRowMs: number; readonly settledMs: number; readonly blockMs: number }

async function readByUs({ source, scopes }: BenchCloud): Promise<Reading> {
  const clients = createClients({ clouds: () => [source], version: '0.0.0' });
  const inventory = createInventory({ clients, clock: systemClock, log: silentLog });
  const block = watchBlocks();
  const start = performance.now();
  const seen = new Set<string>();
  let firstRowMs = Number.NaN;
  let lastRowMs = Number.NaN;
  inventory.on((event) => {
    if (event.type !== 'changed') return;
    const before = seen.size;
    for (const { instanceId } of event.instances) seen.add(instanceId);
    const now = performance.now() - start;
    if (before === 0) firstRowMs = now;
    if (seen.size > before) lastRowMs = now;
  });
  inventory.select(scopes);
  await inventory.settled();
  const settledMs = performance.now() - start;
  const blockMs = block();
  const problems = inventory.statuses().flatMap(({ error, problems: some }) => [...(error === undefined ? [] : [error]), ...some]);
  if (problems.length > 0) throw new Error(`the bench's own reading failed: ${JSON.stringify(problems)}`);
  await inventory.close();
  clients.close();
  return { rows: seen.size, firstRowMs, lastRowMs, settledMs, blockMs };
}

/** Takes the token of the next page out of an answer and reads nothing else: what is left is the demo's own time and the transport's. */
const floor: AnswerScanner = {
  scan: async (_call, body) => /<nextToken>([^<]+)<\/nextToken>/.exec(Buffer.from(body.buffer).toString('latin1'))?.[1],
  prepare: () => undefined,
  close: async () => undefined,
};

/** All pages of DescribeInstances and nothing else, by a reader of ours. */
async function readInstancesAlone({ source, scopes }: BenchCloud, scanner: AnswerScanner): Promise<number> {
  const clients = createClients({ clouds: () => [source], version: '0.0.0' });
  const start = performance.now();
  await Promise.all(
    scopes.map(async (scope) => {
      const rows: Instance[] = [];
      await describe('DescribeInstances', { clients: await clients.forScope(scope), scanner, scope, signal: new AbortController().signal }, (slice) => rows.push(...slice));
    }),
  );
  const elapsed = performance.now() - start;
  clients.close();
  return elapsed;
}

async function readBySdk({ source, scopes }: BenchCloud): Promise<{ lastRowMs: number; blockMs: number }> {
  const clients = createClients({ clouds: () => [source], version: '0.0.0' });
  const block = watchBlocks();
  const start = performance.now();
  await Promise.all(
    scopes.map(async (scope) => {
      const client = await (await clients.forScope(scope)).ec2();
      let token: string | undefined;
      do {
        const answer: DescribeInstancesCommandOutput = await client.send(new DescribeInstancesCommand({ MaxResults: 1000, ...(token === undefined ? {} : { NextToken: token }) }));
        token = answer.NextToken;
      } while (token !== undefined);
    }),
  );
  const lastRowMs = performance.now() - start;
  const blockMs = block();
  clients.close();
  return { lastRowMs, blockMs };
}

interface Timed { readonly ms: number; readonly cpuMs: number }

/** The CPU time of all threads: a wall clock also counts what other programs take of a busy machine. */
async function withCpu(work: () => Promise<number>): Promise<Timed> {
  const before = process.cpuUsage();
  const ms = await work();
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000 };
}

function cpu(timed: readonly Timed[]): number {
  return median(timed.map(({ cpuMs }) => cpuMs));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = process.argv.slice(2).map(Number);
  for (const { name, value, unit, ratio, note } of await benchInventory(sizes.length === 0 ? undefined : sizes)) {
    process.stdout.write(`${name}: ${value.toFixed(1)} ${unit}${ratio === undefined ? '' : `, ratio ${ratio.toFixed(3)}`}${note === undefined ? '' : ` (${note})`}\n`);
  }
}
