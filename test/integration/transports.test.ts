/**
 * What every way to a port must do, held for each of them: opens, carries both directions, half-closes, stops a writer whose
 * reader has stopped, ends when it is cancelled, and fails with the right code.
 */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toPosternError } from '../../src/contract/error.ts';
import type { Instance } from '../../src/contract/instance.ts';
import type { DemoInstanceConnectEndpoint } from '../../src/demo/estateModel.ts';
import { Faults } from '../../src/demo/faults.ts';
import { createDemoHost } from '../../src/demo/host.ts';
import type { DemoHost } from '../../src/demo/host.ts';
import { loopbackNetwork } from '../../src/demo/hostNetwork.ts';
import { startMessageService } from '../../src/demo/messageService.ts';
import type { MessageService } from '../../src/demo/messageService.ts';
import { startTunnelService } from '../../src/demo/tunnelService.ts';
import type { TunnelService } from '../../src/demo/tunnelService.ts';
import { presignTunnel } from '../../src/services/aws/presignTunnel.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { networkDialer } from '../../src/services/base/dialer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import type { Shell } from '../../src/services/base/shell.ts';
import { createDirect } from '../../src/services/routes/direct.ts';
import { createEice } from '../../src/services/routes/eice.ts';
import type { Hops } from '../../src/services/routes/jump.ts';
import { createJump } from '../../src/services/routes/jump.ts';
import { createSsm } from '../../src/services/routes/ssm.ts';
import type { Progress } from '../../src/services/sessions/progress.ts';
import type { SerialConsoleCalls } from '../../src/services/sessions/serialConsole.ts';
import { openSerialConsole } from '../../src/services/sessions/serialConsole.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import { hostKeyFingerprint } from '../../src/services/ssh/hostKeys.ts';
import { openSsmPort } from '../../src/services/ssm/ssmPort.ts';
import type { FarPort, FarServer } from './farServer.ts';
import { FLOOD_BYTES, FLOOD_CHUNK, farPorts, startFarServer } from './farServer.ts';
import type { Machine, Namespaces } from './namespaces.ts';
import { makeNamespaces } from './namespaces.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const scope = { profile: 'test', region: 'test-1' };
/** What may be under way in sockets and windows when a flood has stopped; far less than the flood. */
const MAX_UNDER_WAY_BYTES = 48 * 1024 * 1024;

const TARGET = 'i-0123456789abcdef0';
const serialInstance: Instance = { instanceId: TARGET, scope, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {} };
const quietProgress: Progress = {
  step: () => undefined,
  failed: () => undefined,
  chosen: () => undefined,
  ask: () => Promise.reject(new Error('nobody is asked')),
  banner: () => undefined,
  dropped: () => undefined,
  resumed: () => undefined,
  weak: () => undefined,
  roundTrip: () => undefined,
  limits: () => undefined,
};
const ACCESS_KEY = 'AKIDEXAMPLE';
const SECRET_KEY = 'secret';
const endpoint: DemoInstanceConnectEndpoint = { instanceConnectEndpointId: 'eice-1', vpcId: 'vpc-1', subnetId: 'subnet-1', availabilityZone: 'test-1a', networkInterfaceId: 'eni-1', groupIds: [], dnsName: '', createdAt: '2026-11-22T00:00:00Z', tags: {} };

interface Way {
  /** To a port of the far end. */
  open(port: FarPort, signal?: AbortSignal): Promise<Duplex>;
  /** To a port where nothing listens. */
  openRefused(signal: AbortSignal): Promise<Duplex>;
  /** To an address that never answers. */
  openSilent(signal: AbortSignal): Promise<Duplex>;
  /** To a real sshd, and which key it has. */
  openSshd(signal: AbortSignal): Promise<Duplex>;
  readonly sshd: () => Sshd | undefined;
  /** How many bytes the far end's flood got rid of when it was stopped. */
  stalled(): Promise<number>;
  /** Whether the end of writing reaches the far end while it may still send. */
  readonly halfCloses: boolean;
  /** How it tells a port where nothing listens, and whether it can tell before it hands out the stream. */
  readonly refusedAs: string;
}

