/** The command line over Session Manager: forwards, commands, and OpenSSH's own programs through `proxy` to a real sshd. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { networkDialer } from '../../src/services/base/dialer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import type { CliHome, CliResult, Environment, RunningCli } from './cliProcess.ts';
import { createCliHome, program, startProgram } from './cliProcess.ts';
import { startPostgreSql, type PostgreSql } from './postgresql.ts';
import { startRedis, type Redis } from './redis.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const MIB = 1024 * 1024;

let home: CliHome;
let cloud: DemoCloud;
let sshd: Sshd;
let postgreSql: PostgreSql;
let redis: Redis;
let key: KeyFile;
/** Leads the command line to the demo cloud of this process, as any AWS tool. */
let environment: Environment;

beforeAll(async () => {
  home = createCliHome();
  key = generateKeyFile(join(home.folder, 'key'), ['ed25519']);
  sshd = await startSshd({ authorizedKeys: [key.publicKey], config: ['LogLevel VERBOSE', 'Subsystem sftp internal-sftp'] });
  postgreSql = await startPostgreSql();
  redis = await startRedis();
  const databases = new Map([[5432, postgreSql.port], [6379, redis.port]]);
  cloud = await startDemoCloud({ seed: Buffer.alloc(32, 7), log: silentLog, agents: { pacing: false, firstOutputDelayMs: 0 } });
  // The console output of web-2 tells the keys of the demo's server, not those of the real one.
  cloud.faults.deniedActions = ['ec2:GetConsoleOutput'];
  // Its SSH port is the real sshd, and the databases that it reaches the real PostgreSQL and Redis.
  const host = cloud.host(cloud.instance('web-2'));
  Object.assign(host, { network: { ...host.network, dial: (_address: string, port: number, signal: AbortSignal) => networkDialer.dial('127.0.0.1', databases.get(port) ?? sshd.port, signal) } });
  environment = { AWS_CONFIG_FILE: cloud.configFile, AWS_SHARED_CREDENTIALS_FILE: cloud.credentialsFile, AWS_PROFILE: 'demo' };
});
afterAll(async () => {
  home.remove();
  await cloud.close();
  await sshd.stop();
  await postgreSql.stop();
  await redis.stop();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function proxyCommand(): string {
  return `${process.execPath} ${program} proxy --via ssm %h %p`;
}

/** The words that make OpenSSH's programs go through `postern proxy`. */
function openSshOptions(): string[] {
  const knownHosts = join(home.folder, 'known_hosts');
  writeFileSync(knownHosts, `web-2 ${sshd.hostKeys[0]?.publicKey ?? ''}\n`);
  return ['-F', 'none', '-i', key.path, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHosts}`, '-o', `ProxyCommand=${proxyCommand()}`];
}

function runProgram(tool: string, words: readonly string[], more: Environment = {}, input?: string | Uint8Array): Promise<CliResult> {
  const { child, exited } = startProgram(tool, words, { ...home.environment, ...environment, ...more });
  if (input !== undefined) child.stdin?.end(input);
  return exited;
}

/** The tester's own git configuration has no say here. */
const gitEnvironment = { HOME: process.env['HOME'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };

test('forward and proxy tell on stderr what the far side has to say, line by line and without control characters', async () => {
  const watched = await startDemoCloud({ seed: Buffer.alloc(32, 7), log: silentLog, agents: { pacing: false, firstOutputDelayMs: 0, notice: 'This host is watched.\r\nBe \u001b[31mkind.' } });
  try {
    const toWatched = { ...environment, AWS_CONFIG_FILE: watched.configFile, AWS_SHARED_CREDENTIALS_FILE: watched.credentialsFile };
    const running = home.start(['forward', 'web-1', '-L', '0:80'], { environment: toWatched });
    await running.printed('-> web-1:80\n');
    running.child.kill('SIGTERM');
    const { stdout, stderr } = await running.exited;
    expect(stdout).toMatch(/^127\.0\.0\.1:\d+ -> web-1:80\n$/);
    expect(stderr.replaceAll(/:\d+ ->/g, ':PORT ->')).toBe('postern: 127.0.0.1:PORT -> web-1:80: This host is watched.\npostern: 127.0.0.1:PORT -> web-1:80: Be \\u001b[31mkind.\n');
    const proxied = await home.run(['proxy', '--via', 'ssm', 'web-1', '80'], { environment: toWatched, input: 'GET / HTTP/1.0\r\n\r\n' });
    expect(proxied).toMatchObject({ status: 0, stdout: expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n[^]*Hello from web-1/), stderr: 'This host is watched.\nBe kind.\n' });
  } finally {
    await watched.close();
  }
});

test('forward prints one line for each port that listens, carries bytes, and ends with its signal', async () => {
  const socketPath = join(home.folder, 'web.sock');
  const running = home.start(['forward', 'web-1', '-L', '0:80', '-L', `${socketPath}:80`, '-L', '0:10.0.20.5:6379', '--sessions', '2'], { environment });
  await Promise.all([running.printed('-> web-1:80\n'), running.printed(`${socketPath} -> web-1:80\n`), running.printed('-> 10.0.20.5:6379 through web-1\n')]);
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  const viaSocket = connect(socketPath);
  viaSocket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect((await buffer(viaSocket)).toString()).toContain('Hello from web-1');
  running.child.kill('SIGTERM');
  const { status, stdout, stderr } = await running.exited;
  expect({ status, stderr }).toEqual({ status: 143, stderr: '' });
  const lines = stdout.trimEnd().split('\n').toSorted();
  expect(lines).toEqual([expect.stringMatching(/^\/.*\/web\.sock -> web-1:80$/), expect.stringMatching(/^127\.0\.0\.1:\d+ -> (10\.0\.20\.5:6379 through web-1|web-1:80)$/), expect.stringMatching(/^127\.0\.0\.1:\d+ -> /)]);
  expect(() => statSync(socketPath)).toThrow(/ENOENT/);
});

/** Where a forward listens, once it does. */
async function listeningPort(running: RunningCli, target: string): Promise<string> {
  let printed = '';
  running.child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await running.printed(`-> ${target}\n`);
  return /127\.0\.0\.1:(\d+) ->/.exec(printed)?.[1] ?? '';
}

test('psql works with a real PostgreSQL through a forward to a remote host, on several connections at once', async () => {
  const running = home.start(['forward', 'web-2', '-L', '0:10.0.20.99:5432'], { environment });
  const port = await listeningPort(running, '10.0.20.99:5432 through web-2');
  const psql = (...words: readonly string[]): Promise<CliResult> =>
    runProgram('psql', ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', port, '-U', postgreSql.user, '-d', 'postgres', ...words], { PGPASSWORD: postgreSql.password });
  expect(await psql('-c', 'create table words as select n, md5(n::text) as word from generate_series(1, 50000) n')).toMatchObject({ status: 0, stderr: '' });
  const expected = Array.from({ length: 50_000 }, (_, index) => `${index + 1}|${createHash('md5').update(String(index + 1)).digest('hex')}\n`).join('');
  const answers = await Promise.all(Array.from({ length: 4 }, () => psql('-c', 'select n, word from words order by n')));
  for (const { status, stdout, stderr } of answers) expect({ status, stderr, whole: stdout === expected }).toEqual({ status: 0, stderr: '', whole: true });
  expect(await psql('-c', 'select 1 / 0')).toMatchObject({ status: 1, stderr: expect.stringContaining('division by zero') });
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 130, stderr: '' });
});

test('redis-cli works with a real Redis through a forward to a remote host: a pipeline, and a value of every byte', async () => {
  const running = home.start(['forward', 'web-2', '-L', '0:10.0.20.98:6379'], { environment });
  const port = await listeningPort(running, '10.0.20.98:6379 through web-2');
  const redisCli = (words: readonly string[], input?: string | Uint8Array): Promise<CliResult> => runProgram('redis-cli', ['-h', '127.0.0.1', '-p', port, ...words], {}, input);
  expect(await redisCli(['ping'])).toMatchObject({ status: 0, stdout: 'PONG\n', stderr: '' });
  const commands = Array.from({ length: 20_000 }, (_, index) => `SET key:${index} value-${index}\r\n`).join('');
  expect((await redisCli(['--pipe'], commands)).stdout).toMatch(/errors: 0, replies: 20000\n$/);
  expect(await redisCli(['dbsize'])).toMatchObject({ stdout: '20000\n' });
  const value = randomBytes(MIB);
  expect(await redisCli(['-x', 'set', 'blob'], value)).toMatchObject({ stdout: 'OK\n' });
  const { stdoutBytes } = await redisCli(['--raw', 'get', 'blob']);
  expect(sha256(stdoutBytes)).toBe(sha256(Buffer.concat([value, Buffer.from('\n')])));
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 130, stderr: '' });
});

test('a command runs on a managed node by its name, and in a container of ECS by its target', async () => {
  const command = (...words: readonly string[]): Promise<CliResult> => home.run(['ssh', '-n', ...words, '--', 'hostname; exit 7'], { environment });
  const [node, container] = await Promise.all([command('office-files'), command('--region', 'ap-northeast-1', cloud.managedNode('shop-api').instanceId)]);
  expect(node).toMatchObject({ status: 7, stdout: 'office-files.corp.example\n', stderr: '' });
  expect(container).toMatchObject({ status: 7, stdout: 'ip-10-0-10-77.ap-northeast-1.compute.internal\n', stderr: '' });
});

test('a forward leads to a managed node by its id, and to a container of ECS by its target', async () => {
  const container = cloud.managedNode('shop-api').instanceId;
  const places = [[cloud.managedNode('office-files').instanceId, 'office-files:80', 'Hello from office-files'], [container, `[${container}]:80`, 'Hello from shop-api']] as const;
  await Promise.all(
    places.map(async ([target, name, page]) => {
      const running = home.start(['forward', '--region', 'ap-northeast-1', target, '-L', '0:80'], { environment });
      const port = await listeningPort(running, name);
      expect((await runProgram('curl', ['--silent', '--show-error', '--fail', `http://127.0.0.1:${port}/`])).stdout).toContain(page);
      running.child.kill('SIGINT');
      expect(await running.exited).toMatchObject({ status: 130, stderr: '' });
    }),
  );
});

