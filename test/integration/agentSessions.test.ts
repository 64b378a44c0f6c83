import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHostNetwork, loopbackNetwork } from '../../src/demo/hostNetwork.ts';
import type { HostNetwork } from '../../src/demo/hostNetwork.ts';
import { createDemoHost } from '../../src/demo/host.ts';
import type { DemoHost } from '../../src/demo/host.ts';
import { createAgentCipher } from '../../src/demo/agentCipher.ts';
import { startMessageService } from '../../src/demo/messageService.ts';
import type { MessageService, MessageServiceOptions } from '../../src/demo/messageService.ts';
import { randomLoss } from '../../src/demo/messageFaults.ts';
import type { SessionRequest } from '../../src/demo/relaySession.ts';
import { startRemoteMessageService } from '../../src/demo/remoteMessageService.ts';
import { SmuxReader, smuxData, smuxHeader } from '../../src/demo/smuxFrames.ts';
import { RECEIVE_BUFFER_BYTES } from '../../src/demo/smuxServer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { FlagPayload, MessageType, PayloadType } from '../../src/services/ssm/message.ts';
import { BareClient } from './bareClient.ts';

const TARGET = 'i-0123456789abcdef0';
const FORWARD = 'AWS-StartPortForwardingSession';
const REMOTE_FORWARD = 'AWS-StartPortForwardingSessionToRemoteHost';
const COMMAND = 'AWS-StartNonInteractiveCommand';
const SEPARATE_COMMAND = 'Demo-StartCommandWithExitCode';

let network: HostNetwork = loopbackNetwork;
/** Whatever `network` is when it is asked. */
const current: HostNetwork = {
  get vpcCidrBlocks() {
    return network.vpcCidrBlocks;
  },
  resolve: (name) => network.resolve(name),
  dial: (address, port, signal) => network.dial(address, port, signal),
};
let host: DemoHost;
let service: MessageService | undefined;
let client: BareClient;
const servers: Server[] = [];
const sockets: Socket[] = [];

beforeEach(() => {
  network = loopbackNetwork;
  host = createDemoHost({ instanceId: TARGET, privateDnsName: 'ip-10-0-1-20.ec2.internal', osUser: 'ec2-user', seed: Buffer.from('test'), authorizedKeys: () => [], network: () => current, log: silentLog });
});

afterEach(async () => {
  client.webSocket.terminate();
  await service?.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  await host.close();
});

