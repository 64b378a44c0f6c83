/**
 * A shell of the real command line over the demo cloud, alone in a network namespace whose only network goes away, and whose process is
 * stopped and goes on. Prints what came of it as JSON. Run by ssmOutage.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { createCliHome } from './cliProcess.ts';

export interface OutageOrder {
  readonly durationMs: number;
  /** `network`: nothing passes, until the client gives the connection up by itself. `cut`: it is told at once, and cannot resume for so long. `suspend`: the client's process stands still. */
  readonly kind: 'network' | 'cut' | 'suspend';
}

export interface OutageReport {
  /** The numbers that the shell printed, before, meanwhile and after, as they were shown. */
  readonly numbers: readonly number[];
  /** The same for what was typed meanwhile. */
  readonly typed: readonly number[];
  /** What the person was told. */
  readonly notices: readonly string[];
  /** Whether there was a notice while nothing passed, before it was over. */
  readonly toldMeanwhile: boolean;
  readonly status: number;
}

const AFTERWARDS_MS = 1_000;
/** While nothing passes. The official agent sends only ten lost messages a second again, whatever its client does. */
const PRINTED_MEANWHILE = 150;
const NOTICE = /\r\npostern: the line dropped \((.*?)\); resuming\r\n|postern: (resumed)\r\n/g;

const { durationMs, kind } = JSON.parse(process.argv[2] ?? '{}') as OutageOrder;
const setNetwork = (state: 'up' | 'down'): void => void execFileSync('ip', ['link', 'set', 'lo', state]);
setNetwork('up');
const cloud = await startDemoCloud({ seed: Buffer.alloc(32, 7), log: silentLog, agents: { pacing: false, firstOutputDelayMs: 0 } });
const home = createCliHome();
const environment = { AWS_CONFIG_FILE: cloud.configFile, AWS_SHARED_CREDENTIALS_FILE: cloud.credentialsFile, AWS_PROFILE: 'demo' };
const terminal = home.onTerminal(['ssh', '--via', 'session-manager', 'web-1'], { environment });
await terminal.until(/[$#] $/);
// In the background, until it is told to stop: the shell goes on reading what is typed. The quotes keep the words out of their own echo.
terminal.type(`(i=0; while [ ! -e stop ]; do i=$((i+1)); echo "num""ber-$i-"; sleep ${durationMs / 1000 / PRINTED_MEANWHILE}; done; echo "th""at is all") &\r`);
await terminal.until(/number-5-/);

if (kind === 'cut') {
  for (const { sessionId } of cloud.messages.sessions()) cloud.messages.cutClient(sessionId);
  // The reset leaves in this turn; nothing that the client asks for then is answered before the network is away.
  await new Promise((resolve) => setImmediate(resolve));
}
if (kind === 'suspend') terminal.kill('SIGSTOP');
else setNetwork('down');
let typedCount = 0;
const endsAtMs = performance.now() + durationMs;
while (performance.now() < endsAtMs) {
  typedCount += 1;
  terminal.type(`echo ty""ped-${typedCount}-\r`);
  await wait(durationMs / 5);
}
const toldMeanwhile = /the line dropped/.test(terminal.printed());
if (kind === 'suspend') terminal.kill('SIGCONT');
else setNetwork('up');
await terminal.until(new RegExp(`(?<!"")typed-${typedCount}-`));
await wait(AFTERWARDS_MS);
terminal.type('touch stop\r');
await terminal.until(/that is all/);
terminal.type('exit\r');
const status = await terminal.exited;
const printed = terminal.printed();
const text = printed.replaceAll(NOTICE, '');
const numbersIn = (pattern: RegExp): number[] => [...text.matchAll(pattern)].map(([, number]) => Number(number));
const report: OutageReport = {
  numbers: numbersIn(/number-(\d+)-/g),
  typed: numbersIn(/typed-(\d+)-/g),
  notices: [...printed.matchAll(NOTICE)].map(([, reason, resumed]) => reason ?? resumed ?? ''),
  toldMeanwhile,
  status,
};
home.remove();
await cloud.close();
process.stdout.write(JSON.stringify(report));
