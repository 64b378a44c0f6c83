/**
 * Session Manager beside the bare relay: what Postern's sessions carry up and down, how soon their first byte comes and what they add to a
 * keystroke, against the demo's relay and agent in a process of their own. Run: node bench/benchProcess.ts sessionManager
 */
import type { BenchFigure } from './figure.ts';
import { median, percentile } from './figure.ts';
import type { FarSide, Line } from './sessionManagerClients.ts';
import { openBarePort, openBareShell, openForward, openPort, openShell, startFarSide } from './sessionManagerClients.ts';
import { timeDownloads, timeFirstByte, timeKeys, timeUpload } from './sessionManagerTimes.ts';

const ROUNDS = 5;
const MB = 1e6;
const KIB = 1024;
const DELAY_MS = 80;
/** As the official agent at a terminal. */
const PACED = { firstOutputDelayMs: 1000, pacing: true };
const UNPACED = { firstOutputDelayMs: 0, pacing: false };

/** Medians of five interleaved rounds, after one that does not count. */
export async function benchSessionManager(): Promise<BenchFigure[]> {
  const far = await startFarSide(UNPACED);
  const pacedFar = await startFarSide(PACED);
  try {
    return [...(await uploads(far)), ...(await downloads(far, pacedFar)), ...(await starts(far, pacedFar)), ...(await echoes(far))];
  } finally {
    await pacedFar.close();
    await far.close();
  }
}

async function uploads(far: FarSide): Promise<BenchFigure[]> {
  const rate = (bytes: number) => (open: () => Promise<Line>) => async (): Promise<number> => bytes / MB / ((await timeUpload(await open(), bytes)) / 1000);
  const large = rate(24 * KIB * KIB);
  const small = rate(8 * KIB * KIB);
  const [forward = [], port = [], bare = []] = await interleave([large(() => openForward(far)), large(() => openPort(far)), large(() => openBarePort(far, 16 * KIB))]);
  const [smallForward = [], smallBare = []] = await interleave([small(() => openForward(far, { maxPayloadBytes: KIB })), small(() => openBarePort(far, KIB))]);
  const delayed = await far.delayed(DELAY_MS);
  const [distant = []] = await interleave([large(() => openForward(delayed))]);
  const beside = (ours: readonly number[], theirs: readonly number[], payload: string): Pick<BenchFigure, 'value' | 'unit' | 'ratio' | 'peer'> => ({
    value: median(ours),
    unit: 'MB/s',
    ratio: median(ours) / median(theirs),
    peer: `bare relay and agent with ${payload}, ${median(theirs).toFixed(1)} MB/s`,
  });
  return [
    { name: 'upload through a forward, 0 ms, up to 16 KiB payloads', ...beside(forward, bare, '16 KiB'), goal: { of: 'value', atLeast: 15 } },
    { name: 'upload through a port session (SSH), 0 ms, up to 16 KiB', ...beside(port, bare, '16 KiB'), goal: { of: 'value', atLeast: 15 } },
    { name: 'upload through a forward, 0 ms, 1 KiB payloads', ...beside(smallForward, smallBare, '1 KiB'), goal: { of: 'value', atLeast: 5 } },
    { name: `upload through a forward, ${DELAY_MS} ms each way`, value: median(distant), unit: 'MB/s', goal: { of: 'value', atLeast: 5 }, note: 'with its start: 1 KiB payloads and a small window' },
  ];
}

async function downloads(far: FarSide, pacedFar: FarSide): Promise<BenchFigure[]> {
  const rate = (bytes: number, connections: number, open: () => Promise<Line>) => async (): Promise<number> => (connections * bytes) / MB / ((await timeDownloads(await open(), bytes, connections)) / 1000);
  const pacedBytes = KIB * KIB;
  const [paced = [], barePaced = [], four = []] = await interleave([
    rate(pacedBytes, 1, () => openForward(pacedFar)),
    rate(pacedBytes, 1, () => openBarePort(pacedFar, KIB)),
    rate(pacedBytes, 4, () => openForward(pacedFar, { sessions: 4 })),
  ]);
  const unpacedBytes = 8 * KIB * KIB;
  const [unpaced = [], bareUnpaced = []] = await interleave([rate(unpacedBytes, 1, () => openForward(far)), rate(unpacedBytes, 1, () => openBarePort(far, KIB))]);
  return [
    { name: 'download, paced agent (1,024 bytes, then 1 ms)', value: median(paced), unit: 'MB/s', ratio: median(paced) / median(barePaced), peer: `the agent's pace, ${median(barePaced).toFixed(2)} MB/s`, goal: { of: 'ratio', atLeast: 0.95 } },
    { name: 'the same spread over 4 sessions', value: median(four), unit: 'MB/s', ratio: median(four) / median(paced), peer: 'one session', goal: { of: 'ratio', atLeast: 3.5 } },
    { name: 'download, unpaced agent', value: median(unpaced), unit: 'MB/s', ratio: median(unpaced) / median(bareUnpaced), peer: `the agent's pace, ${median(bareUnpaced).toFixed(1)} MB/s`, goal: { of: 'ratio', atLeast: 0.95 } },
  ];
}

async function starts(far: FarSide, pacedFar: FarSide): Promise<BenchFigure[]> {
  const [shell = [], bareShellTimes = [], port = [], barePort = []] = await interleave([
    () => timeFirstByte(() => openShell(pacedFar)),
    () => timeFirstByte(() => openBareShell(pacedFar)),
    () => timeFirstByte(async () => (await openPort(far)).connect()),
    () => timeFirstByte(async () => (await openBarePort(far, KIB)).connect()),
  ]);
  const added = (name: string, ours: readonly number[], theirs: readonly number[]): BenchFigure => ({
    name,
    value: median(ours) - median(theirs),
    unit: 'ms',
    goal: { of: 'value', atMost: 30 },
    note: `ours ${median(ours).toFixed(1)} ms, the agent's own time (bare relay) ${median(theirs).toFixed(1)} ms`,
  });
  return [added('StartSession to first byte of a shell, added', shell, bareShellTimes), added('StartSession to first byte of a port, added', port, barePort)];
}

async function echoes(far: FarSide): Promise<BenchFigure[]> {
  const keys = async (open: typeof openShell): Promise<readonly number[]> => timeKeys(await open(far));
  const ours: number[][] = [];
  const theirs: number[][] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    ours.push([...(await keys(openShell))]);
    theirs.push([...(await keys(openBareShell))]);
  }
  const at = (rounds: readonly (readonly number[])[], percent: number): number => median(rounds.slice(1).map((times) => percentile(times, percent)));
  return [50, 99].map((percent) => ({
    name: `keystroke echo in a shell, added, p${percent}`,
    value: at(ours, percent) - at(theirs, percent),
    unit: 'ms',
    ...(percent === 50 ? { goal: { of: 'value', atMost: 1 } as const } : {}),
    note: `ours ${at(ours, percent).toFixed(2)} ms, bare relay ${at(theirs, percent).toFixed(2)} ms`,
  }));
}

/** Interleaved, so that a noisy moment of the machine meets all of them. The first round warms up and does not count. */
async function interleave(runs: readonly (() => Promise<number>)[]): Promise<number[][]> {
  const results: number[][] = runs.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, run] of runs.entries()) {
      const value = await run();
      if (round > 0) results[index]?.push(value);
    }
  }
  return results;
}