/** A server on loopback; its sockets stay open until the test ends. */
async function listen(handle: (socket: Socket) => void): Promise<string> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    handle(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

async function open(documentName: string | undefined, parameters: Record<string, readonly string[]>, options: Partial<MessageServiceOptions> = {}, request: Partial<SessionRequest> = {}, clientVersion?: string): Promise<BareClient> {
  service = await startMessageService({ log: silentLog, firstOutputDelayMs: 0, pacing: false, ...options });
  client = new BareClient(service.openSession({ sessionId: 's-0123456789abcdef0', target: TARGET, parameters, host, ...(documentName === undefined ? {} : { documentName }), ...request }), clientVersion);
  return client;
}

async function openForward(handle: (socket: Socket) => void, options: Partial<MessageServiceOptions> = {}, clientVersion?: string): Promise<void> {
  await open(FORWARD, { portNumber: [await listen(handle)] }, options, {}, clientVersion);
  await client.untilHandshake();
}

/** What arrived on one stream of smux, and whether it was ended. */
function stream(id: number): { data: Buffer; opened: boolean; ended: boolean } {
  const reader = new SmuxReader();
  const data: Buffer[] = [];
  let ended = false;
  for (const frame of reader.read(client.output())) {
    if (frame.streamId !== id) continue;
    if (frame.command === 1) ended = true;
    if (frame.command === 2) data.push(frame.data);
  }
  return { data: Buffer.concat(data), opened: true, ended };
}

const connect = (id: number): void => client.type(smuxHeader(0, id));
const write = (id: number, data: string | Buffer): void => client.type(Buffer.concat([...smuxData(id, Buffer.from(data))]));
const finish = (id: number): void => client.type(smuxHeader(1, id));

test('a multiplexed forward carries connections side by side, ends them by FIN on either side, and answers a FIN with its own', async () => {
  const ends: string[] = [];
  await openForward((socket) => {
    socket.on('data', (data) => socket.write(`<${data.toString()}>`));
    socket.on('end', () => ends.push('client'));
  });
  connect(3);
  connect(5);
  write(3, 'one');
  write(5, 'two');
  write(3, '!');
  await expect.poll(() => [stream(3).data.toString().replaceAll('><', ''), stream(5).data.toString()]).toEqual(['<one!>', '<two>']);
  finish(3);
  await expect.poll(() => [stream(3).ended, stream(5).ended]).toEqual([true, false]);
  expect(ends).toEqual(['client']);
  sockets[1]?.end('bye');
  await expect.poll(() => stream(5)).toMatchObject({ data: Buffer.from('<two>bye'), ended: true });
  client.flag(FlagPayload.terminateSession);
  expect(await client.ending()).toBe('');
});

test('bytes that were sent before a FIN reach the far end first', async () => {
  const got: Buffer[] = [];
  let ended = false;
  await openForward((socket) => {
    socket.on('data', (data) => got.push(data));
    socket.on('end', () => (ended = true));
  });
  client.type(Buffer.concat([smuxHeader(0, 3), ...smuxData(3, Buffer.alloc(300_000, 'z')), smuxHeader(1, 3)]));
  await expect.poll(() => ended).toBe(true);
  expect(Buffer.concat(got).length).toBe(300_000);
});

test('a connection that is refused is told by the flag, then ended; the session stays usable', async () => {
  const port = await listen((socket) => void socket.end('hello'));
  let refuse = true;
  network = { ...loopbackNetwork, dial: (address, number, signal) => loopbackNetwork.dial(address, refuse ? 1 : number, signal) };
  await open(FORWARD, { portNumber: [port] });
  await client.untilHandshake();
  connect(3);
  await expect.poll(() => stream(3).ended).toBe(true);
  expect(client.received.slice(-2).map(({ payloadType, payload }) => [payloadType, payload.toString('hex')])).toEqual([[PayloadType.flag, '00000003'], [PayloadType.output, '0101000003000000']]);
  refuse = false;
  connect(5);
  await expect.poll(() => stream(5)).toMatchObject({ data: Buffer.from('hello'), ended: true });
});

test('the far end is read in messages of 1,024 bytes that carry frames of at most 32,768', async () => {
  const data = Buffer.alloc(200_000, 'd');
  await openForward((socket) => void socket.end(data));
  connect(3);
  await expect.poll(() => stream(3).ended).toBe(true);
  expect(stream(3).data.equals(data)).toBe(true);
  expect(Math.max(...client.received.map(({ payload }) => payload.length))).toBe(1024);
  const bytes = client.output();
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt16LE(at + 2)) lengths.push(bytes.readUInt16LE(at + 2));
  expect(Math.max(...lengths)).toBeLessThanOrEqual(32_768);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(200_000);
});

test('one connection that does not read stops all of them once the shared buffer is full, and lets go when it is closed', async () => {
  let accepted = 0;
  await openForward((socket) => {
    accepted += 1;
    if (accepted === 1) socket.pause();
    else socket.on('data', (data) => socket.write(data));
  });
  connect(3);
  connect(5);
  await expect.poll(() => accepted).toBe(2);
  const part = Buffer.alloc(32_768, 'p');
  let sent = 0;
  let stuckAt = -1;
  const isStuck = (): boolean => {
    for (; client.unacknowledgedCount() < 64; sent += part.length) write(3, part);
    const stuck = sent > RECEIVE_BUFFER_BYTES && client.acknowledged.length === stuckAt;
    stuckAt = client.acknowledged.length;
    return stuck;
  };
  await expect.poll(isStuck, { timeout: 20_000, interval: 300 }).toBe(true);
  expect(sent).toBeGreaterThan(RECEIVE_BUFFER_BYTES);
  write(5, 'hello');
  expect(stream(5).data.length).toBe(0);
  sockets[0]?.destroy();
  await expect.poll(() => stream(5).data.toString(), { timeout: 10_000 }).toBe('hello');
  expect(client.acknowledged.length).toBeGreaterThan(stuckAt);
});

