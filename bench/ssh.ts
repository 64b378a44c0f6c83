/**
 * A command's output in MB/s, and the time from TCP connect to prompt, beside OpenSSH's `ssh` against the same sshd in the
 * same run. Run: node bench/ssh.ts
 */
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Secret } from '../src/services/base/secret.ts';
import type { Shell } from '../src/services/base/shell.ts';
import { nativeCrypto } from '../src/services/ssh/algorithms.ts';
import { openSshShell } from '../src/services/ssh/openSshShell.ts';
import type { KeyFile, Sshd } from '../test/integration/sshd.ts';
import { generateKeyFile, startSshd } from '../test/integration/sshd.ts';
import { median } from './figure.ts';

export interface SshBenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Ours divided by OpenSSH's. */
  readonly ratio?: number;
  readonly note?: string;
}

const ROUNDS = 5;
const EXEC_ONLY = '--exec-only';
const OUTPUT_BYTES = 256 * 1024 * 1024;
const COMMAND = `head -c ${OUTPUT_BYTES} /dev/zero`;
/** What both agree on with this sshd: sntrup would cost OpenSSH time that Postern's handshake does not have. */
const SAME_ALGORITHMS = ['-o', 'KexAlgorithms=curve25519-sha256', '-o', 'Ciphers=aes128-gcm@openssh.com'];

interface Place {
  readonly sshd: Sshd;
  readonly key: KeyFile;
  readonly knownHosts: string;
}