let namespaces: Namespaces;
let folder: string;
let key: KeyFile;
const sshds: Sshd[] = [];
/** On loopback, behind the ways that lead there. */
let loopbackSshd: Sshd;
/** Where the serial console's sshd looks for keys that were lent. */
let lentKeys: string;
const farServers: { readonly child: ChildProcess; readonly said: string[]; readonly saying: Set<() => void> }[] = [];
const opened: Duplex[] = [];
/** In this process, for the ways that lead to loopback. */
let farServer: FarServer;
const stalls = new Set<(bytes: number) => void>();
let tunnels: TunnelService;
let messages: MessageService;
let host: DemoHost;
/** Takes connections and says nothing. */
let silent: Server;
let silentAddress: string;
let sessions = 0;
let serialUsers: string | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-transports-'));
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
  // The laptop is where this test runs; the first three may be bastions, the last is the private host.
  namespaces = makeNamespaces(4);
  lentKeys = join(folder, 'lent_keys');
  const standing = join(folder, 'authorized_keys');
  writeFileSync(standing, `${key.publicKey}\n`);
  // What `ip netns exec` lays over /etc: the serial console's user, which this computer does not have.
  serialUsers = `/etc/netns/${namespaces.machines[0]?.namespace ?? ''}`;
  mkdirSync(serialUsers, { recursive: true });
  writeFileSync(join(serialUsers, 'passwd'), `${readFileSync('/etc/passwd', 'utf8')}${TARGET}.port0:x:0:0::/root:/bin/sh\n`);
  for (const machine of namespaces.machines) {
    sshds.push(await startSshd({ machine, config: ['LogLevel VERBOSE', `AuthorizedKeysFile ${standing} ${lentKeys}`, `ListenAddress [${machine.ipv6Address}]:22`] }));
    farServers.push(await startInside(machine, machine.address));
  }
  farServers.push(await startInside(machine(0), machine(0).ipv6Address));
  loopbackSshd = await startSshd({ authorizedKeys: [key.publicKey], config: ['LogLevel INFO'] });
  farServer = await startFarServer('127.0.0.1', { echo: 0, digest: 0, flood: 0 }, (bytes) => stalls.forEach((tell) => tell(bytes)));
  tunnels = await startTunnelService({
    regions: [{ region: scope.region, instanceConnectEndpoints: [endpoint] }],
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: Secret.fromText(SECRET_KEY) },
    callerArn: 'arn:aws:iam::111122223333:user/demo',
    faults: new Faults(),
    dial: (_id, address, _port, signal) => networkDialer.dial('127.0.0.1', loopbackPortOf(address), signal),
    clock: systemClock,
    log: silentLog,
  });
  silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  silentAddress = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  messages = await startMessageService({ log: silentLog, pacing: false, firstOutputDelayMs: 0 });
  host = createDemoHost({ instanceId: TARGET, privateDnsName: 'host', osUser: 'ec2-user', seed: Buffer.from('test'), authorizedKeys: () => [], network: () => loopbackNetwork, log: silentLog });
});

afterEach(() => {
  for (const stream of opened.splice(0)) stream.destroy();
});