/** The value once it has stayed the same for half a second. */
async function settled(value: () => number): Promise<number> {
  let before = -1;
  await expect.poll(() => { const same = value() === before; before = value(); return same; }, { interval: 500, timeout: 10_000 }).toBe(true);
  return before;
}

test('another version of smux ends the session', async () => {
  await openForward(() => {});
  client.type(Buffer.from('0200000003000000', 'hex'));
  expect(await client.ending()).toBe('');
});

test.each([['3.1.1445.0', '1.2.764.0', true], ['3.1.1500.0', '1.2.331.0', false], ['3.3.1142.0', '1.2.331.0', true], ['3.3.1142.0', '1.2.764.0', false]])('agent %s keeps a connection of client %s alive: %s', async (agentVersion, clientVersion, keepsAlive) => {
  await openForward((socket) => void socket.write('x'), { agentVersion, keepAliveIntervalMs: 10, keepAliveTimeoutMs: 100 }, clientVersion);
  connect(3);
  await expect.poll(() => stream(3).data.toString()).toBe('x');
  if (keepsAlive) {
    // It hears nothing of us, and gives up.
    expect(await client.ending()).toBe('');
    expect(client.text('1'.length)).toContain(Buffer.from('0103000000000000', 'hex').toString());
  } else {
    await settled(() => client.received.length);
    expect(client.webSocket.readyState).toBe(client.webSocket.OPEN);
    expect(client.output().length).toBe(9);
  }
});

test.each([['an old agent', { agentVersion: '3.0.196.0' }, undefined], ['an old client', {}, '1.1.69.0']])('%s has one connection at a time: raw bytes, the flag ends it, data opens the next', async (_who, options, clientVersion) => {
  const got: string[] = [];
  const ended: number[] = [];
  await openForward(
    (socket) => {
      const index = sockets.length - 1;
      socket.on('data', (data) => { got[index] = `${got[index] ?? ''}${data.toString()}`; socket.write(data.toString().toUpperCase()); });
      socket.on('end', () => ended.push(index));
    },
    options,
    clientVersion,
  );
  client.type('first');
  await expect.poll(() => { client.sendAgain(); return client.text(); }).toContain('FIRST');
  client.flag(FlagPayload.disconnectToPort);
  await expect.poll(() => ended).toEqual([0]);
  client.type('second');
  await expect.poll(() => client.text()).toContain('SECOND');
  sockets[1]?.end();
  await expect.poll(() => sockets[1]?.destroyed).toBe(true);
  client.type('third');
  await expect.poll(() => client.text()).toContain('THIRD');
  expect(got.map((text) => text.slice(0, 6))).toEqual(['first', 'second', 'third']);
  client.flag(FlagPayload.terminateSession);
  expect(await client.ending()).toBe('');
});

test('an SSH session is a plain pipe that ends with its connection', async () => {
  await open('AWS-StartSSHSession', { portNumber: [await listen((socket) => { socket.write('SSH-2.0-demo\r\n'); socket.on('data', (data) => void socket.end(data)); })] });
  await client.until('SSH-2.0-demo\r\n');
  expect(JSON.parse(client.received[0]?.payload.toString() ?? '')).toMatchObject({ RequestedClientActions: [{ ActionParameters: { SessionType: 'Port', Properties: { portNumber: expect.any(String) as string } } }] });
  client.type(Buffer.from([0x0a]));
  expect(await client.ending()).toBe('');
  expect(client.text()).toBe('SSH-2.0-demo\r\n\n');
});

test('the SSH port of a demo host is its real SSH server', async () => {
  network = createHostNetwork({ listenerPort: (port) => host.listenerPort(port) });
  await open('AWS-StartSSHSession', {});
  await client.until('SSH-2.0-Postern_demo');
  expect(client.text()).toMatch(/^SSH-2\.0-Postern_demo\S*\r\n/);
});

