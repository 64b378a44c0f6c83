/**
 * `postern ls` over the estate file (as after an app read it within the last minute), as a whole process from its start to its end, beside Debian's
 * `aws ec2 describe-instances` of the same instances at the same endpoint. Run: node bench/cliList.ts [instances]
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { benchCloud } from './benchCloud.ts';
import { median, type BenchFigure } from './figure.ts';
import { buildOwnBundle } from './ownBundle.ts';

const run = promisify(execFile);
const ROUNDS = 7;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export async function benchCliList(instances = 5000): Promise<BenchFigure[]> {
  const cloud = await benchCloud({ instances });
  const bundle = await buildOwnBundle();
  const dataDir = await mkdtemp(join(tmpdir(), 'postern-bench-data-'));
  try {
    const environment = { PATH: process.env['PATH'] ?? '', HOME: dataDir, POSTERN_DATA_DIR: join(dataDir, 'data'), AWS_CONFIG_FILE: cloud.source.configFile, AWS_SHARED_CREDENTIALS_FILE: cloud.source.credentialsFile, AWS_ENDPOINT_URL: await endpointOf(cloud.source.configFile), AWS_EC2_METADATA_DISABLED: 'true' };
    /** By the shell's own clock; its CPU time tells what a busy machine adds. */
    const timed = async (file: string, args: readonly string[]): Promise<Timed> => {
      const { stdout, stderr } = await run('/bin/bash', ['-c', 'set -o pipefail; TIMEFORMAT="%R %U %S"; time "$@" | wc -l', 'bash', file, ...args], { env: environment, maxBuffer: MAX_OUTPUT_BYTES });
      const [seconds = 0, user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
      return { ms: seconds * 1000, cpuMs: (user + system) * 1000, lines: Number(stdout) };
    };
    const postern = (...args: string[]): Promise<Timed> => timed(process.execPath, [bundle.program, ...args]);
    const asked = await postern('ls', '--refresh');
    const cached: Timed[] = [];
    const filtered: Timed[] = [];
    const theirs: number[] = [];
    const bare: Timed[] = [];
    const query = ['state:running', 'tag:role=web', 'type:t3'];
    const { lines } = await postern('ls', '--offline');
    if (lines < instances) throw new Error(`postern ls printed ${lines} lines`);
    for (let round = 0; round < ROUNDS; round += 1) {
      cached.push(await postern('ls', '--offline'));
      filtered.push(await postern('ls', '--offline', ...query));
      bare.push(await timed(process.execPath, ['-e', '0']));
      if (round < 3) theirs.push(await awsRead(timed, cloud.scopes));
    }
    const aws = median(theirs);
    const note = (timed_: readonly Timed[]): string => `best ${best(timed_).toFixed(0)} ms, ${median(timed_.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms of CPU; a bare node ${median(bare.map(({ ms }) => ms)).toFixed(0)} ms, ${median(bare.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms of CPU`;
    return [
      { name: `postern ls of ${instances} hosts from the estate file`, value: wall(cached), unit: 'ms', ratio: wall(cached) / aws, peer: `aws ec2 describe-instances (${aws.toFixed(0)} ms)`, goal: { of: 'value', atMost: 150 }, note: `${note(cached)}; asking AWS ${asked.ms.toFixed(0)} ms` },
      { name: `postern ls ${query.join(' ')} of ${instances} hosts`, value: wall(filtered), unit: 'ms', ratio: wall(filtered) / aws, peer: 'the same', goal: { of: 'value', atMost: 150 }, note: note(filtered) },
    ];
  } finally {
    await cloud.stop();
    await bundle.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Timed { readonly ms: number; readonly cpuMs: number; readonly lines: number }

function wall(timed: readonly Timed[]): number {
  return median(timed.map(({ ms }) => ms));
}

function best(timed: readonly Timed[]): number {
  return Math.min(...timed.map(({ ms }) => ms));
}

/** Both regions, one after the other, as a script would. */
async function awsRead(timed: (file: string, args: readonly string[]) => Promise<Timed>, scopes: readonly { readonly profile: string; readonly region: string }[]): Promise<number> {
  let total = 0;
  for (const { profile, region } of scopes) total += (await timed('/usr/bin/aws', ['ec2', 'describe-instances', '--profile', profile, '--region', region, '--output', 'text', '--endpoint-url', await endpoint(), '--query', 'Reservations[].Instances[].[InstanceId,State.Name,InstanceType,PrivateIpAddress,PublicIpAddress]'])).ms;
  return total;
}

let knownEndpoint = '';
async function endpointOf(configFile: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  knownEndpoint = /endpoint_url = (\S+)/.exec(await readFile(configFile, 'utf8'))?.[1] ?? '';
  return knownEndpoint;
}
function endpoint(): Promise<string> {
  return Promise.resolve(knownEndpoint);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { toLine } = await import('./figure.ts');
  for (const figure of await benchCliList(process.argv[2] === undefined ? undefined : Number(process.argv[2]))) process.stdout.write(`${toLine(figure)}\n`);
}