afterAll(async () => {
  for (const { child } of farServers) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  for (const sshd of sshds) await sshd.stop();
  await loopbackSshd?.stop();
  if (serialUsers !== undefined) rmSync(serialUsers, { recursive: true, force: true });
  farServer?.close();
  silent?.close();
  await tunnels?.close();
  await messages?.close();
  await host?.close();
  namespaces?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const ways: readonly (readonly [string, () => Way])[] = [
  ['direct', () => directTo(0)],
  ['direct, IPv6', () => directByIpv6()],
  ['jump, one bastion', () => jumpThrough(1)],
  ['jump, two bastions', () => jumpThrough(2)],
  ['jump, three bastions', () => jumpThrough(3)],
  ['ssm', () => bySsm()],
  ['eice', () => byEice()],
];

describe.each(ways)('%s', (_name, wayOf) => {
  test('opens, and carries bytes both ways', async () => {
    const stream = keep(await wayOf().open('echo'));
    stream.write('hello');
    expect(await firstBytes(stream, 5)).toBe('hello');
    stream.write('again');
    expect(await firstBytes(stream, 5)).toBe('again');
  });

  test('the end of writing reaches the far end, or at least takes nothing away that still comes', async () => {
    const way = wayOf();
    if (!way.halfCloses) {
      const stream = keep(await way.open('echo'));
      stream.end('hello');
      expect(await firstBytes(stream, 5)).toBe('hello');
      return;
    }
    const sent = Buffer.alloc(3 * 1024 * 1024, 'every byte ');
    const stream = keep(await way.open('digest'));
    stream.end(sent);
    expect(await text(stream)).toBe(createHash('sha256').update(sent).digest('hex'));
  });

  test('the end of the far end arrives after its last byte', async () => {
    const stream = keep(await wayOf().open('flood'));
    const hash = createHash('sha256');
    let received = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      received += chunk.length;
    }
    expect(received).toBe(FLOOD_BYTES);
    expect(hash.digest('hex')).toBe(floodDigest);
  });

  test('a reader that has stopped stops the writer, and every byte arrives once it reads on', async () => {
    const way = wayOf();
    const stalled = way.stalled();
    const stream = keep(await way.open('flood'));
    const taken = await stalled;
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(MAX_UNDER_WAY_BYTES);
    let received = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) received += chunk.length;
    expect(received).toBe(FLOOD_BYTES);
  });

  test('an opening that is cancelled ends as cancelled', async () => {
    const cancel = new AbortController();
    const opening = wayOf().openSilent(cancel.signal);
    setImmediate(() => cancel.abort());
    expect(await codeOf(opening)).toBe('cancelled');
  });

  test('a port where nothing listens is told with its own code', async () => {
    const way = wayOf();
    expect(await codeOf(way.openRefused(noLimit()))).toBe(way.refusedAs);
  });

  test('an SSH sign-in over it reaches the sshd it leads to, and no other', async () => {
    const way = wayOf();
    const shown: Buffer[] = [];
    const connection = await openSshConnection({
      transport: keep(await way.openSshd(noLimit())),
      host: 'target',
      osUser: osUser(),
      hostKey: { known: async () => [], verify: async (_algorithm, blob) => void shown.push(Buffer.from(blob)) },
      authentication: { keys: [offered()] },
      signal: noLimit(),
    });
    const shell = await connection.openShell({ size: { columns: 80, rows: 24 }, command: 'echo in; exit 7' }, noLimit());
    expect(await text(shell.stream)).toBe('in\n');
    expect(await shell.exited).toEqual({ exitCode: 7 });
    expect(shown).toEqual(way.sshd()?.hostKeys.map(({ blob }) => blob));
    connection.close();
  });

  test('closing it closes it for the far end too', async () => {
    const stream = keep(await wayOf().open('echo'));
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    expect(stream.destroyed).toBe(true);
  });
});

describe('serial', () => {
  const calls = (over: Partial<SerialConsoleCalls> = {}): SerialConsoleCalls => ({
    host: async () => ({ host: machine(0).address, hostKeyFingerprint: hostKeyFingerprint(sshds[0]?.hostKeys[0]?.blob ?? Buffer.alloc(0)) }),
    isEnabled: async () => true,
    lendKey: async (_instance, publicKey) => writeFileSync(lentKeys, `${publicKey}\n`),
    ...over,
  });
  const open = (over: Partial<SerialConsoleCalls> = {}, signal: AbortSignal = noLimit()): Promise<Shell> =>
    openSerialConsole(calls(over), createDirect(async () => networkDialer), serialInstance, { columns: 80, rows: 24 }, quietProgress, signal);

  test('opens with the key that was lent for it, and carries bytes both ways', async () => {
    const shell = await open();
    let shown = '';
    shell.stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    shell.stream.write('echo "the $((6 * 7))nd"\n');
    await expect.poll(() => shown).toContain('the 42nd');
    const exited = shell.exited;
    shell.stream.write('exit 4\n');
    expect(await exited).toEqual({ exitCode: 4 });
    expect(sshds[0]?.log()).toContain(`Accepted key ED25519`);
  });

  test('closing it ends the connection to its host', async () => {
    const shell = await open();
    expect(establishedIn(machine(0).namespace)).toBeGreaterThan(0);
    shell.close();
    await expect.poll(() => establishedIn(machine(0).namespace), { timeout: 20_000 }).toBe(0);
  });

  test('an opening that is cancelled ends as cancelled, and no key is lent', async () => {
    const cancel = new AbortController();
    const lent: string[] = [];
    const opening = open({ host: async () => ({ host: machine(0).silentAddress, hostKeyFingerprint: 'SHA256:' }), lendKey: async (_instance, publicKey) => void lent.push(publicKey) }, cancel.signal);
    setTimeout(() => cancel.abort(), 50);
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
    expect(lent).toEqual([]);
  });

  test('a host with another key than the published one is lent no key', async () => {
    const lent: string[] = [];
    const opening = open({ host: async () => ({ host: machine(0).address, hostKeyFingerprint: `SHA256:${'A'.repeat(43)}` }), lendKey: async (_instance, publicKey) => void lent.push(publicKey) });
    await expect(opening).rejects.toMatchObject({ code: 'ssh.host-key-changed' });
    expect(lent).toEqual([]);
  });

  test('a console that is busy, or switched off, is told with its own code', async () => {
    // The key counts for nothing: what the service's own host does while it is busy.
    await expect(open({ lendKey: async () => undefined })).rejects.toMatchObject({ code: 'ssh.auth-exhausted', remedy: expect.stringContaining('half a minute') });
    await expect(open({ isEnabled: async () => false })).rejects.toMatchObject({ code: 'eic.serial-disabled' });
  });
});