test('managed nodes are listed as what they are', async () => {
  const { stdout } = await home.run(['ls', 'is:managed'], { environment });
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([expect.stringMatching(/^NAME/), expect.stringMatching(/^office-files +mi-[0-9a-f]{17} +running +managed node +192\.168\.10\.20 +- +Online +demo\/ap-northeast-1$/)]);
});

test('curl downloads twenty pages at once through a forward', async () => {
  const running = home.start(['forward', 'web-1', '-L', '0:80'], { environment });
  const port = await listeningPort(running, 'web-1:80');
  const pages = join(home.folder, 'pages');
  mkdirSync(pages);
  const { status, stderr } = await runProgram('curl', ['--no-progress-meter', '--silent', '--show-error', '--fail', '--parallel', '--parallel-max', '20', ...Array.from({ length: 20 }, (_, index) => ['-o', join(pages, `${index}`), `http://127.0.0.1:${port}/${index}`]).flat()]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(new Set(Array.from({ length: 20 }, (_, index) => readFileSync(join(pages, `${index}`), 'utf8').includes('Hello from web-1')))).toEqual(new Set([true]));
  running.child.kill('SIGINT');
  expect(await running.exited).toMatchObject({ status: 130, stderr: '' });
});

test('an address that lets others in is warned of, and forwards that cannot be opened are told, with status 1 when none is left', async () => {
  const inUse = String(sshd.port);
  const { status, stdout, stderr } = await home.run(['forward', 'web-1', '-L', `0.0.0.0:${inUse}:80`, '-L', `${inUse}:80`], { environment });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(`postern: 0.0.0.0:${inUse} is not only for this machine: whoever reaches it can use the forward, without a password.\n`);
  expect(stderr).toContain(`postern: 127.0.0.1:${inUse} -> web-1:80: 127.0.0.1 port ${inUse} is in use. Choose another port, or 0 for a free one, and an address of this machine. (app.port-in-use)\n`);
});

test('a forward through an instance without an agent says why', async () => {
  expect(await home.run(['forward', 'bastion', '-L', '0:80'], { environment })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('(ssm.target-not-connected)') });
});