test('a refused SSH port fails the session in Go\'s words, or without any', async () => {
  network = createHostNetwork({ listenerPort: () => Promise.resolve(undefined) });
  await open('AWS-StartSSHSession', { portNumber: ['2222'] });
  expect(await client.ending()).toBe('\n----------ERROR-------\nUnable to connect to specified port: dial tcp localhost:2222: connect: connection refused');
  await service?.close();
  await open('AWS-StartSSHSession', { portNumber: ['2222'] }, { crashesOnRefusedPort: true, idleTimeoutMs: 400 });
  await client.untilHandshake();
  expect(await client.ending()).toBe('');
});

test('a forward to a remote host goes where it says, and not to addresses that are AWS\'s', async () => {
  const port = await listen((socket) => void socket.end('remote'));
  const dialled: string[] = [];
  network = {
    vpcCidrBlocks: ['10.0.0.0/16', '2001:db8:1200::/56'],
    resolve: async (name) => (name === 'db.internal' ? ['10.0.20.5'] : name === 'sneaky.internal' ? ['169.254.169.254'] : [name]),
    dial: (address, number, signal) => { dialled.push(address); return loopbackNetwork.dial('127.0.0.1', number, signal); },
  };
  await open(REMOTE_FORWARD, { host: ['db.internal'], portNumber: [port] });
  await client.untilHandshake();
  connect(3);
  await expect.poll(() => stream(3).data.toString()).toBe('remote');
  expect(dialled).toEqual(['10.0.20.5']);
  for (const name of ['169.254.169.254', '169.254.169.251', 'fd00:ec2::240', 'sneaky.internal', '10.0.0.0', '10.0.0.3', '10.0.255.255', '2001:db8:1200::3', '2001:db8:1200:ff:ffff:ffff:ffff:ffff']) {
    await service?.close();
    await open(REMOTE_FORWARD, { host: [name], portNumber: [port] });
    expect(await client.ending()).toBe(`\n----------ERROR-------\nForwarding to IP address ${name} is forbidden.`);
  }
  expect(dialled.length).toBe(1);
  await service?.close();
  await open(REMOTE_FORWARD, { host: ['169.254.169.254'], portNumber: [port] }, { deniedAddresses: [] });
  await client.untilHandshake();
});

test('an agent that is too old for remote hosts connects to its own machine', async () => {
  const port = await listen((socket) => void socket.end('own'));
  await open(REMOTE_FORWARD, { host: ['db.internal'], portNumber: [port] }, { agentVersion: '3.1.1373.0' });
  await client.untilHandshake();
  connect(3);
  await expect.poll(() => stream(3).data.toString()).toBe('own');
});

test('parameters that the documents do not allow never become a session', async () => {
  const running = await startMessageService({ log: silentLog });
  service = running;
  client = new BareClient(running.openSession({ sessionId: 'another', target: TARGET, parameters: {}, host }));
  const start = (documentName: string, parameters: Record<string, readonly string[]>) => () => running.openSession({ sessionId: 'refused', target: TARGET, documentName, parameters, host });
  for (const portNumber of ['0', '65536', '080', ' 80', '', '-1', 'http']) expect(start(FORWARD, { portNumber: [portNumber] })).toThrow('not matching');
  for (const name of ['ab', 'a,b', 'a b;c', '$(id)', 'a`b`', 'a|bc', "o'k", '[::1]', 'a#b', 'x=y']) expect(start(REMOTE_FORWARD, { host: [name], portNumber: ['80'] })).toThrow('not matching');
  for (const name of ['db-1.example.com', '10.0.20.5', '2001:db8::1', 'a b c']) expect(start(REMOTE_FORWARD, { host: [name] })).not.toThrow();
  expect(start(FORWARD, { localPortNumber: ['0'] })).not.toThrow();
  expect(start(FORWARD, { host: ['db.internal'] })).toThrow('not defined');
  expect(start(FORWARD, { portNumber: ['80', '81'] })).toThrow('takes one value');
  expect(start(COMMAND, {})).toThrow('requires a value');
  expect(start('AWS-RunShellScript', {})).toThrow('does not exist');
});

