/** The command line beside OpenSSH: `proxy` under ssh and scp, and `ssh -i` to a real sshd. */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { CliHome, CliResult, Environment } from './cliProcess.ts';
import { createCliHome, program, startProgram } from './cliProcess.ts';
import { emptyAnswer, profileSection, startScriptedAws } from './scriptedAws.ts';
import { startSshAgent } from './sshAgent.ts';
import { generateKeyFile, startSshd } from './sshd.ts';
import type { KeyFile, Sshd } from './sshd.ts';

const MIB = 1024 * 1024;
const PASSPHRASE = 'correct horse battery';
/** `postern ssh` goes to port 22; so does sshd here, on addresses nobody else uses, where this user may. */
const SSHD_ADDRESS = '127.83.22.1';
const SILENT_ADDRESS = '127.83.22.2';
const mayListenOn22 = await canListen(SSHD_ADDRESS, 22);

let home: CliHome;
let aws: Awaited<ReturnType<typeof startScriptedAws>>;
let sshd: Sshd;
let plain: KeyFile;
/** No server has it: its certificate, beside it, is what lets it in. */
let certified: KeyFile;
let encrypted: KeyFile;
let environment: Environment;

beforeAll(async () => {
  home = createCliHome();
  plain = generateKeyFile(join(home.folder, 'plain'), ['ed25519']);
  encrypted = generateKeyFile(join(home.folder, 'encrypted'), ['rsa', '3072'], PASSPHRASE);
  const authority = generateKeyFile(join(home.folder, 'authority'), ['ed25519']);
  certified = generateKeyFile(join(home.folder, 'certi fied'), ['ed25519']);
  execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'by the authority', '-n', userInfo().username, `${certified.path}.pub`]);
  sshd = await startSshd({ authorizedKeys: [plain.publicKey, encrypted.publicKey], config: [`TrustedUserCAKeys ${authority.path}.pub`, 'Subsystem sftp internal-sftp', ...(mayListenOn22 ? [`ListenAddress ${SSHD_ADDRESS}:22`] : [])] });
  aws = await startScriptedAws((call) => {
    if (call.operation === 'DescribeInstances') return { body: `<DescribeInstancesResponse><reservationSet><item><instancesSet>${instance('i-0aa', 'real', '127.0.0.1')}${instance('i-0bb', 'keyed', SSHD_ADDRESS)}${instance('i-0cc', 'silent', SILENT_ADDRESS)}</instancesSet></item></reservationSet></DescribeInstancesResponse>` };
    if (call.operation === 'DescribeSecurityGroups') return { body: '<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><groupName>open</groupName><vpcId>vpc-1</vpcId><ipPermissions><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse>' };
    return emptyAnswer(call);
  });
  const config = join(home.folder, 'config');
  writeFileSync(config, profileSection('scripted', aws.url));
  environment = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(home.folder, 'none') };
});
afterAll(async () => {
  await sshd.stop();
  await aws.close();
  home.remove();
});

function instance(instanceId: string, name: string, publicIp: string): string {
  return `<item><instanceId>${instanceId}</instanceId><instanceState><name>running</name></instanceState><ipAddress>${publicIp}</ipAddress><tagSet><item><key>Name</key><value>${name}</value></item></tagSet><networkInterfaceSet><item><networkInterfaceId>eni-${instanceId}</networkInterfaceId><groupSet><item><groupId>sg-1</groupId><groupName>open</groupName></item></groupSet><privateIpAddressesSet><item><privateIpAddress>10.99.0.1</privateIpAddress><primary>true</primary><association><publicIp>${publicIp}</publicIp></association></item></privateIpAddressesSet></item></networkInterfaceSet></item>`;
}

async function canListen(address: string, port: number): Promise<boolean> {
  const server = createServer().listen(port, address);
  const may = await Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)]).catch(() => false);
  server.close();
  return may;
}

