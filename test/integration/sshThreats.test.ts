/** Rows 1 to 5 and 13 of threats.md against real OpenSSH, ssh2's server bent into a rogue, and raw TCP: a test each, at least. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import type { Connection, ServerConfig } from 'ssh2';
import { Client, utils } from 'ssh2';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { openStore } from '../../src/services/base/store.ts';
import { weakAlgorithms } from '../../src/services/ssh/algorithms.ts';
import type { AuthPrompts } from '../../src/services/ssh/auth.ts';
import type { SshConnection, SshConnectionOptions } from '../../src/services/ssh/connection.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import type { HostKeyCheck } from '../../src/services/ssh/hostKeyCheck.ts';
import { createHostKeyCheck } from '../../src/services/ssh/hostKeyCheck.ts';
import type { HostKeys } from '../../src/services/ssh/hostKeys.ts';
import { createHostKeys, HOST_KEY_DOCUMENT_VERSION, HostKeyDocument, hostKeyFingerprint } from '../../src/services/ssh/hostKeys.ts';
import { heldBytes } from './heldBytes.ts';
import { dialLoopback, startRogueServer } from './rogueServer.ts';
import type { KeyFile, Sshd, SshdOptions } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const MEBIBYTE = 1024 * 1024;
const CHACHA = 'chacha20-poly1305@openssh.com';
const host = { scopeKey: 'work/eu-west-1', instanceId: 'i-0aaa' };
const anyHostKey: HostKeyCheck = { known: async () => [], verify: async () => undefined };

let folder: string;
let userKey: KeyFile;
let strangerKey: KeyFile;
let rsaKey: KeyFile;
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-threats-'));
  userKey = generateKeyFile(join(folder, 'user'), ['ed25519']);
  strangerKey = generateKeyFile(join(folder, 'stranger'), ['ed25519']);
  rsaKey = generateKeyFile(join(folder, 'rsa'), ['rsa', '3072']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

// Row 1

test('threat 1: with strict key exchange, one packet cut out after NEWKEYS ends the connection, and nobody is signed in', async () => {
  for (const cipher of [CHACHA, 'aes128-gcm@openssh.com']) {
    const sshd = await ownSshd({ config: [`Ciphers ${cipher}`] });
    // The man in the middle puts a packet of its own before NEWKEYS, which shifts the count, and cuts one out behind it.
    for (const attack of ['insert an ignore', 'insert and cut', 'cut'] as const) {
      const middle = await manInTheMiddle(sshd, attack);
      await expect(open({}, middle)).rejects.toMatchObject({ code: expect.stringMatching(/^ssh\.(protocol|connection-lost)$/) as string });
      expect(middle.attacked()).toBe(true);
    }
    // A first request may be under way by then, for the verified host's eyes only; no signature follows it.
    expect(sshd.log()).not.toMatch(/Accepted publickey|signature using/);
    // And without an attack the same proxy lets everything through.
    expect(await run({}, await manInTheMiddle(sshd, 'nothing'))).toBe('in\n');
  }
});

test('threat 1: the same cut goes unseen where neither end has strict key exchange, so the attack is one', async () => {
  const sshd = await ownSshd({ config: [`Ciphers ${CHACHA}`] });
  const middle = await manInTheMiddle(sshd, 'insert and cut');
  const client = new Client();
  cleanups.push(() => client.end());
  client.connect({ sock: await middle.dial(), username: sshd.osUser, privateKey: userKey.privateKey });
  // Asks for EXT_INFO, which is what is cut out.
  withoutStrictKeyExchange(client, CHACHA, 'hmac-sha2-256', ['ext-info-c']);
  await once(client, 'ready');
  // Its end may come as a reset.
  client.on('error', () => undefined);
  expect(middle.attacked()).toBe(true);
  expect(sshd.log()).toContain('Accepted publickey');
});

test('threat 1: a server without strict key exchange is not spoken to in ChaCha20 nor, where weak algorithms are allowed, in CBC with encrypt-then-MAC', async () => {
  const refused = { code: 'ssh.protocol', message: expect.stringContaining('CVE-2023-48795') as string };
  for (const [cipher, mac] of [[CHACHA, 'hmac-sha2-256'], ['aes256-cbc', 'hmac-sha1-etm@openssh.com']] as const) {
    const attempts: string[] = [];
    const old = await rogueServer((connection) => {
      withoutStrictKeyExchange(connection, cipher, mac);
      connection.on('authentication', ({ method }) => attempts.push(method));
    });
    await expect(open({ allowWeakAlgorithms: true }, old)).rejects.toMatchObject(refused);
    expect(attempts).toEqual([]);
  }
  // What Terrapin does not break is spoken, where it is there.
  const fine = await rogueServer((connection) => {
    withoutStrictKeyExchange(connection, `${CHACHA},aes128-gcm@openssh.com`, 'hmac-sha2-256');
    connection.on('authentication', (context) => context.accept());
  });
  expect((await open({}, fine)).negotiated.cs.cipher).toBe('aes128-gcm@openssh.com');
});

// Row 2

test('threat 2: a rogue OpenSSH server with another key on the same address sees no user name before a person has consented', async () => {
  const [real, rogue] = await Promise.all([ownSshd(), ownSshd()]);
  const hostKeys = openHostKeys();
  expect(await run({ hostKey: check(hostKeys, async () => true) }, real)).toBe('in\n');

  // A changed key: nothing to consent to.
  await expect(open({ hostKey: check(hostKeys, () => expect.unreachable('nobody is asked')) }, rogue)).rejects.toMatchObject({ code: 'ssh.host-key-changed' });
  // The first contact: by the time the person is asked, the server knows nothing.
  await hostKeys.forget(host);
  let seenWhenAsked = '';
  const confirm = async (): Promise<boolean> => {
    seenWhenAsked = rogue.log();
    return false;
  };
  await expect(open({ hostKey: check(hostKeys, confirm) }, rogue)).rejects.toMatchObject({ code: 'ssh.host-key-refused' });
  expect(seenWhenAsked).toContain('SSH2_MSG_KEXINIT sent');
  await expect.poll(() => rogue.log().split('Connection closed by 127.0.0.1').length - 1).toBe(2);
  expect(rogue.log()).not.toMatch(/userauth-request|ssh-userauth|publickey/);
  expect(await hostKeys.list()).toEqual([]);
});

// Row 3

test('threat 3: a server that swaps its key at a forced re-key ends the session with a host key error, and nobody is asked', async () => {
  let session: Connection | undefined;
  const server = await rogueServer((connection) => {
    session = connection;
    connection.on('authentication', (context) => context.accept());
  });
  const asked: string[] = [];
  const connection = await open({ hostKey: check(openHostKeys(), async ({ fingerprint }) => asked.push(fingerprint) > 0) }, server);
  const ended = new Promise<unknown>((resolve) => void connection.onEnd(resolve));
  if (session === undefined) throw new Error('nobody is connected');
  protocolOf(session)._hostKeys['ssh-ed25519'] = utils.parseKey(strangerKey.privateKey);
  session.rekey();
  expect(await ended).toMatchObject({ code: 'ssh.host-key-changed', message: expect.stringContaining(hostKeyFingerprint(strangerKey.blob)) as string });
  expect(asked).toEqual([hostKeyFingerprint(userKey.blob)]);
});

test('threat 3: an OpenSSH server that re-keys under load shows the same key, and every byte arrives', async () => {
  const sshd = await ownSshd({ config: ['RekeyLimit 1M'] });
  const asked: string[] = [];
  const connection = await open({ hostKey: check(openHostKeys(), async ({ fingerprint }) => asked.push(fingerprint) > 0) }, sshd);
  const shell = await connection.openShell({ command: `head -c ${8 * MEBIBYTE} /dev/zero | tr '\\0' x`, size: { columns: 80, rows: 24 } }, new AbortController().signal);
  let bytes = 0;
  for await (const chunk of shell.stream) bytes += (chunk as Buffer).length;
  expect(bytes).toBe(8 * MEBIBYTE);
  expect(sshd.log().split('rekey out').length + sshd.log().split('rekey in').length).toBeGreaterThan(6);
  expect(asked).toHaveLength(1);
});

test('threat 3: Postern itself asks for new keys by volume and by time, under load, and every byte arrives both ways', async () => {
  const sshd = await ownSshd();
  const asked: string[] = [];
  const connection = await open({ rekeyBytes: MEBIBYTE, rekeyIntervalMs: 20, hostKey: check(openHostKeys(), async ({ fingerprint }) => asked.push(fingerprint) > 0) }, sshd);
  const shell = await connection.openShell({ command: 'cat', size: { columns: 80, rows: 24 } }, new AbortController().signal);
  const sent = randomBytes(8 * MEBIBYTE);
  shell.stream.end(sent);
  const received = await buffer(shell.stream);
  expect(received.equals(sent)).toBe(true);
  expect(sshd.log().split('SSH2_MSG_KEXINIT received').length - 1).toBeGreaterThan(4);
  expect(asked).toHaveLength(1);
});

// Row 4

test.each([
  ['ed25519', 0, 'ssh-ed25519'],
  ['ecdsa', 1, 'ecdsa-sha2-nistp256'],
  ['rsa', 2, 'ssh-rsa'],
] as const)('threat 4: of a real server with several keys the pinned one is asked for: %s', async (_name, index, keyType) => {
  const sshd = await severalKeys();
  const hostKeys = openHostKeys();
  const pinned = sshd.hostKeys[index];
  await hostKeys.trust(host, keyType, pinned?.blob ?? Buffer.alloc(0), 'person');
  const connection = await open({ hostKey: check(hostKeys, () => expect.unreachable('the key is known')) }, sshd);
  expect(connection.negotiated.serverHostKey).toBe(keyType === 'ssh-rsa' ? 'rsa-sha2-512' : keyType);
});

test('threat 4: a server that has no longer a key of the pinned type is refused, whatever else it shows', async () => {
  const sshd = await severalKeys();
  const hostKeys = openHostKeys();
  await hostKeys.trust(host, 'ecdsa-sha2-nistp384', generateKeyFile(join(folder, `p384-${Math.random()}`), ['ecdsa', '384']).blob, 'person');
  await expect(open({ hostKey: check(hostKeys, () => expect.unreachable('nobody is asked')) }, sshd)).rejects.toMatchObject({ code: 'ssh.host-key-changed' });
});

// Row 5

test('threat 5: a server that has only SHA-1, 3DES or group 1 is refused, and what it offers is named', async () => {
  const rsaOnly = await rogueServer(() => undefined, [rsaKey], { serverHostKey: ['ssh-rsa'] });
  await expect(open({}, rsaOnly)).rejects.toMatchObject({ code: 'ssh.weak-algorithms', message: expect.stringMatching(/^web-1 and Postern have no Host key format in common\. It offers ssh-rsa; Postern offers /) as string });
  for (const [config, offer] of [
    ['Ciphers 3des-cbc', '3des-cbc'],
    ['KexAlgorithms diffie-hellman-group1-sha1', 'diffie-hellman-group1-sha1'],
    ['Ciphers aes128-cbc', 'aes128-cbc'],
  ] as const) {
    const sshd = await ownSshd({ config: [config] });
    await expect(open({}, sshd)).rejects.toMatchObject({
      code: 'ssh.weak-algorithms',
      message: expect.stringContaining(`It offers ${offer}; Postern offers `) as string,
      remedy: expect.stringContaining('allow weak algorithms for this host') as string,
    });
    expect(sshd.log()).not.toMatch(/userauth-request/);
  }
});

test('threat 5: where the person allows it for a host it gets in, and every weak algorithm in use is told', async () => {
  const sshd = await ownSshd({ hostKeyTypes: ['rsa:3072'], config: ['Ciphers 3des-cbc', 'KexAlgorithms diffie-hellman-group1-sha1', 'MACs hmac-sha1', 'HostKeyAlgorithms ssh-rsa'] });
  const told: string[] = [];
  const options = { allowWeakAlgorithms: true, onWeakAlgorithms: (names: readonly string[]) => void told.push(...names) };
  expect(await run(options, sshd)).toBe('in\n');
  expect(told).toEqual(['diffie-hellman-group1-sha1', 'ssh-rsa', '3des-cbc', 'hmac-sha1']);
  // To a server that has better ones, allowing them changes nothing.
  const connection = await open({ allowWeakAlgorithms: true }, await ownSshd({ config: ['Ciphers +3des-cbc,aes128-cbc', 'KexAlgorithms +diffie-hellman-group1-sha1', 'MACs +hmac-sha1'] }));
  expect(weakAlgorithms(connection.negotiated)).toEqual([]);
});

// Row 13

test('threat 13: lines without end before the version end the connection after 1024 of them, and a line without end after 8 KiB', async () => {
  for (const flood of ['Welcome\r\n'.repeat(1000), 'x'.repeat(8000)]) {
    let sent = 0;
    const server = await listener((socket) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write(flood)) sent += flood.length;
      };
      socket.on('drain', pour);
      pour();
    });
    await expect(open({}, server)).rejects.toMatchObject({ code: 'ssh.protocol', message: expect.stringMatching(/Max greeting lines exceeded|Header line too long/) as string });
    expect(sent).toBeLessThan(64 * MEBIBYTE);
  }
});

test('threat 13: a server that says nothing, or half a version, is given up after the time a step has', async () => {
  for (const words of ['', 'SSH-2.0-']) {
    const server = await listener((socket) => void socket.write(words));
    await expect(open({ stepTimeoutMs: 200 }, server)).rejects.toMatchObject({ code: 'ssh.connection-lost', message: 'The connection to web-1 was lost: no answer within 0.2 s during the handshake.' });
  }
});

test('threat 13: banners without end are cut at 8192 characters, cost no memory, and end when the sign-in has had its time', async () => {
  let nextLook = 4 * MEBIBYTE;
  let mostHeld = 0;
  let sent = 0;
  const server = await rogueServer((connection) => {
    connection.on('authentication', () => {
      const banner = 'w'.repeat(16_000);
      const { _sock: socket } = connection as unknown as { readonly _sock: Socket };
      // What waits in the server is the test's own memory: it sends only as fast as it is read.
      const pour = (): void => {
        while (!connectionEnded.has(connection) && !socket.destroyed && !socket.writableNeedDrain) {
          sent += banner.length;
          sendBanner(connection, banner);
          if (sent >= nextLook) {
            nextLook += 64 * MEBIBYTE;
            mostHeld = Math.max(mostHeld, heldBytes());
          }
        }
        if (!connectionEnded.has(connection)) socket.once('drain', () => setImmediate(pour));
      };
      pour();
    });
  });
  let shown = '';
  const before = heldBytes();
  await expect(open({ stepTimeoutMs: 1500, onBanner: (words) => (shown += words) }, server)).rejects.toMatchObject({ code: 'ssh.connection-lost', message: expect.stringContaining('during the sign-in') as string });
  expect(sent).toBeGreaterThan(4 * MEBIBYTE);
  expect(shown.length).toBeLessThanOrEqual(8192);
  expect(mostHeld).toBeGreaterThan(0);
  expect(mostHeld - before).toBeLessThan(4 * MEBIBYTE);
});

test('threat 13: a packet that claims a gibibyte is refused by its length', async () => {
  const server = await listener((socket) => {
    socket.write('SSH-2.0-rogue\r\n');
    const packet = Buffer.alloc(64 * 1024);
    packet.writeUInt32BE(1024 * MEBIBYTE, 0);
    socket.write(packet);
  });
  await expect(open({}, server)).rejects.toMatchObject({ code: 'ssh.protocol', message: expect.stringContaining('Bad packet length') as string });
});

test('threat 13: escapes, controls and direction marks in a banner and in prompts never reach a person', async () => {
  const nasty = '\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u009b31m\u0007Code\u202e for \u001b[31mroot\u001b[0m\u0000:\u200f';
  const server = await rogueServer(
    (connection) => {
      connection.on('authentication', (context) => {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
        context.prompt([{ prompt: nasty, echo: false }, { prompt: 'x'.repeat(20_000), echo: true }], nasty, nasty, () => context.accept());
      });
    },
    [userKey],
    {},
    nasty,
  );
  const prompts: AuthPrompts[] = [];
  let banner = '';
  await open(
    {
      onBanner: (words) => (banner += words),
      authentication: {
        keys: [],
        ask: async (asked) => {
          prompts.push(asked);
          return asked.prompts.map(() => 'x');
        },
      },
    },
    server,
  );
  expect(banner.trim()).toBe('Code for root:');
  expect(prompts).toHaveLength(1);
  const [{ name, instructions, prompts: asked } = { name: '', instructions: '', prompts: [] }] = prompts;
  expect([name, instructions, asked[0]?.prompt].map((words) => words?.trim())).toEqual(['Code for root:', 'Code for root:', 'Code for root:']);
  expect(asked[1]?.prompt.length).toBeLessThanOrEqual(8192);
});

// Helpers

interface Dialable {
  dial(): Promise<Socket>;
  readonly osUser?: string;
}

async function open(changes: Partial<SshConnectionOptions>, server: Dialable): Promise<SshConnection> {
  const transport = await server.dial();
  cleanups.push(() => transport.destroy());
  const connection = await openSshConnection({
    transport,
    host: 'web-1',
    osUser: server.osUser ?? 'ec2-user',
    hostKey: anyHostKey,
    authentication: { keys: [{ keyName: 'user', publicKey: userKey.publicKey, privateKey: async () => Secret.fromText(userKey.privateKey) }] },
    signal: new AbortController().signal,
    ...changes,
  });
  cleanups.push(() => connection.close());
  return connection;
}

/** What `echo in` says over such a connection. */
async function run(changes: Partial<SshConnectionOptions>, server: Dialable): Promise<string> {
  const connection = await open(changes, server);
  const shell = await connection.openShell({ command: 'echo in', size: { columns: 80, rows: 24 } }, new AbortController().signal);
  return text(shell.stream);
}

