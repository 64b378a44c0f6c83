/**
 * Agents for tests: OpenSSH's own, and one whose security keys (FIDO2) are made in software, as no test machine has a real one.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWire, wireBytes } from '../../src/services/ssh/sshWire.ts';

export interface TestAgent {
  readonly path: string;
  stop(): Promise<void>;
}

/** Debian's ssh-agent with these keys, each as `ssh-add` adds it: a certificate beside a key comes along. */
export async function startSshAgent(keyPaths: readonly string[]): Promise<TestAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-agent-'));
  const path = join(folder, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  // It says where it listens once it does.
  await once(agent.stdout, 'data');
  for (const keyPath of keyPaths) execFileSync('ssh-add', ['-q', keyPath], { env: { ...process.env, SSH_AUTH_SOCK: path } });
  return {
    path,
    async stop() {
      const exited = once(agent, 'exit');
      agent.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface SecurityKey {
  readonly publicKey: string;
  readonly blob: Buffer;
  readonly comment: string;
  readonly privateKey: KeyObject;
}

const APPLICATION = 'ssh:';
/** Bit 0 of the authenticator's flags: a person touched it. */
const USER_PRESENT = 1;

/** A key as OpenSSH's PROTOCOL.u2f has it. */
export function createSecurityKey(type: 'ed25519' | 'ecdsa'): SecurityKey {
  const { publicKey, privateKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const decoded = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
  const name = type === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const fields = type === 'ed25519' ? [decoded(jwk.x)] : ['nistp256', Buffer.concat([Buffer.of(4), decoded(jwk.x), decoded(jwk.y)])];
  const blob = Buffer.concat([name, ...fields, APPLICATION].map((value) => wireBytes(value)));
  return { publicKey: `${name} ${blob.toString('base64')}`, blob, comment: `${type} security key`, privateKey };
}

/** Speaks the agent's protocol and signs as an authenticator does. `certificates` by the line of their key. */
export async function startSecurityKeyAgent(keys: readonly SecurityKey[], certificates: readonly { readonly key: SecurityKey; readonly blob: Buffer }[] = []): Promise<TestAgent & { signatures(): number }> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-sk-agent-'));
  const path = join(folder, 'agent.sock');
  const identities = [...certificates.map(({ key, blob }) => ({ key, blob })), ...keys.map((key) => ({ key, blob: key.blob }))];
  let counter = 0;
  const answer = (message: Buffer): Buffer => {
    if (message[0] === 11) return Buffer.concat([Buffer.of(12), uint32(identities.length), ...identities.flatMap(({ key, blob }) => [wireBytes(blob), wireBytes(key.comment)])]);
    const reader = readWire(message.subarray(1));
    const wanted = Buffer.from(reader.bytes());
    const identity = identities.find(({ blob }) => blob.equals(wanted));
    if (message[0] !== 13 || identity === undefined) return Buffer.of(5);
    counter += 1;
    return Buffer.concat([Buffer.of(14), wireBytes(assertion(identity.key, Buffer.from(reader.bytes()), counter))]);
  };
  const server = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
        const end = 4 + received.readUInt32BE(0);
        socket.write(wireBytes(answer(received.subarray(4, end))));
        received = received.subarray(end);
      }
    });
    socket.on('error', () => socket.destroy());
  }).listen(path);
  await once(server, 'listening');
  return {
    path,
    signatures: () => counter,
    async stop() {
      server.close();
      await once(server, 'close');
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PROTOCOL.u2f: what the authenticator signs is the hash of the application, its flags and counter, and the hash of the data. */
function assertion(key: SecurityKey, data: Buffer, count: number): Buffer {
  const flagsAndCounter = Buffer.concat([Buffer.of(USER_PRESENT), uint32(count)]);
  const signed = Buffer.concat([sha256(Buffer.from(APPLICATION)), flagsAndCounter, sha256(data)]);
  const type = readWire(key.blob).text();
  const bare = key.privateKey.asymmetricKeyType === 'ed25519' ? sign(null, signed, key.privateKey) : Buffer.concat(halves(sign('sha256', signed, { key: key.privateKey, dsaEncoding: 'ieee-p1363' })).map((half) => wireBytes(half)));
  return Buffer.concat([wireBytes(type), wireBytes(bare), flagsAndCounter]);
}

function halves(signature: Buffer): Buffer[] {
  return [signature.subarray(0, 32), signature.subarray(32)].map((half) => {
    const digits = half.subarray(half.findIndex((byte) => byte !== 0));
    return (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits;
  });
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