async function listening(handle: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** OpenSSH's own client, through `postern proxy`. */
function openSsh(tool: 'ssh' | 'scp', ...words: string[]): Promise<CliResult> {
  const knownHosts = join(home.folder, 'known_hosts');
  writeFileSync(knownHosts, `real ${sshd.hostKeys[0]?.publicKey ?? ''}\n`);
  const options = ['-F', 'none', '-i', plain.path, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHosts}`, '-o', `ProxyCommand=${process.execPath} ${program} proxy %h ${sshd.port}`];
  return startProgram(tool, [...options, ...words], { ...home.environment, ...environment }).exited;
}

test('OpenSSH runs a command through proxy, with both outputs and the status', async () => {
  expect(await openSsh('ssh', `${sshd.osUser}@real`, 'echo out; echo err >&2; exit 7')).toMatchObject({ status: 7, stdout: 'out\n', stderr: expect.stringMatching(/(^|\n)err\n$/) });
});

test('scp copies five mebibytes there and back through proxy, byte for byte', async () => {
  const [sent, there, back] = ['sent', 'there', 'back'].map((name) => join(home.folder, name)) as [string, string, string];
  const content = randomBytes(5 * MIB);
  writeFileSync(sent, content);
  expect(await openSsh('scp', sent, `${sshd.osUser}@real:${there}`)).toMatchObject({ status: 0, stdout: '' });
  expect(await openSsh('scp', `${sshd.osUser}@real:${there}`, back)).toMatchObject({ status: 0, stdout: '' });
  expect(sha256(readFileSync(back))).toBe(sha256(content));
});

test('the end of stdin is passed on, what the other side says after it still comes, and stdout has nothing else', async () => {
  const port = await listening((socket) => {
    const digest = createHash('sha256');
    socket.on('data', (chunk: Buffer) => digest.update(chunk));
    socket.once('end', () => socket.end(digest.digest('hex')));
  });
  const input = randomBytes(5 * MIB);
  expect(await home.run(['proxy', 'real', String(port)], { input, environment })).toMatchObject({ status: 0, stdout: sha256(input), stderr: '' });
  expect(await home.run(['proxy', 'real', String(port)], { environment })).toMatchObject({ status: 0, stdout: sha256(new Uint8Array()), stderr: '' });
});

test('the other side may end first', async () => {
  const content = randomBytes(MIB);
  const port = await listening((socket) => socket.end(content));
  const running = home.start(['proxy', 'real', String(port)], { environment });
  const { status, stdoutBytes, stderr } = await running.exited;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(sha256(stdoutBytes)).toBe(sha256(content));
});

test('a demo host\'s banner comes through proxy as the host says it', async () => {
  const running = home.start(['proxy', '--demo', 'web-3']);
  await running.printed('\r\n');
  running.child.stdin?.end();
  const { status, stdout, stderr } = await running.exited;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^SSH-2\.0-[ -~]+\r\n/);
});

test('a port that nobody listens on, a target that is not there and a lost connection are told on stderr, with status 1', async () => {
  const port = await listening((socket) => socket.once('data', () => socket.resetAndDestroy()));
  expect(await home.run(['proxy', 'real', '1'], { environment })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('127.0.0.1 port 1 refused the connection. (route.refused)') });
  expect(await home.run(['proxy', 'nobody'], { environment })).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('(instance.not-found)') });
  const running = home.start(['proxy', 'real', String(port)], { environment });
  running.child.stdin?.write('hello');
  expect(await running.exited).toMatchObject({ status: 1, stdout: '', stderr: `postern: The connection to i-0aa port ${port} was lost. (ssh.connection-lost)\n` });
});

test('OpenSSH\'s way to end a proxy, SIGHUP, ends it without a word', async () => {
  const connected = Promise.withResolvers<void>();
  const port = await listening(() => connected.resolve());
  const running = home.start(['proxy', 'real', String(port)], { environment });
  await connected.promise;
  running.child.kill('SIGHUP');
  expect(await running.exited).toMatchObject({ status: 129, stdout: '', stderr: '' });
});

const keyed = (key: KeyFile, ...words: string[]): string[] => ['ssh', '-i', key.path, '-l', sshd.osUser, ...words];

test.runIf(mayListenOn22)('a key file signs in to a real sshd, once its host key was accepted', async () => {
  const terminal = home.onTerminal(keyed(plain, 'keyed', '--', 'echo "$SSH_CONNECTION"; exit 3'), { environment });
  await terminal.until(/yes\/no/);
  terminal.type('yes\r');
  await terminal.until(new RegExp(`${SSHD_ADDRESS.replaceAll('.', '\\.')} 22$`, 'm'));
  expect(await terminal.exited).toBe(3);
  expect(await home.run(keyed(plain, 'keyed', '--', 'kill -KILL $$'), { environment })).toMatchObject({ status: 137 });
  expect(await home.run(keyed(plain, 'keyed'), { environment, input: 'tty; echo two >&2; exit 5\n' })).toMatchObject({ status: 5, stdout: 'not a tty\n', stderr: expect.stringMatching(/two\n$/) });
  const secretLine = plain.privateKey.split('\n')[2] ?? 'no second line';
  const written = readdirSync(home.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(written.map(({ name }) => name)).toContain('hostKeys.json');
  for (const { parentPath, name } of written) expect(readFileSync(join(parentPath, name), 'latin1'), name).not.toContain(secretLine);
});

test.runIf(mayListenOn22)('-A lends an instance the keys of the agent that were chosen, asked for once', async () => {
  const agent = await startSshAgent([plain.path]);
  onTestFinished(() => agent.stop());
  const lending = { ...environment, SSH_AUTH_SOCK: agent.path };
  const first = home.onTerminal(keyed(plain, '-A', 'keyed', '--', 'true'), { environment: lending });
  await first.until(/Lend which, now and from now on \(numbers, or none\)\?/);
  first.type('1\r');
  expect(await first.exited).toBe(0);
  const again = await home.run(keyed(plain, '-A', 'keyed', '--', 'ssh-add -L'), { environment: lending });
  expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining(plain.publicKey.split(' ')[1] ?? '') as string });
  expect(await home.run(keyed(plain, 'keyed', '--', 'echo "[$SSH_AUTH_SOCK]"'), { environment: lending })).toMatchObject({ stdout: '[]\n' });
});

test.runIf(mayListenOn22)('the certificate beside a key given by -i goes with it', async () => {
  expect(await home.run(keyed(certified, 'keyed', '--', 'echo in'), { environment })).toMatchObject({ status: 0, stdout: 'in\n' });
  expect(sshd.log()).toContain('Accepted certificate ID "by the authority"');
});

test.runIf(mayListenOn22)('the passphrase of a key file is asked for on the terminal, unseen, three times at most', async () => {
  const right = home.onTerminal(keyed(encrypted, 'keyed', '--', 'exit 4'), { environment });
  await right.until(/^Passphrase for .*encrypted: $/m);
  right.type('wrong\r');
  await right.until(/That was not it\. Passphrase for .*encrypted: $/);
  right.type(`${PASSPHRASE}\r`);
  expect(await right.exited).toBe(4);
  expect(right.shown()).not.toContain('wrong');
  expect(right.shown()).not.toContain(PASSPHRASE);

  const wrong = home.onTerminal(keyed(encrypted, 'keyed', '--', 'exit 4'), { environment });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await wrong.until(/Passphrase for .*encrypted: $/);
    wrong.type('wrong\r');
  }
  expect(await wrong.exited).toBe(255);
  expect(wrong.shown()).toContain('(key.passphrase-wrong)');
  expect(await home.run(keyed(encrypted, 'keyed', '--', 'exit 4'), { environment })).toMatchObject({ status: 255, stdout: '', stderr: expect.stringContaining('There is no terminal to ask on: Passphrase for') });
});

test.runIf(mayListenOn22)('Ctrl+C ends the wait for a host that accepts and says nothing', async () => {
  const connected = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    connected.resolve();
  }).listen(22, SILENT_ADDRESS);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const terminal = home.onTerminal(keyed(plain, 'silent'), { environment });
  await connected.promise;
  terminal.type('\u0003');
  expect(await terminal.exited).toBe(130);
});

test('a file that is no key is named, without its text', async () => {
  const file = join(home.folder, 'no-key');
  writeFileSync(file, 'hunter2 is no key\n');
  const { status, stderr } = await home.run(['ssh', '-i', file, 'real', '--', 'true'], { environment });
  expect(status).toBe(255);
  expect(stderr).toContain('(key.unreadable)');
  expect(stderr).not.toContain('hunter2');
});
