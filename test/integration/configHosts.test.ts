import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PosternError } from '../../src/contract/error.ts';
import type { Instance } from '../../src/contract/instance.ts';
import type { ConnectRequest } from '../../src/services/sessions/connectRequest.ts';
import type { ConfigHome, ConfigHomeOptions } from './configHome.ts';
import { makeConfigHome } from './configHome.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

/** What accepts a connection and passes its bytes on, as `nc` does; takes host and port from its words. */
const RELAY = `const [, , host, port] = process.argv; const socket = require('net').connect(Number(port), host); process.stdin.pipe(socket); socket.pipe(process.stdout);`;

let folder: string;
let key: KeyFile;
let locked: KeyFile;
let target: Sshd;
let bastion: Sshd;
const homes: ConfigHome[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-config-hosts-'));
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  locked = generateKeyFile(join(folder, 'locked'), ['ed25519'], 'correct horse');
  writeFileSync(join(folder, 'relay.cjs'), RELAY);
  const authorizedKeys = [key.publicKey, locked.publicKey];
  [target, bastion] = await Promise.all([startSshd({ authorizedKeys, hostKeyTypes: ['ed25519', 'ecdsa'], config: ['LogLevel INFO', 'AcceptEnv GREETING LC_*'] }), startSshd({ authorizedKeys })]);
});

afterEach(async () => {
  await Promise.all(homes.splice(0).map((made) => made.remove()));
});