test('the private host is reached through its bastion only', async () => {
  const last = machine(3);
  expect(await codeOf(createDirect(async () => networkDialer).open({ kind: 'direct', address: last.address, port: 22 }, scope, noLimit()))).toBe('route.unreachable');
});

test('an address the bastion has no route to is told as unreachable, and from where', async () => {
  const opening = createJump(hops()).open({ kind: 'jump', through: ['i-1'], address: namespaces.unroutedAddress, port: 22 }, scope, noLimit());
  await expect(opening).rejects.toMatchObject({ code: 'route.unreachable', message: expect.stringMatching(/^198\.18\.\d+\.250 port 22 cannot be reached from i-1: open failed/) });
});

test('a bastion that forwards nothing says so', async () => {
  const closed = await startSshd({ authorizedKeys: [key.publicKey], config: ['AllowTcpForwarding no'] });
  try {
    const reach = async () => ({ where: `127.0.0.1 port ${closed.port}`, transport: await closed.dial() });
    const opening = createJump({ ...hops(), reach }).open({ kind: 'jump', through: ['i-1'], address: '127.0.0.1', port: closed.port }, scope, noLimit());
    await expect(opening).rejects.toMatchObject({ code: 'route.prohibited', message: `i-1 lets you in, but does not connect you on to 127.0.0.1 port ${closed.port}.` });
  } finally {
    await closed.stop();
  }
});

test('closing the stream ends the connection to every bastion', async () => {
  await expect.poll(() => namespaces.machines.map(({ namespace }) => establishedIn(namespace)), { timeout: 20_000 }).toEqual([0, 0, 0, 0]);
  const ends: string[] = [];
  const recording: Hops = {
    ...hops(),
    async signIn(hop, signal) {
      const connection = await hops().signIn(hop, signal);
      connection.onEnd((error) => ends.push(`${hop.instanceId} ${error === undefined ? 'closed here' : error.code}`));
      return connection;
    },
  };
  const stream = await createJump(recording).open({ kind: 'jump', through: ['i-1', 'i-2', 'i-3'], address: machine(3).address, port: farPorts.echo }, scope, noLimit());
  expect(namespaces.machines.slice(0, 3).map(({ namespace }) => establishedIn(namespace))).toEqual([1, 1, 1]);
  stream.destroy();
  await expect.poll(() => namespaces.machines.slice(0, 3).map(({ namespace }) => establishedIn(namespace)), { timeout: 20_000 }).toEqual([0, 0, 0]);
  expect(ends).toEqual(['i-3 closed here', 'i-2 closed here', 'i-1 closed here']);
});

test('each bastion shows its own host key, and one that is refused gets no credential', async () => {
  const shown: string[] = [];
  const suspicious: Hops = {
    ...hops(),
    signIn: (hop, signal) =>
      openSshConnection({
        transport: hop.transport,
        host: hop.instanceId,
        osUser: osUser(),
        hostKey: {
          known: async () => [],
          verify: async (_algorithm, blob) => {
            shown.push(`${hop.instanceId} ${sshds.findIndex((sshd) => sshd.hostKeys.some((one) => one.blob.equals(blob)))}`);
            if (hop.instanceId === 'i-2') throw toPosternError(new Error('refused'));
          },
        },
        authentication: { keys: [offered()] },
        signal,
      }),
  };
  const opening = createJump(suspicious).open({ kind: 'jump', through: ['i-1', 'i-2'], address: machine(2).address, port: farPorts.echo }, scope, noLimit());
  await expect(opening).rejects.toMatchObject({ message: 'refused' });
  expect(shown).toEqual(['i-1 0', 'i-2 1']);
});