async function ownSshd(options: SshdOptions = {}): Promise<Sshd> {
  const server = await startSshd({ authorizedKeys: [userKey.publicKey], ...options });
  cleanups.push(server.stop);
  return server;
}

function severalKeys(): Promise<Sshd> {
  return ownSshd({ hostKeyTypes: ['ed25519', 'ecdsa:256', 'rsa:3072'] });
}

function openHostKeys(): HostKeys {
  const path = join(mkdtempSync(join(folder, 'data-')), 'hostKeys.json');
  const clock = { now: () => 0 };
  const store = openStore({ path, version: HOST_KEY_DOCUMENT_VERSION, schema: HostKeyDocument, clock, onNotice: ({ message }) => expect.unreachable(message) });
  return createHostKeys({ store, clock, log: silentLog });
}

function check(hostKeys: HostKeys, confirm: (shown: { fingerprint: string }) => Promise<boolean>): HostKeyCheck {
  return createHostKeyCheck({ hostKeys, ...host, confirm, confirmedBy: 'person' });
}

async function listener(handle: (socket: Socket) => void): Promise<Dialable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { dial: () => dialLoopback((server.address() as AddressInfo).port) };
}

/** SSH_MSG_NEWKEYS and SSH_MSG_IGNORE. */
const NEWKEYS = 21;
const IGNORE = 2;