afterAll(async () => {
  await Promise.all([target.stop(), bastion.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

function home(options?: ConfigHomeOptions): ConfigHome {
  const made = makeConfigHome(options);
  homes.push(made);
  return made;
}

/** The line of known_hosts for a server's first key, or another one. */
function knownLine(sshd: Sshd, index = 0): string {
  return `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[index]?.publicKey ?? ''}\n`;
}

function hostBlock(name: string, sshd: Sshd, ...lines: readonly string[]): string {
  return [`Host ${name}`, 'HostName 127.0.0.1', `Port ${sshd.port}`, `User ${sshd.osUser}`, `IdentityFile ${key.path}`, 'IdentitiesOnly yes', ...lines, ''].join('\n  ');
}

async function failure(work: Promise<unknown>): Promise<PosternError> {
  const thrown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(thrown instanceof PosternError)) throw new Error(`expected a PosternError, got ${String(thrown)}`);
  return thrown;
}

test('a host of ~/.ssh/config is reached at its HostName and Port, as its User, with its IdentityFile, and nothing is asked', async () => {
  const person = home();
  person.write('config', hostBlock('web', target, 'SetEnv GREETING=hello'));
  person.write('known_hosts', knownLine(target));
  expect(await person.services.list()).toEqual([{ hostId: 'ssh:web', name: 'web', file: join(person.home, '.ssh', 'config'), line: 1 }]);
  expect(await person.run('web', 'printf %s "$GREETING"')).toBe('hello');
});

test('one bastion, and two of them, are passed as ProxyJump says, each signed in to by its own configuration', async () => {
  const person = home();
  const second = await startSshd({ authorizedKeys: [key.publicKey] });
  try {
    person.write('config', [hostBlock('one', target, 'ProxyJump outer'), hostBlock('two', target, 'ProxyJump outer,inner'), hostBlock('nested', target, 'ProxyJump chained'), hostBlock('outer', bastion), hostBlock('inner', second), hostBlock('chained', second, 'ProxyJump outer')].join(''));
    person.write('known_hosts', knownLine(target) + knownLine(bastion) + knownLine(second));
    expect(await person.run('one', 'echo through one')).toBe('through one\n');
    expect(await person.run('two', 'echo through two')).toBe('through two\n');
    expect(await person.run('nested', 'echo nested')).toBe('nested\n');
    expect(bastion.log()).toContain('server_request_direct_tcpip');
    expect(second.log()).toContain('server_request_direct_tcpip');
  } finally {
    await second.stop();
  }
});

test('a bastion that leads to itself ends with a reason', async () => {
  const person = home();
  person.write('config', [hostBlock('a', target, 'ProxyJump b'), hostBlock('b', bastion, 'ProxyJump c'), hostBlock('c', bastion, 'HostName 127.0.0.2', 'ProxyJump b')].join(''));
  expect((await failure(person.connect('a').shell)).message).toBe('The ProxyJump hosts on the way to b lead through more than 8 hosts.');
});

test('a ProxyCommand is asked about before its first run, and not again for exactly the same command', async () => {
  let allow = false;
  const person = home({ answer: () => ({ kind: 'run-command', allow }) });
  person.write('config', hostBlock('web', target, `ProxyCommand ${process.execPath} ${join(folder, 'relay.cjs')} %h %p`));
  person.write('known_hosts', knownLine(target));

  const refused = person.connect('web', { command: 'true' });
  expect((await failure(refused.shell)).code).toBe('cancelled');
  expect(refused.asked).toEqual([
    { kind: 'run-command', purpose: 'proxy-command', host: 'web', command: `${process.execPath} ${join(folder, 'relay.cjs')} 127.0.0.1 ${target.port}`, place: `${join(person.home, '.ssh', 'config')} line 7` },
  ]);
  allow = true;
  expect(await person.run('web', 'echo by relay')).toBe('by relay\n');
  const again = person.connect('web', { command: 'true' });
  (await again.shell).close();
  expect(again.asked).toEqual([]);
  // Another port is another command.
  const other = person.connect('web', { command: 'true', openSsh: { options: ['Port=1'] } });
  await failure(other.shell);
  expect(other.asked).toHaveLength(1);
});

test('a ProxyCommand that ends at once is told with its status and its words', async () => {
  const person = home({ answer: () => ({ kind: 'run-command', allow: true }) });
  person.write('config', hostBlock('web', target, `ProxyCommand ${process.execPath} -e "console.error('no way there'); process.exit(3)"`));
  const error = await failure(person.connect('web').shell);
  expect(error.code).toBe('route.unreachable');
  expect(error.message).toContain('(status 3)');
  expect(error.message).toContain('no way there');
});

test('an encrypted IdentityFile is opened with the passphrase that is asked for', async () => {
  const passphrases = ['wrong', 'correct horse'];
  const person = home({ answer: () => ({ kind: 'passphrase', passphrase: passphrases.shift() ?? '' }) });
  person.write('config', hostBlock('web', target).replace(key.path, locked.path));
  person.write('known_hosts', knownLine(target));
  expect(await person.run('web', 'echo open')).toBe('open\n');
  expect(passphrases).toEqual([]);
});

test('what the configuration has and Postern does not follow is told above the shell, with file and line', async () => {
  const person = home();
  person.write('config', hostBlock('web', target, 'ControlMaster auto', 'CanonicalizeHostname yes', 'Compression yes', 'PubkeyAuthentication yes'));
  person.write('known_hosts', knownLine(target));
  const connecting = person.connect('web');
  (await connecting.shell).close();
  const file = join(person.home, '.ssh', 'config');
  expect(connecting.banners).toEqual([`Postern does not follow: controlmaster auto (${file} line 7), canonicalizehostname yes (${file} line 8), compression yes (${file} line 9)`]);
});

test('a configuration that ssh would not connect with is refused with file and line, before anything is dialled', async () => {
  const person = home();
  const file = person.write('config', hostBlock('web', target, 'NoSuchKeyword yes'));
  const error = await failure(person.connect('web').shell);
  expect(error.message).toBe(`The OpenSSH configuration cannot be used for web: "nosuchkeyword" is no keyword of OpenSSH (${file} line 7).`);
});

test.each([
  ['as it is', (line: string) => line, undefined],
  ['hashed', hashed, undefined],
  ['without the port', (line: string) => line.replace(/^\[127\.0\.0\.1\]:\d+/, '127.0.0.1'), undefined],
  ['by a pattern', (line: string) => line.replace(/^\[127\.0\.0\.1\]/, '[127.0.0.*]'), undefined],
  ['under its HostKeyAlias', (line: string) => line.replace(/^\S+/, 'the-web'), 'HostKeyAlias the-web'],
])('a key that known_hosts has %s lets the connection on without a question', async (_form, change, option) => {
  const person = home();
  person.write('config', hostBlock('web', target, ...(option === undefined ? [] : [option])));
  const before = change(knownLine(target));
  const file = person.write('known_hosts', before);
  const connecting = person.connect('web', { command: 'true' });
  (await connecting.shell).close();
  expect(connecting.asked).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(await person.hostKeys.list()).toEqual([]);
});

test('the type of key that known_hosts has is asked for first: another key of the same host is no alarm', async () => {
  const person = home();
  person.write('config', hostBlock('web', target));
  person.write('known_hosts', knownLine(target, 1));
  const connecting = person.connect('web', { command: 'true' });
  (await connecting.shell).close();
  expect(connecting.asked).toEqual([]);
});

test('another key than known_hosts has is refused without a question and before any credential', async () => {
  const person = home({ answer: () => ({ kind: 'host-key', accept: true }) });
  const rogue = await startSshd({ authorizedKeys: [key.publicKey] });
  try {
    person.write('config', hostBlock('web', rogue, 'StrictHostKeyChecking no'));
    person.write('known_hosts', `[127.0.0.1]:${rogue.port} ${target.hostKeys[0]?.publicKey ?? ''}\n`);
    const connecting = person.connect('web', { command: 'true' });
    const error = await failure(connecting.shell);
    expect(error.code).toBe('ssh.host-key-changed');
    expect(error.message).toContain(`${join(person.home, '.ssh', 'known_hosts')} line 1`);
    expect(connecting.asked).toEqual([]);
    await rogue.logged('Connection closed by');
    expect(rogue.log()).not.toContain('userauth-request');
  } finally {
    await rogue.stop();
  }
});

test('a revoked key is refused whatever else is known of it', async () => {
  const person = home({ answer: () => ({ kind: 'host-key', accept: true }) });
  person.write('config', hostBlock('web', target, 'StrictHostKeyChecking no'));
  person.write('known_hosts', `${knownLine(target)}@revoked * ${target.hostKeys[0]?.publicKey ?? ''}\n`);
  const error = await failure(person.connect('web').shell);
  expect(error.code).toBe('ssh.host-key-refused');
  expect(error.message).toContain('line 2 revokes');
});

test('where known_hosts has only an authority the key of a host without a certificate is asked about, with the reason', async () => {
  const person = home({ answer: () => ({ kind: 'host-key', accept: false }) });
  const authority = generateKeyFile(join(person.home, 'authority'), ['ed25519']);
  person.write('config', hostBlock('web', target));
  person.write('known_hosts', `@cert-authority * ${authority.publicKey}\n`);
  const connecting = person.connect('web');
  expect((await failure(connecting.shell)).code).toBe('ssh.host-key-refused');
  expect(connecting.asked).toMatchObject([{ kind: 'host-key', unprovenBecause: ['known_hosts names an authority for it, but it has no certificate.'] }]);
});

test('an unknown key is asked about once, kept with its name hashed, and never written to known_hosts', async () => {
  const person = home({ answer: () => ({ kind: 'host-key', accept: true }) });
  person.write('config', hostBlock('web', target));
  const first = person.connect('web', { command: 'true' });
  (await first.shell).close();
  expect(first.asked).toEqual([{ kind: 'host-key', instanceId: 'web', address: `127.0.0.1 port ${target.port}`, algorithm: 'ssh-ed25519', fingerprint: fingerprintOf(target.hostKeys[0]) }]);
  const second = person.connect('web', { command: 'true' });
  (await second.shell).close();
  expect(second.asked).toEqual([]);
  expect(existsSync(join(person.home, '.ssh', 'known_hosts'))).toBe(false);
  const kept = readFileSync(join(person.dataDir, 'hostKeys.json'), 'utf8');
  expect(kept).toContain('ssh:|1|');
  expect(kept).not.toContain('127.0.0.1');
  expect(kept).not.toContain('web');
});

test('StrictHostKeyChecking yes refuses an unknown key unasked, accept-new takes it unasked', async () => {
  const person = home();
  person.write('config', [hostBlock('strict', target, 'StrictHostKeyChecking yes'), hostBlock('new', target, 'StrictHostKeyChecking accept-new')].join(''));
  const strict = person.connect('strict');
  expect((await failure(strict.shell)).code).toBe('ssh.host-key-refused');
  expect(strict.asked).toEqual([]);
  expect(await person.run('new', 'echo taken')).toBe('taken\n');
});

test('the algorithms a configuration names are the ones that are offered', async () => {
  const person = home();
  const only = await startSshd({ authorizedKeys: [key.publicKey], config: ['Ciphers aes256-cbc', 'KexAlgorithms diffie-hellman-group14-sha1'] });
  try {
    person.write('config', [hostBlock('old', only, 'Ciphers aes256-cbc', 'KexAlgorithms +diffie-hellman-group14-sha1'), hostBlock('plain', only), hostBlock('none', only, 'Ciphers chacha20-poly1305@openssh.com', 'MACs umac-64@openssh.com')].join(''));
    person.write('known_hosts', knownLine(only));
    expect((await failure(person.connect('plain').shell)).code).toBe('ssh.weak-algorithms');
    expect(await person.run('old', 'echo old')).toBe('old\n');
    expect((await failure(person.connect('none').shell)).message).toBe('Postern can do nothing of what macs names for none: umac-64@openssh.com.');
  } finally {
    await only.stop();
  }
});

test('a LocalForward listens while the connection stands, and is listed with the others', async () => {
  const person = home();
  const echo = await echoServer();
  const local = await freePort();
  try {
    person.write('config', hostBlock('web', target, `LocalForward ${local} 127.0.0.1:${echo.port}`));
    person.write('known_hosts', knownLine(target));
    const shell = await person.connect('web').shell;
    const forward = await person.forwardThat(({ state }) => state === 'listening');
    expect(forward).toMatchObject({ instanceId: 'ssh:web', instanceName: 'web', local: { kind: 'tcp', address: '127.0.0.1', port: local }, remoteHost: '127.0.0.1', remotePort: echo.port });
    expect(await exchange(local, 'to the host and back')).toBe('to the host and back');
    shell.close();
    await shell.exited.catch(() => undefined);
    await expect.poll(() => person.forwards.list()).toEqual([]);
    await expect(exchange(local, 'closed')).rejects.toThrow('ECONNREFUSED');
  } finally {
    echo.close();
  }
});

test('a certificate signs in: the one beside an IdentityFile, and the one that CertificateFile names', async () => {
  const person = home();
  const authority = generateKeyFile(join(person.home, 'authority'), ['ed25519']);
  const certify = (name: string, keyId: string): KeyFile => {
    const file = generateKeyFile(join(person.home, name), ['ed25519']);
    execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', keyId, '-n', target.osUser, `${file.path}.pub`]);
    return file;
  };
  const beside = certify('beside', 'stands beside');
  const elsewhere = certify('elsewhere', 'is named');
  renameSync(`${elsewhere.path}-cert.pub`, join(person.home, 'the certificate.pub'));
  const trusting = await startSshd({ config: [`TrustedUserCAKeys ${authority.path}.pub`] });
  try {
    const block = (name: string, file: KeyFile, ...lines: readonly string[]): string => hostBlock(name, trusting, ...lines).replace(key.path, file.path);
    person.write('config', [block('beside', beside), block('named', elsewhere, `CertificateFile "${join(person.home, 'the certificate.pub')}"`), block('bare', elsewhere)].join(''));
    person.write('known_hosts', knownLine(trusting));
    expect(await person.run('beside', 'echo in')).toBe('in\n');
    expect(await person.run('named', 'echo in')).toBe('in\n');
    for (const keyId of ['stands beside', 'is named']) expect(trusting.log()).toContain(`Accepted certificate ID "${keyId}"`);
    expect((await failure(person.connect('bare').shell)).code).toBe('ssh.auth-exhausted');
  } finally {
    await trusting.stop();
  }
});

test('a host, or a bastion, that hangs up after two keys sees the others over a fresh connection', async () => {
  const person = home();
  const strict = await startSshd({ authorizedKeys: [key.publicKey], config: ['MaxAuthTries 2'] });
  try {
    const strangers = ['first', 'second', 'third'].map((name) => generateKeyFile(join(person.home, name), ['ed25519']).path);
    const files = strangers.map((path) => `IdentityFile ${path}`).join('\n  ');
    const block = (name: string, ...lines: readonly string[]): string => hostBlock(name, strict, ...lines).replace('IdentityFile', `${files}\n  IdentityFile`);
    person.write('config', [block('web'), block('behind', 'ProxyJump web')].join(''));
    person.write('known_hosts', knownLine(strict));
    expect(await person.run('web', 'echo in')).toBe('in\n');
    expect(await person.run('behind', 'echo behind')).toBe('behind\n');
    expect(strict.log()).toContain('Too many authentication failures');
  } finally {
    await strict.stop();
  }
});

test('a DynamicForward is a SOCKS proxy whose connections the host makes, for names as for addresses', async () => {
  const person = home();
  const web = createHttpServer((_request, response) => response.end('by the host')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const webPort = (web.address() as AddressInfo).port;
  const local = await freePort();
  const curl = (...args: readonly string[]): Promise<string> => promisify(execFile)('curl', ['-sS', '--max-time', '20', ...args]).then(({ stdout }) => stdout);
  try {
    person.write('config', hostBlock('web', bastion, `DynamicForward ${local}`));
    person.write('known_hosts', knownLine(bastion));
    const connecting = person.connect('web');
    const shell = await connecting.shell;
    const forward = await person.forwardThat(({ state }) => state === 'listening');
    expect(forward).toMatchObject({ kind: 'dynamic', instanceId: 'ssh:web', instanceName: 'web', local: { kind: 'tcp', address: '127.0.0.1', port: local } });
    expect(connecting.banners.join('')).not.toContain('does not follow');
    for (const proxy of ['--socks5-hostname', '--socks5', '--socks4a', '--socks4']) expect(await curl(proxy, `127.0.0.1:${local}`, `http://localhost:${webPort}/`)).toBe('by the host');
    expect(bastion.log()).toContain(`target localhost port ${webPort}`);
    // 97: the proxy said why not; 5 is "connection refused".
    await expect(curl('--socks5-hostname', `127.0.0.1:${local}`, 'http://localhost:1/')).rejects.toMatchObject({ code: 97, stderr: expect.stringContaining('(5)') as string });
    expect(person.forwards.list()).toMatchObject([{ totalConnections: 5, lastDrop: { reason: expect.stringContaining('localhost port 1 refused') as string } }]);
    shell.close();
    await shell.exited.catch(() => undefined);
    await expect.poll(() => person.forwards.list()).toEqual([]);
  } finally {
    web.close();
  }
});

test('a RemoteForward makes the host listen, and its connections come out here; it is listed, and closing it ends it alone', async () => {
  const person = home();
  const echo = await echoServer();
  try {
    person.write('config', hostBlock('web', target, `RemoteForward 0 127.0.0.1:${echo.port}`));
    person.write('known_hosts', knownLine(target));
    const connecting = person.connect('web');
    const shell = await connecting.shell;
    const [, port] = /^Allocated port (\d+) for remote forward/.exec(connecting.banners.join('')) ?? [];
    expect(await exchange(Number(port), 'from the host and back')).toBe('from the host and back');
    const [listed] = person.forwards.list();
    expect(listed).toMatchObject({ kind: 'remote', instanceName: 'web', local: { address: '127.0.0.1', port: echo.port }, remoteHost: 'localhost', remotePort: Number(port), state: 'listening', totalConnections: 1, sentBytes: 22, receivedBytes: 22 });
    await person.forwards.close(listed?.forwardId ?? '');
    // A connection that the host's kernel took before sshd had closed the port is reset, those after it are refused.
    await expect.poll(() => exchange(Number(port), 'closed').catch(String)).toContain('ECONNREFUSED');
    expect(person.forwards.list()).toEqual([]);
    shell.close();
  } finally {
    echo.close();
  }
});

test('a session without a shell holds its forwards until it is closed', async () => {
  const person = home();
  const echo = await echoServer();
  const local = await freePort();
  try {
    person.write('config', hostBlock('web', target));
    person.write('known_hosts', knownLine(target));
    const shell = await person.connect('web', { openSsh: { noShell: true, options: [`LocalForward=${local} 127.0.0.1:${echo.port}`] } }).shell;
    await person.forwardThat(({ state }) => state === 'listening');
    expect(await exchange(local, 'without a shell')).toBe('without a shell');
    shell.close();
    expect(await shell.exited).toEqual({});
  } finally {
    echo.close();
  }
});

const instance: Instance = { instanceId: 'i-0123456789abcdef0', name: 'web-1', scope: { profile: 'prod', region: 'eu-west-1' }, state: 'running', privateIpAddress: '127.0.0.1', networkInterfaces: [], securityGroups: [], tags: {}, ssmKnown: false };

test('an instance whose Name tag the configuration names is entered by the way that is written there, with its own host key kept by its id', async () => {
  const person = home({ answer: () => ({ kind: 'host-key', accept: true }) });
  // No HostName: the name is EC2's, and so is the address.
  person.write('config', hostBlock('web-1', target).replace('HostName 127.0.0.1\n', ''));
  const connecting = person.connect('', { command: 'echo as configured' }, instance);
  const shell = await connecting.shell;
  expect(await text(shell.stream)).toBe('as configured\n');
  expect(connecting.asked.map((question) => ('instanceId' in question ? question.instanceId : question.kind))).toEqual([instance.instanceId]);
  expect((await person.hostKeys.list()).map(({ scopeKey, instanceId }) => [scopeKey, instanceId])).toEqual([['prod/eu-west-1', instance.instanceId]]);
});

test('without a way of its own the configuration gives an instance its user, keys, environment and forwards, and EC2 the way', async () => {
  const requests: ConnectRequest[] = [];
  const person = home({
    connectInstance: async (request) => {
      requests.push(request);
      throw new PosternError({ code: 'route.none-usable', message: 'as far as EC2 goes' });
    },
  });
  person.write('config', `Host 127.0.0.1\n  User deploy\n  IdentityFile ${key.path}\n  IdentitiesOnly yes\n  SetEnv GREETING=hello\n  LocalForward 8080 localhost:80\nHost web-*\n  User other\n`);
  await failure(person.connect('', {}, instance).shell);
  const [request] = requests;
  expect(request).toMatchObject({ osUser: 'deploy', configured: { env: { GREETING: 'hello' }, keys: { only: true, keys: [{ keyName: key.path }] } } });
  expect(request?.configured?.onConnection).toBeTypeOf('function');
  // A way that the person chose is not the configuration's to change, and a pattern alone names nobody.
  person.write('config', `Host web-*\n  User other\n  ProxyJump elsewhere\n`);
  await person.services.refresh();
  await failure(person.connect('', { via: 'ssm' }, instance).shell);
  expect(requests[1]).toMatchObject({ via: 'ssm' });
  expect(requests[1]?.osUser).toBeUndefined();
});

test('a file that is written while Postern runs changes the list', async () => {
  const person = home();
  person.write('config', hostBlock('one', target));
  expect((await person.services.list()).map(({ name }) => name)).toEqual(['one']);
  person.write('config', hostBlock('two', target));
  await expect.poll(async () => (await person.services.list()).map(({ name }) => name)).toEqual(['two']);
});

async function echoServer(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

async function freePort(): Promise<number> {
  const { port, close } = await echoServer();
  close();
  return port;
}

/** What comes back for what is sent. */
async function exchange(port: number, message: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(message);
  return text(socket);
}

function hashed(line: string): string {
  const folderOfIt = mkdtempSync(join(tmpdir(), 'postern-hashed-'));
  const file = join(folderOfIt, 'known_hosts');
  try {
    writeFileSync(file, line);
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folderOfIt, { recursive: true, force: true });
  }
}

function fingerprintOf(hostKey: KeyFile | undefined): string {
  const [, fingerprint = ''] = /(SHA256:\S+)/.exec(execFileSync('ssh-keygen', ['-lf', `${hostKey?.path ?? ''}.pub`], { encoding: 'utf8' })) ?? [];
  return fingerprint;
}