const floodDigest = (() => {
  const hash = createHash('sha256');
  for (let sent = 0; sent < FLOOD_BYTES; sent += FLOOD_CHUNK.length) hash.update(FLOOD_CHUNK);
  return hash.digest('hex');
})();

function directTo(index: number): Way {
  const direct = createDirect(async () => networkDialer);
  const { address, silentAddress } = machine(index);
  const open = (to: string, port: number, signal: AbortSignal): Promise<Duplex> => direct.open({ kind: 'direct', address: to, port }, scope, signal);
  return {
    open: (port, signal = noLimit()) => open(address, farPorts[port], signal),
    openRefused: (signal) => open(address, 9, signal),
    openSilent: (signal) => open(silentAddress, 22, signal),
    openSshd: (signal) => open(address, 22, signal),
    sshd: () => sshds[index],
    stalled: () => stallOf(index),
    halfCloses: true,
    refusedAs: 'route.refused',
  };
}

/** The far server of the first machine's IPv6 address is the last one started. */
function directByIpv6(): Way {
  const direct = createDirect(async () => networkDialer);
  const { ipv6Address, silentIpv6Address } = machine(0);
  const open = (to: string, port: number, signal: AbortSignal): Promise<Duplex> => direct.open({ kind: 'direct', address: to, port }, scope, signal);
  return {
    open: (port, signal = noLimit()) => open(ipv6Address, farPorts[port], signal),
    openRefused: (signal) => open(ipv6Address, 9, signal),
    openSilent: (signal) => open(silentIpv6Address, 22, signal),
    openSshd: (signal) => open(ipv6Address, 22, signal),
    sshd: () => sshds[0],
    stalled: () => stallOf(farServers.length - 1),
    halfCloses: true,
    refusedAs: 'route.refused',
  };
}

function jumpThrough(depth: number): Way {
  const through = Array.from({ length: depth }, (_, index) => `i-${index + 1}`);
  const { address, silentAddress } = machine(depth);
  const open = (to: string, port: number, signal: AbortSignal): Promise<Duplex> => createJump(hops()).open({ kind: 'jump', through, address: to, port }, scope, signal);
  return {
    open: (port, signal = noLimit()) => open(address, farPorts[port], signal),
    openRefused: (signal) => open(address, 9, signal),
    openSilent: (signal) => open(silentAddress, 22, signal),
    openSshd: (signal) => open(address, 22, signal),
    sshd: () => sshds[depth],
    stalled: () => stallOf(depth),
    halfCloses: true,
    refusedAs: 'route.refused',
  };
}

function bySsm(): Way {
  const open = (port: number, signal: AbortSignal): Promise<Duplex> => createSsm(openPort).open({ kind: 'ssm', instanceId: TARGET, port }, scope, signal);
  return {
    open: (port, signal = noLimit()) => open(farServer.ports[port], signal),
    openRefused: (signal) => open(9, signal),
    openSilent: (signal) => open(farServer.ports.echo, signal),
    openSshd: (signal) => open(loopbackSshd.port, signal),
    sshd: () => loopbackSshd,
    stalled: nextStall,
    halfCloses: false,
    refusedAs: 'route.refused',
  };
}

function openPort(_scope: unknown, instanceId: string, portNumber: number, _line: unknown, signal: AbortSignal): Promise<Duplex> {
  sessions += 1;
  const sessionId = `s-${sessions}`;
  return openSsmPort({
    target: instanceId,
    start: async ({ documentName, parameters = {} } = {}) => {
      const { streamUrl, tokenValue } = messages.openSession({ sessionId, target: instanceId, parameters, host, ...(documentName === undefined ? {} : { documentName }) });
      return { sessionId, streamUrl, tokenValue: Secret.fromText(tokenValue) };
    },
    resume: async () => undefined,
    terminate: async (terminated) => void messages.terminateSession(terminated),
    signUpgrade: async () => ({}),
    generateDataKey: () => Promise.reject(new Error('nothing is encrypted here')),
    portNumber,
    clock: systemClock,
    log: silentLog,
    signal,
  });
}

