import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import type { ClientChannel } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../src/services/base/log.ts';
import { createDemoHost } from '../../src/demo/host.ts';
import type { DemoHost } from '../../src/demo/host.ts';

const run = promisify(execFile);

let folder: string;
let host: DemoHost;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-test-'));
  for (const [name, type, bits] of [['ed25519', 'ed25519', '256'], ['rsa', 'rsa', '3072'], ['stranger', 'ed25519', '256']] as const) {
    await run('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', name, '-f', join(folder, name)]);
  }
  const authorized = [await readFile(join(folder, 'ed25519.pub'), 'utf8'), await readFile(join(folder, 'rsa.pub'), 'utf8')];
  host = createDemoHost({
    instanceId: 'i-0123456789abcdef0',
    privateDnsName: 'ip-10-0-1-20.eu-central-1.compute.internal',
    osUser: 'ec2-user',
    seed: Buffer.from('a seed for tests'),
    authorizedKeys: () => authorized,
    log: silentLog,
  });
  port = await host.sshPort();
  await writeFile(join(folder, 'known_hosts'), host.hostKeyLines().map((line) => `[127.0.0.1]:${port} ${line}\n`).join(''));
});

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

interface Result {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errorOutput: string;
}

function startSsh(words: readonly string[], key = 'ed25519', user = 'ec2-user') {
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes', `UserKnownHostsFile=${join(folder, 'known_hosts')}`];
  const flags = ['-F', 'none', '-p', String(port), '-i', join(folder, key), '-l', user, ...options.flatMap((option) => ['-o', option])];
  return spawn('ssh', [...flags, ...words], { env: { PATH: process.env['PATH'], HOME: folder, SECRET_OF_THE_TEST: 'x' } });
}

async function ssh(words: readonly string[], input: string | undefined = undefined, key?: string, user?: string): Promise<Result> {
  const child = startSsh(words, key, user);
  const [output, errorOutput]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errorOutput.push(chunk));
  if (input !== undefined) child.stdin.end(input);
  const [exitCode]: (number | null)[] = await once(child, 'close');
  return { exitCode: exitCode ?? null, output: Buffer.concat(output).toString(), errorOutput: Buffer.concat(errorOutput).toString() };
}

test('a command gives its output, its error output and its exit code', async () => {
  expect(await ssh(['127.0.0.1', 'echo out; echo err >&2; exit 42'], '')).toEqual({ exitCode: 42, output: 'out\n', errorOutput: 'err\n' });
});

test('an RSA key logs in, with SHA-2', async () => {
  expect(await ssh(['127.0.0.1', 'echo in'], '', 'rsa')).toEqual({ exitCode: 0, output: 'in\n', errorOutput: '' });
});

test('a command killed by a signal ends with that signal', async () => {
  const { exitCode, errorOutput } = await ssh(['-v', '127.0.0.1', 'kill -TERM $$'], '');
  expect(exitCode).toBe(255);
  expect(errorOutput).toContain('client_input_channel_req: channel 0 rtype exit-signal reply 0');
});

test('a command reads what is sent to it, and sees its end', async () => {
  const input = 'x'.repeat(3 * 1024 * 1024);
  expect(await ssh(['127.0.0.1', 'wc -c'], input)).toEqual({ exitCode: 0, output: `${input.length}\n`, errorOutput: '' });
});

test('a key that is not authorized is refused', async () => {
  const { exitCode, errorOutput } = await ssh(['127.0.0.1', 'true'], '', 'stranger');
  expect(exitCode).toBe(255);
  expect(errorOutput).toContain('ec2-user@127.0.0.1: Permission denied (publickey).');
});

test('an authorized key does not open another user', async () => {
  const { exitCode, errorOutput } = await ssh(['127.0.0.1', 'true'], '', 'ed25519', 'root');
  expect(exitCode).toBe(255);
  expect(errorOutput).toContain('root@127.0.0.1: Permission denied (publickey).');
});

test('a shell on a terminal has the prompt of the image and follows the size of the window', async () => {
  const child = startSsh(['-tt', '127.0.0.1']);
  let screen = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = screen;
    screen += chunk.toString();
    if (!before.includes('~]$ ') && screen.includes('~]$ ')) child.stdin.write('stty rows 31 columns 97; stty size; hostname -s; exit 7\n');
  });
  const [exitCode]: (number | null)[] = await once(child, 'close');
  expect(exitCode).toBe(7);
  expect(screen).toContain('[ec2-user@ip-10-0-1-20 ~]$ ');
  expect(screen).toContain('31 97\r\nip-10-0-1-20\r\n');
});

test('a program sees the environment of its host and nothing of the person\'s', async () => {
  const { output } = await ssh(['127.0.0.1', 'env | cut -d= -f1 | sort'], '');
  expect(output.split('\n').filter((name) => name !== '')).toEqual(['HOME', 'LANG', 'LOGNAME', 'PATH', 'PWD', 'SHELL', 'SHLVL', 'TERM', 'USER', '_']);
});

test('20 MiB of a command arrive to the byte', async () => {
  const child = startSsh(['127.0.0.1', 'head -c 20971520 /dev/zero']);
  child.stdin.end();
  let bytes = 0;
  for await (const chunk of child.stdout) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(20 * 1024 * 1024);
});