/**
 * Between a client and OpenSSH: reads the server's packets as long as they are plain, puts one before NEWKEYS, and cuts out the
 * first one behind it, which is the server's EXT_INFO. Terrapin does both: its client then does not notice that one is missing.
 */
async function manInTheMiddle(sshd: Sshd, attack: 'insert an ignore' | 'insert and cut' | 'cut' | 'nothing'): Promise<Dialable & { attacked(): boolean }> {
  let attacked = false;
  const inserted = plainPacket(Buffer.from([IGNORE, 0, 0, 0, 0]));
  const proxy = await listener((client) => {
    void sshd.dial().then((server) => {
      server.on('error', () => undefined);
      server.on('close', () => client.destroy());
      client.on('close', () => server.destroy());
      client.on('data', (chunk) => server.write(chunk));
      let held = Buffer.alloc(0);
      let stage: 'version' | 'plain' | 'encrypted' | 'through' = 'version';
      server.on('data', (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        for (;;) {
          if (stage === 'version') {
            const end = held.indexOf('\n');
            if (end === -1) return;
            forward(end + 1);
            stage = 'plain';
          } else if (stage === 'plain') {
            if (held.length < 6 || held.length < 4 + held.readUInt32BE(0)) return;
            if (held[5] === NEWKEYS) {
              if (attack.startsWith('insert')) {
                client.write(inserted);
                attacked = true;
              }
              stage = attack === 'cut' || attack === 'insert and cut' ? 'encrypted' : 'through';
            }
            forward(4 + held.readUInt32BE(0));
          } else if (stage === 'encrypted') {
            // What comes in one piece with or after NEWKEYS is EXT_INFO: cut out whole.
            if (held.length === 0) return;
            held = Buffer.alloc(0);
            attacked = true;
            stage = 'through';
          } else {
            forward(held.length);
            return;
          }
        }
      });
      function forward(bytes: number): void {
        if (bytes > 0) client.write(held.subarray(0, bytes));
        held = held.subarray(bytes);
      }
    });
  });
  return { ...proxy, osUser: sshd.osUser, attacked: () => attacked };
}