test('a document of the account\'s own without a port is refused by the agent', async () => {
  await open('Own', {}, { documents: { Own: { schemaVersion: '1.0', description: '', sessionType: 'Port', properties: { type: 'LocalPortForwarding', portNumber: '' } } } });
  expect(await client.ending()).toBe('\n----------ERROR-------\nPort number is empty in session properties. map[portNumber: type:LocalPortForwarding]');
});

test('a command without a terminal: its outputs in one stream, after its end, and no exit code', async () => {
  await open(COMMAND, { command: ['echo out; echo err >&2; echo again; test -t 0 || echo no-terminal; exit 3'] });
  expect(await client.ending()).toBe('');
  expect(client.text()).toBe('out\nerr\nagain\nno-terminal\n');
  expect(client.received.map(({ payloadType }) => payloadType)).toEqual([PayloadType.handshakeRequest, PayloadType.handshakeComplete, PayloadType.output]);
});

test('input to a command is ignored but for an interrupt, which need not be alone', async () => {
  await open(SEPARATE_COMMAND, { command: ["trap 'echo stopped; exit 7' INT; echo ready; while :; do sleep 0.05; done"] });
  await client.until('ready\n');
  client.type('ignored\n');
  client.type(Buffer.from('abc\u0003def'));
  expect(await client.ending()).toBe('');
  expect(client.text()).toBe('ready\nstopped\n');
  expect(client.text(PayloadType.exitCode)).toBe('EXIT_CODE: 7');
});

test.each([['exit 42', 'EXIT_CODE: 42'], ['true', 'EXIT_CODE: 0'], ['kill -9 $$', 'EXIT_CODE: -1']])('a command with outputs apart: %s ends as %s', async (ending, exitCode) => {
  await open(SEPARATE_COMMAND, { command: [`echo out; echo err >&2; ${ending}`] });
  expect(await client.ending()).toBe('');
  expect([client.text(), client.text(PayloadType.stdErr), client.text(PayloadType.exitCode)]).toEqual(['out\n', 'err\n', exitCode]);
  expect(client.received.at(-1)?.payloadType).toBe(PayloadType.exitCode);
});

test('separator prefixes stand before the first frame and before each that follows a line end', async () => {
  const linux = { commands: '{{ command }}', separateOutputStream: 'True', stdOutSeparatorPrefix: 'O:', stdErrSeparatorPrefix: 'E:' };
  const Own = { schemaVersion: '1.0', description: '', sessionType: 'NonInteractiveCommands', parameters: { command: { type: 'String', description: '' } }, properties: { linux } } as const;
  await open('Own', { command: ['echo one; sleep 0.3; printf two; sleep 0.3; echo three; echo bad >&2'] }, { documents: { Own } });
  expect(await client.ending()).toBe('');
  expect([client.text(), client.text(PayloadType.stdErr)]).toEqual(['O:one\nO:twothree\n', 'E:bad\n']);
  await service?.close();
  await open('Own', { command: ['true'] }, { documents: { Own: { ...Own, properties: { linux: { ...linux, stdErrSeparatorPrefix: 'no spaces' } } } } });
  expect(await client.ending()).toContain('invalid stderrSeparatorPrefix no spaces');
});

test('a client too old to tell outputs apart is told so', async () => {
  await open(SEPARATE_COMMAND, { command: ['true'] }, {}, {}, '1.2.295.0');
  await client.ending();
  expect(client.text(PayloadType.handshakeComplete)).toContain('Please update session manager plugin version (minimum required version 1.2.312.0)');
});