/** Medians of five interleaved rounds, after one that does not count. */
export async function benchSsh(): Promise<SshBenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-ssh-'));
  const key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  const sshd = await startSshd({ authorizedKeys: [key.publicKey], config: ['LogLevel INFO'] });
  try {
    const knownHosts = join(folder, 'known_hosts');
    writeFileSync(knownHosts, sshd.hostKeys.map(({ publicKey }) => `[127.0.0.1]:${sshd.port} ${publicKey}\n`).join(''));
    const place: Place = { sshd, key, knownHosts };
    const crypto = nativeCrypto() ? 'native crypto' : 'crypto in JavaScript';
    const output = await compare(() => ourCommand(place), () => theirCommand(place));
    if (process.argv.includes(EXEC_ONLY)) return [{ name: 'ssh exec', value: OUTPUT_BYTES / 1e6 / (output.ours / 1000), unit: 'MB/s', ratio: output.theirs / output.ours, note: crypto }];
    const prompt = await compare(() => ourPrompt(place), () => theirPrompt(place));
    const throughput = (ms: number): number => OUTPUT_BYTES / 1e6 / (ms / 1000);
    const unread = throughput(median(await repeat(() => theirUnreadCommand(place))));
    return [
      { name: 'ssh exec, 256 MiB, aes128-gcm', value: throughput(output.ours), unit: 'MB/s', ratio: output.theirs / output.ours, note: `${crypto}; first to last byte; ssh into the same process ${throughput(output.theirs).toFixed(0)} MB/s, ssh into /dev/null with its start ${unread.toFixed(0)} MB/s; goal >= 1.2x` },
      { name: 'ssh connect to prompt, curve25519', value: prompt.ours, unit: 'ms', ratio: prompt.ours / prompt.theirs, note: `${crypto}; ssh ${prompt.theirs.toFixed(0)} ms; goal <= 0.75x` },
    ];
  } finally {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same in a process without ssh2's compiled crypto. */
export async function benchSshInJavaScript(): Promise<SshBenchResult[]> {
  const child = spawn(process.execPath, ['--import', fileURLToPath(new URL('./withoutNativeCrypto.ts', import.meta.url)), fileURLToPath(import.meta.url), EXEC_ONLY], { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = text(child.stdout);
  const [status] = (await once(child, 'exit')) as [number | null];
  const [, value, ratio, crypto] = /^ssh exec: (\d+) MB\/s, ([\d.]+)x \((.*)\)$/m.exec(await printed) ?? [];
  if (status !== 0 || crypto !== 'crypto in JavaScript') throw new Error(`the run without native crypto did not end well: ${await printed}`);
  return [{ name: 'ssh exec without native crypto, 256 MiB, aes128-gcm', value: Number(value), unit: 'MB/s', ratio: Number(ratio), note: 'crypto in JavaScript' }];
}

/** Interleaved, so that a noisy moment of the machine meets both. */
async function compare(ours: () => Promise<number>, theirs: () => Promise<number>): Promise<{ readonly ours: number; readonly theirs: number }> {
  const theirTimes: number[] = [];
  const ourTimes = await repeat(async () => {
    const ourMs = await ours();
    theirTimes.push(await theirs());
    return ourMs;
  });
  return { ours: median(ourTimes), theirs: median(theirTimes.slice(1)) };
}

/** Times in ms. The first round warms up and does not count. */
async function repeat(run: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) times.push(await run());
  return times.slice(1);
}

async function openOurs({ sshd, key }: Place, command?: string): Promise<Shell> {
  return openSshShell({
    transport: await sshd.dial(),
    host: 'bench',
    osUser: sshd.osUser,
    size: { columns: 80, rows: 24 },
    ...(command === undefined ? {} : { command }),
    hostKey: { known: async () => [{ keyType: 'ssh-ed25519' }], verify: async () => undefined },
    authentication: { keys: [{ keyName: 'bench', publicKey: key.publicKey, privateKey: async () => Secret.fromText(key.privateKey) }] },
    signal: new AbortController().signal,
  });
}

async function ourCommand(place: Place): Promise<number> {
  const shell = await openOurs(place, COMMAND);
  return await timeOf(shell.stream);
}

async function theirCommand(place: Place): Promise<number> {
  const ssh = spawn('ssh', [...sshFlags(place), COMMAND], { stdio: ['ignore', 'pipe', 'inherit'] });
  return await timeOf(ssh.stdout);
}

async function theirUnreadCommand(place: Place): Promise<number> {
  const start = performance.now();
  await once(spawn('ssh', [...sshFlags(place), COMMAND], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
  return performance.now() - start;
}

/** From the first byte to the last, in ms. */
async function timeOf(stream: Readable): Promise<number> {
  let start: number | undefined;
  let received = 0;
  stream.on('data', (chunk: Buffer) => {
    start ??= performance.now();
    received += chunk.length;
  });
  await once(stream, 'end');
  if (start === undefined || received !== OUTPUT_BYTES) throw new Error(`${received} of ${OUTPUT_BYTES} bytes arrived`);
  return performance.now() - start;
}

async function ourPrompt(place: Place): Promise<number> {
  const start = performance.now();
  const shell = await openOurs(place);
  await new Promise<void>((resolve) => {
    const isPrompt = promptWatcher();
    shell.stream.on('data', (chunk: Buffer) => isPrompt(chunk.toString()) && resolve());
  });
  const time = performance.now() - start;
  shell.close();
  return time;
}

async function theirPrompt(place: Place): Promise<number> {
  const start = performance.now();
  const terminal = spawnTerminal('ssh', sshFlags(place), { name: 'xterm-256color', cols: 80, rows: 24 });
  await new Promise<void>((resolve) => {
    const isPrompt = promptWatcher();
    terminal.onData((text) => isPrompt(text) && resolve());
  });
  const time = performance.now() - start;
  terminal.kill();
  return time;
}

function promptWatcher(): (text: string) => boolean {
  let seen = '';
  return (text) => /[#$] (?:\u001b\[[^a-z]*[a-z])*$/.test((seen += text));
}

function sshFlags({ sshd, key, knownHosts }: Place): string[] {
  const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${knownHosts}`, 'GlobalKnownHostsFile=none', 'LogLevel=ERROR'];
  return ['-F', 'none', '-p', String(sshd.port), '-i', key.path, '-l', sshd.osUser, ...options.flatMap((option) => ['-o', option]), ...SAME_ALGORITHMS, '127.0.0.1'];
}

if (import.meta.main) {
  for (const { name, value, unit, ratio, note } of await benchSsh()) {
    process.stdout.write(`${name}: ${value.toFixed(0)} ${unit}${ratio === undefined ? '' : `, ${ratio.toFixed(2)}x`}${note === undefined ? '' : ` (${note})`}\n`);
  }
}
