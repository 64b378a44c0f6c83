/**
 * mlkem768x25519-sha256 against ssh2's own server end, and against a server end written here from the draft alone: Debian's sshd
 * (9.2) does not have the method.
 */
import * as crypto from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadSsh2, offersMlkem } from '../../src/services/base/loadSsh2.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { toSecurity } from '../../src/services/ssh/algorithms.ts';
import type { SshConnection } from '../../src/services/ssh/connection.ts';
import { openSshConnection } from '../../src/services/ssh/connection.ts';
import type { KeyFile } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const METHOD = 'mlkem768x25519-sha256';
let folder: string;
let key: KeyFile;
const cleanups: (() => unknown)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-pq-'));
  key = generateKeyFile(join(folder, 'key'), ['ed25519']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

test('this Node can do the post-quantum key exchange, and ssh2 takes it', () => {
  expect(offersMlkem()).toBe(true);
});

test("with ssh2's server the post-quantum key exchange is agreed on first, and again at a re-key", async () => {
  const rekeyed = Promise.withResolvers<void>();
  const server = new (loadSsh2().Server)({ hostKeys: [key.privateKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) => {
      accept().on('exec', (acceptCommand) => {
        const channel = acceptCommand();
        client.rekey(() => {
          rekeyed.resolve();
          channel.write('in\n');
          channel.exit(0);
          channel.end();
        });
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const connection = await open(await dial(server.address()));
  expect(toSecurity(connection.negotiated)).toEqual({ kex: METHOD, hostKeyAlgorithm: 'ssh-ed25519', cipher: 'aes128-gcm@openssh.com', postQuantum: true });
  const shell = await connection.openShell({ size: { columns: 80, rows: 24 }, command: 'x' }, new AbortController().signal);
  expect(await text(shell.stream)).toBe('in\n');
  await rekeyed.promise;
});

test('with a host that has none the connection says so', async () => {
  const sshd = await startSshd({ authorizedKeys: [key.publicKey] });
  cleanups.push(sshd.stop);
  expect(toSecurity((await open(await sshd.dial(), sshd.osUser)).negotiated)).toMatchObject({ kex: 'curve25519-sha256', postQuantum: false });
});

test('a server end written from the draft alone agrees on the same secret: its signature is accepted and it can read what follows', async () => {
  const first = Promise.withResolvers<string>();
  const server = createServer((socket) => void serveByTheDraft(socket).then(first.resolve, first.reject)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const connecting = open(await dial(server.address()));
  connecting.catch(() => undefined);
  expect(await first.promise).toBe('ssh-userauth');
});

test.each([
  ['short', (reply: Buffer) => reply.subarray(0, -1)],
  ['with a point of order one', (reply: Buffer) => Buffer.concat([reply.subarray(0, 1088), Buffer.alloc(32)])],
  ['with another ciphertext', (reply: Buffer) => Buffer.concat([crypto.randomBytes(1088), reply.subarray(1088)])],
])('a reply that is %s ends the handshake', async (_name, spoil) => {
  const server = createServer((socket) => void serveByTheDraft(socket, spoil).catch(() => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  await expect(open(await dial(server.address()))).rejects.toMatchObject({ code: 'ssh.protocol' });
});

async function open(transport: Socket, osUser = 'root'): Promise<SshConnection> {
  cleanups.push(() => transport.destroy());
  const connection = await openSshConnection({
    transport,
    host: 'web-1',
    osUser,
    hostKey: { known: async () => [], verify: async () => undefined },
    authentication: { keys: [{ keyName: 'key', publicKey: key.publicKey, privateKey: async () => Secret.fromText(key.privateKey) }] },
    signal: new AbortController().signal,
  });
  cleanups.push(() => connection.close());
  return connection;
}

async function dial(address: AddressInfo | string | null): Promise<Socket> {
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const socket = connect({ host: '127.0.0.1', port: address.port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

const KEXINIT = 20;
const NEWKEYS = 21;
const ECDH_REPLY = 31;

/** @returns the service that the client asks for in its first encrypted packet */
async function serveByTheDraft(socket: Socket, spoil = (reply: Buffer): Buffer => reply): Promise<string> {
  socket.on('error', () => undefined);
  const read = reader(socket);
  const ourName = 'SSH-2.0-draft';
  socket.write(`${ourName}\r\n`);
  const theirName = (await read.line()).trimEnd();
  const lists = [METHOD, 'ssh-ed25519', 'aes128-gcm@openssh.com', 'aes128-gcm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', ''];
  const ourInit = Buffer.concat([Buffer.of(KEXINIT), crypto.randomBytes(16), ...lists.map(string), Buffer.alloc(5)]);
  send(socket, ourInit);
  const theirInit = await read.packet();
  const init = await read.packet();
  // C_INIT: the encapsulation key, then the X25519 key.
  const clientInit = init.subarray(5);
  const kem = crypto.createPublicKey({ key: clientInit.subarray(0, 1184), format: 'raw-public', asymmetricKeyType: 'ml-kem-768' } as unknown as crypto.PublicKeyInput);
  const { ciphertext, sharedKey } = crypto.encapsulate(kem);
  const ours = crypto.generateKeyPairSync('x25519');
  const theirs = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: clientInit.subarray(1184).toString('base64url') }, format: 'jwk' });
  const classical = crypto.diffieHellman({ privateKey: ours.privateKey, publicKey: theirs });
  const secret = string(sha256(sharedKey, classical));
  const reply = spoil(Buffer.concat([ciphertext, Buffer.from(ours.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')]));
  const hash = sha256(...[Buffer.from(theirName), Buffer.from(ourName), theirInit, ourInit, key.blob, clientInit, reply].map(string), secret);
  const parsed = loadSsh2().utils.parseKey(key.privateKey);
  if (parsed instanceof Error) throw parsed;
  const signature = crypto.sign(null, hash, parsed.getPrivatePEM());
  send(socket, Buffer.concat([Buffer.of(ECDH_REPLY), string(key.blob), string(reply), string(Buffer.concat([string('ssh-ed25519'), string(signature)]))]));
  send(socket, Buffer.of(NEWKEYS));
  if ((await read.packet())[0] !== NEWKEYS) throw new Error('no NEWKEYS');
  const derive = (letter: string, bytes: number): Buffer => sha256(secret, hash, Buffer.from(letter), hash).subarray(0, bytes);
  const length = await read.bytes(4);
  const sealed = await read.bytes(length.readUInt32BE(0) + 16);
  const decipher = crypto.createDecipheriv('aes-128-gcm', derive('C', 16), derive('A', 12)).setAAD(length).setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  socket.destroy();
  // Padding length, message number, then the name.
  return plain.subarray(6, 6 + plain.readUInt32BE(2)).toString();
}

function send(socket: Socket, payload: Buffer): void {
  const padding = 16 - ((payload.length + 5) % 8);
  const header = Buffer.alloc(5);
  header.writeUInt32BE(payload.length + padding + 1, 0);
  header[4] = padding;
  socket.write(Buffer.concat([header, payload, Buffer.alloc(padding)]));
}

function reader(socket: Socket): { line(): Promise<string>; bytes(count: number): Promise<Buffer>; packet(): Promise<Buffer> } {
  let received = Buffer.alloc(0);
  const chunks = socket[Symbol.asyncIterator]();
  const more = async (): Promise<void> => {
    const chunk = await chunks.next();
    if (chunk.done === true) throw new Error('the client closed the connection');
    received = Buffer.concat([received, chunk.value as Buffer]);
  };
  const bytes = async (count: number): Promise<Buffer> => {
    while (received.length < count) await more();
    const taken = received.subarray(0, count);
    received = received.subarray(count);
    return taken;
  };
  return {
    bytes,
    async line() {
      while (!received.includes('\n')) await more();
      return (await bytes(received.indexOf('\n') + 1)).toString();
    },
    async packet() {
      const body = await bytes((await bytes(4)).readUInt32BE(0));
      return body.subarray(1, body.length - (body[0] ?? 0));
    },
  };
}

function string(value: string | Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
