/** `postern` with a ~/.ssh/config: the options of ssh, real servers, and what is said of what is not followed. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CliHome } from './cliProcess.ts';
import { createCliHome } from './cliProcess.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

let folder: string;
let home: CliHome;
let key: KeyFile;
let sshd: Sshd;
let config: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-cli-config-'));
  home = createCliHome();
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  sshd = await startSshd({ authorizedKeys: [key.publicKey], config: ['LogLevel INFO', 'AcceptEnv GREETING'] });
  const ssh = join(home.folder, '.ssh');
  mkdirSync(ssh, { recursive: true, mode: 0o700 });
  config = join(ssh, 'config');
  const block = (name: string, ...lines: readonly string[]): string => [`Host ${name}`, 'HostName 127.0.0.1', `Port ${sshd.port}`, `User ${sshd.osUser}`, `IdentityFile ${key.path}`, 'IdentitiesOnly yes', ...lines, ''].join('\n  ');
  writeFileSync(config, [block('my-web'), block('behind', 'ProxyJump my-web'), block('odd', 'ControlMaster auto')].join(''), { mode: 0o600 });
  writeFileSync(join(ssh, 'known_hosts'), `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]?.publicKey ?? ''}\n`);
});

afterAll(async () => {
  await sshd.stop();
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('a command runs on a host of ~/.ssh/config without any AWS account, and its status is the status', async () => {
  expect(await home.run(['ssh', 'my-web', '-o', 'SetEnv=GREETING=hello', '--', 'echo "$GREETING"; exit 7'])).toMatchObject({ status: 7, stdout: 'hello\n', stderr: '' });
  expect(await home.run(['ssh', 'behind', '--', 'echo behind'])).toMatchObject({ status: 0, stdout: 'behind\n', stderr: '' });
});

test('hosts of ~/.ssh/config are listed, also where there is no AWS account', async () => {
  const { status, stdout } = await home.run(['ls']);
  expect(status).toBe(0);
  expect(stdout.trimEnd().split('\n').map((line) => line.trimEnd())).toEqual(['SSH CONFIG  WHERE', `my-web      ${config} line 1`, `behind      ${config} line 7`, `odd         ${config} line 14`]);
});

test('what Postern does not follow is told on stderr with file and line, unless -q silences it', async () => {
  expect(await home.run(['ssh', 'odd', '--', 'true'])).toMatchObject({ status: 0, stderr: `postern: Postern does not follow: controlmaster auto (${config} line 20)\n` });
  expect(await home.run(['ssh', '-q', 'odd', '--', 'true'])).toMatchObject({ status: 0, stderr: '' });
});

test('-G prints what ssh -G prints, for every keyword that Postern knows', async () => {
  const args = ['-p', '2200', '-L', '8080:db.internal:80', '-A', '-o', 'ServerAliveInterval=7', '-F', config, '-G', 'my-web'];
  const { status, stdout, stderr } = await home.run(['ssh', ...args]);
  expect(status).toBe(0);
  expect(stderr).toBe('');
  // OpenSSH's home is the password file's; no value of this host has it but the defaults.
  const theirs = execFileSync('ssh', args, { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: home.folder } }).split('\n');
  const booleans = (line: string): string => line.replace(/ true$/, ' yes').replace(/ false$/, ' no').toLowerCase();
  const ours = stdout.trimEnd().split('\n');
  const missing = ours.filter((line) => !theirs.map(booleans).includes(booleans(line)) && !/known|identityfile/.test(line));
  expect(missing).toEqual([]);
  expect(ours).toEqual(expect.arrayContaining(['hostname 127.0.0.1', 'port 2200', 'forwardagent yes', 'serveraliveinterval 7', 'localforward 8080 [db.internal]:80', `identityfile ${key.path}`]));
});

test('-G tells on stderr what Postern does not follow, of the system\'s file too', async () => {
  const { status, stderr } = await home.run(['ssh', '-G', 'odd']);
  expect(status).toBe(0);
  expect(stderr).toContain(`postern: not followed: controlmaster auto (${config} line 20)\n`);
});

test('-N with -L holds a forward until it is interrupted', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port: local } = free.address() as AddressInfo;
  free.close();
  const running = home.start(['ssh', '-v', '-N', '-L', `${local}:127.0.0.1:${port}`, 'my-web']);
  try {
    await expect.poll(() => exchange(local, 'there and back').catch(() => 'not yet'), { timeout: 20_000 }).toBe('there and back');
  } finally {
    running.child.kill('SIGINT');
    server.close();
  }
  expect(await running.exited).toMatchObject({ status: 130, stdout: '' });
});

test('-D makes an instance a SOCKS proxy into its network', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port: local } = free.address() as AddressInfo;
  free.close();
  const running = home.start(['ssh', '--demo', '-N', '-D', `${local}`, 'bastion']);
  // db-1, which nothing but the bastion reaches.
  const request = [5, 1, 0, 5, 1, 0, 1, 10, 0, 20, 5, 0, 22];
  const banner = async (): Promise<string> => {
    const socket = connect(local, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(Uint8Array.from(request));
    let answer = '';
    for await (const chunk of socket) if ((answer += String(chunk)).includes('\r\n')) break;
    return answer;
  };
  try {
    await expect.poll(() => banner().catch(() => 'not yet'), { timeout: 30_000 }).toMatch(/SSH-2\.0-[ -~]+\r\n$/);
  } finally {
    running.child.kill('SIGINT');
  }
  expect(await running.exited).toMatchObject({ status: 130, stdout: '' });
});

test('proxy joins stdin and stdout to a host of ~/.ssh/config through its bastion, so that ssh itself goes that way', async () => {
  const program = [process.execPath, join(import.meta.dirname, '../../src/apps/cli/main.ts'), 'proxy', 'behind', String(sshd.port)].join(' ');
  const answer = execFileSync('ssh', ['-F', 'none', '-o', `ProxyCommand=${program}`, '-o', `UserKnownHostsFile=${join(home.folder, '.ssh', 'known_hosts')}`, '-o', `HostKeyAlias=[127.0.0.1]:${sshd.port}`, '-i', key.path, `${sshd.osUser}@anything`, 'echo', 'by', 'proxy'], {
    encoding: 'utf8',
    env: { ...home.environment, PATH: process.env['PATH'] },
  });
  expect(answer).toBe('by proxy\n');
});

test('proxy goes through the bastion of an instance when nothing has to be asked: its console output vouches for the bastion', async () => {
  const running = home.start(['proxy', '--demo', '--via', 'jump', 'db-1']);
  await running.printed('\r\n');
  running.child.stdin?.end();
  expect((await running.exited).stdout).toMatch(/^SSH-2\.0-[ -~]+\r\n/);
});

test('a host that needs a question is not reached where nobody can be asked, and what was asked is said', async () => {
  const { status, stdout, stderr } = await home.run(['ssh', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=ask', 'my-web', '--', 'true']);
  expect({ status, stdout }).toEqual({ status: 255, stdout: '' });
  expect(stderr).toContain('There is no terminal to ask on');
});

test.each(['-X', '-W', '-M', '-f', '-t'])('%s, which Postern has not, is refused by its name', async (option) => {
  const { status, stderr } = await home.run(['ssh', option, 'my-web']);
  expect(status).toBe(2);
  expect(stderr).toContain(`unknown option '${option}'`);
});

async function exchange(port: number, message: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(message);
  return text(socket);
}