/** RFC 4253 section 6, before there are keys. */
function plainPacket(payload: Buffer): Buffer {
  const padding = 8 - ((5 + payload.length) % 8) + 8;
  const packet = Buffer.alloc(5 + payload.length + padding);
  packet.writeUInt32BE(1 + payload.length + padding, 0);
  packet[4] = padding;
  payload.copy(packet, 5);
  return packet;
}

const connectionEnded = new WeakSet<Connection>();

async function rogueServer(handle: (connection: Connection) => void, hostKeys: readonly KeyFile[] = [userKey], algorithms: NonNullable<ServerConfig['algorithms']> = {}, banner?: string): Promise<Dialable> {
  const server = await startRogueServer(
    (connection) => {
      connection.on('close', () => connectionEnded.add(connection));
      handle(connection);
    },
    hostKeys,
    { algorithms, ...(banner === undefined ? {} : { banner }) },
  );
  cleanups.push(server.stop);
  return server;
}

/** What of ssh2's server has to be bent to play a rogue; the names are those of the version package.json pins. */
interface ServerProtocol {
  _hostKeys: Record<string, unknown>;
  _offer: unknown;
  _strictMode: boolean | undefined;
  readonly _cipher: { encrypt(packet: Buffer): void };
  readonly _packetRW: { readonly write: { readonly allocStart: number; alloc(bytes: number): Buffer; finalize(packet: Buffer): Buffer } };
}