test('20 MiB through a terminal arrive to the byte', async () => {
  const child = startSsh(['-tt', '127.0.0.1', 'head -c 20971520 /dev/zero']);
  let bytes = 0;
  for await (const chunk of child.stdout) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(20 * 1024 * 1024);
});

test('output and error output that both fill the window arrive complete', async () => {
  const { output, errorOutput, exitCode } = await ssh(['127.0.0.1', 'head -c 9000000 /dev/zero & head -c 9000000 /dev/zero >&2 & wait'], '');
  expect([exitCode, output.length, errorOutput.length]).toEqual([0, 9_000_000, 9_000_000]);
});

test('a client that stops reading stops the program, and then gets every byte', async () => {
  const client = new ssh2.Client();
  client.connect({ host: '127.0.0.1', port, username: 'ec2-user', privateKey: await readFile(join(folder, 'ed25519')) });
  await once(client, 'ready');
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.exec('echo $$; exec head -c 20971520 /dev/zero', { pty: true }, (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
  });
  await once(channel, 'readable');
  const first = String(channel.read(channel.readableLength));
  const pid = Number.parseInt(first, 10);
  let before = -1;
  await expect.poll(async () => {
    const [last, now] = [before, await writtenBytes(pid)];
    before = now;
    return now === last && now > 0;
  }, { timeout: 20_000, interval: 200 }).toBe(true);
  expect(before).toBeLessThan(10_000_000);

  let bytes = Buffer.byteLength(first) - `${pid}\r\n`.length;
  channel.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(channel, 'close');
  expect(bytes).toBe(20_971_520);
  client.end();
});

test('what a program wrote last is kept when it ends before anybody reads', async () => {
  const shell = await host.openShell({ osUser: 'ec2-user', size: { columns: 80, rows: 24 }, command: 'head -c 67000 /dev/zero' });
  expect(await shell.exited).toEqual({ exitCode: 0 });
  let bytes = 0;
  for await (const chunk of shell.stream) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(67_000);
});

test('a keep-alive of the client is answered', async () => {
  const child = startSsh(['-vvv', '-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1', '127.0.0.1', 'cat']);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
    // 82 is SSH_MSG_REQUEST_FAILURE: what sshd answers, too.
    if (log.split('receive packet: type 82').length === 3) child.stdin.end();
  });
  const [exitCode]: (number | null)[] = await once(child, 'close');
  expect(exitCode).toBe(0);
});

test('a signal of the client reaches the program', async () => {
  const client = new ssh2.Client();
  client.connect({ host: '127.0.0.1', port, username: 'ec2-user', privateKey: await readFile(join(folder, 'ed25519')) });
  await once(client, 'ready');
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.exec('echo ready; exec sleep 1000', (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
  });
  await once(channel, 'data');
  channel.signal('INT');
  const [code, signal]: unknown[] = await once(channel, 'exit');
  expect([code, signal]).toEqual([null, 'SIGINT']);
  client.end();
});

test('a client that vanishes takes its shell with it', async () => {
  const child = startSsh(['-tt', '127.0.0.1', 'echo $$; sleep 1000']);
  const [first]: unknown[] = await once(child.stdout, 'data');
  const pid = Number.parseInt(String(first), 10);
  expect(await isRunning(pid)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => isRunning(pid)).toBe(false);
});

test('forwarding and SFTP are refused', async () => {
  const forward = await ssh(['-W', '127.0.0.1:1', '127.0.0.1'], '');
  expect(forward.exitCode).toBe(255);
  expect(forward.errorOutput).toContain('stdio forwarding failed');
  const subsystem = await ssh(['-s', '127.0.0.1', 'sftp'], '');
  expect(subsystem.exitCode).toBe(255);
  expect(subsystem.errorOutput).toContain('subsystem request failed');
});

test('its programs and its home are gone when the host is switched off', async () => {
  const other = createDemoHost({
    instanceId: 'i-0fedcba9876543210',
    privateDnsName: 'ip-10-0-2-7.ec2.internal',
    osUser: 'ubuntu',
    seed: Buffer.from('a seed for tests'),
    authorizedKeys: () => [],
    log: silentLog,
  });
  const shell = await other.openShell({ osUser: 'ubuntu', size: { columns: 80, rows: 24 }, command: 'trap "" HUP; echo $HOME; setsid sleep 1000 & echo $!; sleep 1000' });
  let text = '';
  for await (const chunk of shell.stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.split('\r\n').length === 3) break;
  }
  const [home, pid] = text.split('\r\n');
  expect((await stat(join(String(home), '..'))).mode & 0o777).toBe(0o700);
  expect((await readdir(String(home))).toSorted()).toEqual(['.bashrc', '.local', '.shrc', 'README', 'logs']);

  await other.close();

  await expect(access(String(home))).rejects.toThrow('ENOENT');
  expect(await shell.exited).toEqual({ signal: 'KILL' });
  await expect.poll(() => isRunning(Number(pid))).toBe(false);
});

async function writtenBytes(pid: number): Promise<number> {
  const facts = await readFile(`/proc/${pid}/io`, 'utf8');
  return Number(/^wchar: (\d+)$/m.exec(facts)?.[1]);
}

async function isRunning(pid: number): Promise<boolean> {
  // A container's first process may leave zombies uncollected: they run no more.
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status !== '' && !/^State:\s+Z/m.test(status);
}