test('a session with a key is encrypted both ways, and its error output and exit code, too', async () => {
  const dataKey = Buffer.from(Array.from({ length: 64 }, (_, index) => index));
  const contexts: unknown[] = [];
  const request = { preferences: { kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1' }, decryptDataKey: async (_ciphertext: Uint8Array, context: unknown) => { contexts.push(context); return dataKey; } };
  const clientCipher = createAgentCipher(Buffer.concat([dataKey.subarray(32), dataKey.subarray(0, 32)]));
  const encrypt = (): void => {
    client.answerHandshake = (handshake) => {
      const actions = (JSON.parse(handshake.toString()) as { RequestedClientActions: { ActionType: string }[] }).RequestedClientActions;
      return Buffer.from(JSON.stringify({ ClientVersion: '1.2.764.0', ProcessedClientActions: actions.map(({ ActionType }) => ({ ActionType, ActionStatus: 1, ActionResult: ActionType === 'KMSEncryption' ? { KMSCipherTextKey: 'YmxvYg==', KMSCipherTextHash: null, ChallengeAcknowledgement: true } : null, Error: '' })), Errors: null }));
    };
    client.answerChallenge = (challenge) => {
      const { Challenge } = JSON.parse(challenge.toString()) as { Challenge: string };
      return Buffer.from(JSON.stringify({ Challenge: clientCipher.encrypt(clientCipher.decrypt(Buffer.from(Challenge, 'base64'))).toString('base64') }));
    };
  };
  const plain = (payloadType: number): string => client.received.filter((one) => one.payloadType === payloadType).map(({ payload }) => clientCipher.decrypt(payload).toString()).join('');
  await open(undefined, {}, {}, request);
  encrypt();
  await client.untilHandshake();
  await expect.poll(() => plain(PayloadType.output)).toContain('$ ');
  client.type(clientCipher.encrypt(Buffer.from('echo $((6*7)); exit\r')));
  expect(await client.ending()).toBe('');
  expect(plain(PayloadType.output)).toContain('42\r\n');
  expect(client.text(PayloadType.handshakeComplete)).toContain('This session is encrypted using AWS KMS.');
  expect(contexts).toEqual([{ 'aws:ssm:SessionId': 's-0123456789abcdef0', 'aws:ssm:TargetId': TARGET, 'aws:ssm:RandomChallenge': expect.any(String) as string }]);

  await service?.close();
  await open(SEPARATE_COMMAND, { command: ['echo out; echo err >&2; exit 5'] }, {}, request);
  encrypt();
  expect(await client.ending()).toBe('');
  expect([plain(PayloadType.output), plain(PayloadType.stdErr), plain(PayloadType.exitCode)]).toEqual(['out\n', 'err\n', 'EXIT_CODE: 5']);

  await service?.close();
  const port = await listen((socket) => void socket.end('never encrypted'));
  await open('AWS-StartSSHSession', { portNumber: [port] }, {}, request);
  await client.until('never encrypted');
});

test('preferences: the shell profile is typed, the session runs as the user, and ends at its limits', async () => {
  await open(undefined, {}, {}, { preferences: { shellProfile: { linux: 'echo pro$((1+1))file' }, runAsDefaultUser: 'ec2-user' } });
  await client.until('pro2file');
  client.type('whoami; echo $USER-ends\r');
  await expect.poll(() => { client.sendAgain(); return client.text(); }).toContain('ec2-user-ends');
  await service?.close();
  await open(undefined, {}, {}, { preferences: { runAsDefaultUser: 'jane' } });
  expect(await client.ending()).toBe('\n----------ERROR-------\nUnable to start command: failed to start pty since RunAs user jane does not exist\n');
  await service?.close();
  await open(undefined, {}, { maxDurationMs: 300 }, { preferences: { maxSessionDurationMinutes: 1 } });
  expect(await client.ending()).toBe('');
  expect(service?.sessions()[0]).toMatchObject({ status: 'Terminated', maxSessionDurationMinutes: 1 });
});

test('a connection that is closed with 1000, cut while it sends, or paused loses no byte of an upload', async () => {
  const got: Buffer[] = [];
  await openForward((socket) => socket.on('data', (data) => got.push(data)));
  const data = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251));
  connect(3);
  const codes: number[] = [];
  const resume = async (): Promise<void> => {
    codes.push((await client.closed).code);
    const ticket = service?.resumeSession('s-0123456789abcdef0');
    if (ticket === undefined) throw new Error('the session ended');
    await client.resume(ticket);
  };
  Object.assign(service?.faults ?? {}, { cutFromClientAtByte: 100_000 });
  for (let start = 0; start < 300_000; start += 10_000) write(3, data.subarray(start, start + 10_000));
  await resume();
  await expect.poll(() => client.unacknowledgedCount()).toBe(0);
  Object.assign(service?.faults ?? {}, { closeEveryMs: 100 });
  service?.cutClient('s-0123456789abcdef0');
  await resume();
  // Until here the switch has to stay: it is looked at when a connection opens.
  codes.push((await client.closed).code);
  Object.assign(service?.faults ?? {}, { closeEveryMs: undefined });
  await resume();
  for (let start = 300_000; start < data.length; start += 10_000) write(3, data.subarray(start, start + 10_000));
  await expect.poll(() => { client.sendAgain(); return Buffer.concat(got).length; }, { timeout: 10_000 }).toBe(data.length);
  expect(Buffer.concat(got).equals(data)).toBe(true);
  expect(codes).toEqual([1006, 1006, 1000, 1000]);
});