test('a forward that makes no sense is wrong use', async () => {
  expect(await home.run(['forward', 'web-1', '-L', '8080:http'], { environment })).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('"8080:http" is no forward: "http" is no port.') });
  expect(await home.run(['forward', 'web-1'], { environment })).toMatchObject({ status: 2, stdout: '' });
});

test('a command by Session Manager has its own exit status, output and error output', async () => {
  expect(await home.run(['ssh', '--via', 'session-manager', 'web-1', '--', 'echo out; echo err >&2; exit 42'], { environment })).toMatchObject({ status: 42, stdout: 'out\n', stderr: 'err\n' });
  const { status, stdoutBytes } = await home.run(['ssh', '--via', 'session-manager', 'web-1', '--', 'seq 1 100000'], { environment });
  expect(status).toBe(0);
  expect(sha256(stdoutBytes)).toBe(sha256(Buffer.from(Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join(''))));
});

test('a command that would lose its input ends with an error that says what to do', async () => {
  expect(await home.run(['ssh', '--via', 'session-manager', 'web-1', '--', 'cat; sleep 1000'], { environment, input: 'precious' })).toMatchObject({
    status: 255, stdout: '', stderr: 'postern: Session Manager passes no input to a command: it was ended. (ssm.command-not-supported)\n  Use --via ssm or --via direct, or give it no input (< /dev/null).\n',
  });
});