function byEice(): Way {
  const open = (privateIpAddress: string, signal: AbortSignal, dnsName = tunnels.address): Promise<Duplex> =>
    createEice({
      endpointOf: () => ({ ...endpoint, scope, dnsName, securityGroupIds: [] }),
      useFips: async () => false,
      presign: (tunnel) => presignTunnel(tunnel, scope.region, { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY }, new Date()),
    }).open({ kind: 'eice', instanceConnectEndpointId: endpoint.instanceConnectEndpointId, privateIpAddress, port: 22 }, scope, signal);
  return {
    open: (port, signal = noLimit()) => open(port, signal),
    openRefused: (signal) => open('nothing', signal),
    openSilent: (signal) => open('echo', signal, silentAddress),
    openSshd: (signal) => open('sshd', signal),
    sshd: () => loopbackSshd,
    stalled: nextStall,
    halfCloses: false,
    refusedAs: 'eice.tunnel-ended',
  };
}

/** A tunnel's address says which port of the far server is meant. */
function loopbackPortOf(address: string): number {
  if (address === 'sshd') return loopbackSshd.port;
  return address === 'echo' || address === 'digest' || address === 'flood' ? farServer.ports[address] : 9;
}

function nextStall(): Promise<number> {
  return new Promise((resolve) => {
    const tell = (bytes: number): void => {
      stalls.delete(tell);
      resolve(bytes);
    };
    stalls.add(tell);
  });
}

/** `i-1` is the first machine, and so on. */
function hops(): Hops {
  const direct = createDirect(async () => networkDialer);
  const machineOf = (instanceId: string): Machine => machine(Number(instanceId.slice(2)) - 1);
  return {
    reach: async (instanceId, _scope, signal) => {
      const { address } = machineOf(instanceId);
      return { where: `${address} port 22`, transport: await direct.open({ kind: 'direct', address, port: 22 }, scope, signal) };
    },
    signIn: ({ instanceId, transport }, signal) =>
      openSshConnection({
        transport,
        host: instanceId,
        osUser: osUser(),
        hostKey: { known: async () => [], verify: async () => undefined },
        authentication: { keys: [offered()] },
        signal,
      }),
    privateAddressOf: (instanceId) => machineOf(instanceId).address,
    onForward: () => undefined,
  };
}

function offered() {
  return { keyName: 'test', publicKey: key.publicKey, privateKey: async () => Secret.fromText(key.privateKey) };
}

function osUser(): string {
  return sshds[0]?.osUser ?? '';
}

function machine(index: number): Machine {
  const found = namespaces.machines[index];
  if (found === undefined) throw new Error(`there is no machine ${index}`);
  return found;
}

async function startInside({ namespace }: Machine, address: string): Promise<(typeof farServers)[number]> {
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, fileURLToPath(new URL('./farServer.ts', import.meta.url)), address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const saying = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said.push(...chunk.trim().split('\n'));
    for (const listener of saying) listener();
  });
  const server = { child, said, saying };
  await saysNext(server, (line) => line === 'listening');
  return server;
}

/** The next line that fits, from now on. */
function saysNext({ said, saying }: (typeof farServers)[number], fits: (line: string) => boolean, from = said.length === 0 ? 0 : said.length): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const line = said.slice(from).find(fits);
      if (line === undefined) return;
      saying.delete(look);
      resolve(line);
    };
    saying.add(look);
    look();
  });
}

async function stallOf(index: number): Promise<number> {
  const server = farServers[index];
  if (server === undefined) throw new Error(`there is no machine ${index}`);
  return Number((await saysNext(server, (line) => line.startsWith('stalled '))).split(' ')[1]);
}

/** How many SSH connections a machine holds. */
function establishedIn(namespace: string): number {
  const listed = execFileSync('ip', ['netns', 'exec', namespace, 'ss', '-Htn', 'state', 'established', 'sport = :22'], { encoding: 'utf8' });
  return listed.split('\n').filter((line) => line !== '').length;
}

function keep(stream: Duplex): Duplex {
  opened.push(stream);
  return stream;
}

async function firstBytes(stream: Duplex, bytes: number): Promise<string> {
  for (;;) {
    const chunk: unknown = stream.read(bytes);
    if (chunk instanceof Buffer) return chunk.toString();
    await once(stream, 'readable');
  }
}

/** Why it did not open, or ended as soon as it was open. */
async function codeOf(opening: Promise<Duplex>): Promise<string> {
  try {
    const stream = keep(await opening);
    const [error] = (await once(stream, 'error')) as [unknown];
    return toPosternError(error).code;
  } catch (thrown) {
    return toPosternError(thrown).code;
  }
}

function noLimit(): AbortSignal {
  return new AbortController().signal;
}