test('a download over a bad network arrives whole, when everything overdue is sent again', async () => {
  const data = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  await openForward((socket) => void socket.end(data), { resending: { pollMs: 5, allOverdue: true } });
  Object.assign(service?.faults ?? {}, randomLoss({ dropFraction: 0.05, duplicateFraction: 0.05, reorderFraction: 0.05, seed: 7 }));
  connect(3);
  await expect.poll(() => { client.sendAgain(); return stream(3).ended; }, { timeout: 20_000 }).toBe(true);
  expect(stream(3).data.equals(data)).toBe(true);
}, 30_000);

test('a suspended agent hears and says nothing, and then goes on where it was', async () => {
  await openForward((socket) => socket.on('data', (data) => socket.write(data)));
  connect(3);
  write(3, 'before');
  await expect.poll(() => stream(3).data.toString()).toBe('before');
  service?.suspendAgent('s-0123456789abcdef0');
  write(3, '-after');
  sockets[0]?.write('-server');
  const acknowledged = await settled(() => client.acknowledged.length + client.received.length);
  service?.resumeAgent('s-0123456789abcdef0');
  await expect.poll(() => stream(3).data.length).toBe('before-after-server'.length);
  expect(client.acknowledged.length + client.received.length).toBeGreaterThan(acknowledged);
});

test('the relay and its agents run in a process of their own, and forward to this machine', async () => {
  const remote = await startRemoteMessageService({ pacing: false, readBytes: 16_384, firstOutputDelayMs: 0, resending: { pollMs: 10, allOverdue: true } });
  try {
    const port = await listen((socket) => void socket.end(Buffer.alloc(3_000_000, 'r')));
    client = new BareClient(await remote.openSession({ sessionId: 'remote', target: TARGET, documentName: FORWARD, parameters: { portNumber: [port] } }));
    await client.untilHandshake();
    await remote.setFaults({ loss: { dropFraction: 0.01, seed: 3 }, cutAtByte: 500_000 });
    connect(3);
    expect((await client.closed).code).toBe(1006);
    await remote.setFaults({});
    const ticket = await remote.resumeSession('remote');
    if (ticket === undefined) throw new Error('the session ended');
    await client.resume(ticket);
    await expect.poll(() => stream(3).ended, { timeout: 20_000 }).toBe(true);
    expect(stream(3).data.length).toBe(3_000_000);
    expect(Math.max(...client.received.map(({ payload }) => payload.length))).toBe(16_384);
    expect(await remote.sessions()).toMatchObject([{ sessionId: 'remote', status: 'Connected' }]);
    expect(await remote.memoryBytes()).toBeGreaterThan(1_000_000);
    expect(await remote.terminateSession('remote')).toBe(true);
    expect(await client.ending()).toBe('');
    await expect(remote.openSession({ sessionId: 'bad', target: TARGET, documentName: 'Nothing', parameters: {} })).rejects.toThrow('does not exist');
  } finally {
    await remote.close();
  }
  expect(client.messages.at(-1)?.messageType).toBe(MessageType.channelClosed);
}, 60_000);