test('ssh by postern itself goes over Session Manager with a key, and the status comes back', async () => {
  const words = ['ssh', '--via', 'ssm', '-i', key.path, '-l', sshd.osUser, 'web-2'];
  const terminal = home.onTerminal([...words, '--', 'true'], { environment });
  await terminal.until(/yes\/no/);
  terminal.type('yes\r');
  expect(await terminal.exited).toBe(0);
  const input = randomBytes(MIB);
  expect(await home.run([...words, '--', 'sha256sum; exit 6'], { environment, input })).toMatchObject({ status: 6, stdout: `${sha256(input)}  -\n`, stderr: '' });
});

test('OpenSSH runs a command through proxy over Session Manager', async () => {
  expect(await runProgram('ssh', [...openSshOptions(), `${sshd.osUser}@web-2`, 'echo out; echo err >&2; exit 7'])).toMatchObject({ status: 7, stdout: 'out\n', stderr: expect.stringMatching(/(^|\n)err\n$/) });
});

test('scp copies five mebibytes there and back over Session Manager, byte for byte', async () => {
  const [sent, there, back] = ['sent', 'there', 'back'].map((name) => join(home.folder, name)) as [string, string, string];
  const content = randomBytes(5 * MIB);
  writeFileSync(sent, content);
  expect(await runProgram('scp', [...openSshOptions(), sent, `${sshd.osUser}@web-2:${there}`])).toMatchObject({ status: 0, stdout: '' });
  expect(await runProgram('scp', [...openSshOptions(), `${sshd.osUser}@web-2:${there}`, back])).toMatchObject({ status: 0, stdout: '' });
  expect(sha256(readFileSync(back))).toBe(sha256(content));
});

test('rsync copies a folder there, and then only what has changed, over Session Manager', async () => {
  const [source, there] = [join(home.folder, 'source'), join(home.folder, 'mirror')];
  mkdirSync(join(source, 'deep'), { recursive: true });
  for (const name of ['one', 'deep/two']) writeFileSync(join(source, name), randomBytes(2 * MIB));
  const shell = ['ssh', ...openSshOptions().map((word) => (word.includes(' ') ? `'${word}'` : word))].join(' ');
  const rsync = (): Promise<CliResult> => runProgram('rsync', ['--recursive', '--checksum', '--itemize-changes', '--rsh', shell, `${source}/`, `${sshd.osUser}@web-2:${there}/`]);
  expect(await rsync()).toMatchObject({ status: 0, stderr: '' });
  for (const name of ['one', 'deep/two']) expect(sha256(readFileSync(join(there, name)))).toBe(sha256(readFileSync(join(source, name))));
  writeFileSync(join(source, 'deep/two'), Buffer.concat([readFileSync(join(source, 'deep/two')), Buffer.from('more')]));
  const { status, stdout, stderr } = await rsync();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^<f\S+ deep\/two\n$/);
  expect(sha256(readFileSync(join(there, 'deep/two')))).toBe(sha256(readFileSync(join(source, 'deep/two'))));
});

test('git clones over Session Manager', async () => {
  const [origin, clone] = [join(home.folder, 'origin'), join(home.folder, 'clone')];
  const git = (...words: string[]): void => void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], { env: { PATH: process.env['PATH'], ...gitEnvironment }, stdio: 'pipe' });
  git('init', '--quiet', origin);
  writeFileSync(join(origin, 'file'), randomBytes(MIB));
  git('-C', origin, 'add', 'file');
  git('-C', origin, 'commit', '--quiet', '-m', 'one');
  const ssh = ['ssh', ...openSshOptions().map((word) => (word.includes(' ') ? `'${word}'` : word))].join(' ');
  const { status, stderr } = await runProgram('git', ['clone', '--quiet', `${sshd.osUser}@web-2:${origin}`, clone], { ...gitEnvironment, GIT_SSH_COMMAND: ssh });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(sha256(readFileSync(join(clone, 'file')))).toBe(sha256(readFileSync(join(origin, 'file'))));
});