function protocolOf(connection: Connection | Client): ServerProtocol {
  return (connection as unknown as { readonly _protocol: ServerProtocol })._protocol;
}

/** SSH_MSG_USERAUTH_BANNER (RFC 4252 section 5.4), as often as one likes. */
function sendBanner(connection: Connection, words: string): void {
  const payload = Buffer.alloc(1 + 4 + words.length + 4);
  payload[0] = 53;
  payload.writeUInt32BE(words.length, 1);
  payload.write(words, 5, 'latin1');
  const { _packetRW: { write }, _cipher } = protocolOf(connection);
  const packet = write.alloc(payload.length);
  packet.set(payload, write.allocStart);
  _cipher.encrypt(write.finalize(packet));
}

/** As OpenSSH before 9.6: no `kex-strict-s-v00@openssh.com` in the offer, and no reset of the counters. */
function withoutStrictKeyExchange(connection: Connection | Client, ciphers: string, mac: string, flags: readonly string[] = []): void {
  const { KexInit } = createRequire(import.meta.url)('ssh2/lib/protocol/kex.js') as { readonly KexInit: new (offer: object) => unknown };
  const direction = { cipher: ciphers.split(','), mac: [mac], compress: ['none'], lang: [] };
  const protocol = protocolOf(connection);
  protocol._offer = new KexInit({ kex: ['curve25519-sha256', ...flags], serverHostKey: ['ssh-ed25519'], cs: direction, sc: direction });
  protocol._strictMode = false;
}
