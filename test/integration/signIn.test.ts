import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { toPosternError } from '../../src/contract/error.ts';
import { Secret } from '../../src/services/base/secret.ts';
import { openAgent } from '../../src/services/ssh/agent.ts';
import { agentKey } from '../../src/services/ssh/agentKey.ts';
import type { AuthMethods } from '../../src/services/ssh/auth.ts';
import { openSshShell } from '../../src/services/ssh/openSshShell.ts';
import type { OfferedKey } from '../../src/services/ssh/signingKey.ts';
import type { SecurityKey, TestAgent } from './sshAgent.ts';
import { createSecurityKey, startSecurityKeyAgent, startSshAgent } from './sshAgent.ts';
import type { KeyFile, Sshd } from './sshd.ts';
import { generateKeyFile, startSshd } from './sshd.ts';

const PASSPHRASE = 'correct horse';
const PRINCIPAL = 'posterntester';

let folder: string;
let files: Record<'ed25519' | 'rsa' | 'ecdsa' | 'encrypted', KeyFile>;
/** Keys that no server knows, each with a certificate of the authority beside it. */
let certified: Record<'ed25519' | 'rsa' | 'ecdsa', KeyFile & { readonly certificate: string }>;
let authority: KeyFile;
let securityKeys: Record<'ed25519' | 'ecdsa', SecurityKey>;
let agent: TestAgent;
let sshd: Sshd;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-sign-in-'));
  const generate = (name: string, type: readonly string[], passphrase?: string): KeyFile => generateKeyFile(join(folder, name), type, passphrase);
  files = { ed25519: generate('ed25519', ['ed25519']), rsa: generate('rsa', ['rsa', '2048']), ecdsa: generate('ecdsa', ['ecdsa', '256']), encrypted: generate('encrypted', ['ed25519'], PASSPHRASE) };
  authority = generate('authority', ['ed25519']);
  const certify = (name: string, type: readonly string[]): KeyFile & { certificate: string } => {
    const file = generate(name, type);
    execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', `certificate of ${name}`, '-n', PRINCIPAL, '-V', '-5m:+1h', `${file.path}.pub`]);
    return { ...file, certificate: readFileSync(`${file.path}-cert.pub`, 'utf8').trim() };
  };
  certified = { ed25519: certify('c-ed25519', ['ed25519']), rsa: certify('c-rsa', ['rsa', '2048']), ecdsa: certify('c-ecdsa', ['ecdsa', '384']) };
  securityKeys = { ed25519: createSecurityKey('ed25519'), ecdsa: createSecurityKey('ecdsa') };
  agent = await startSshAgent([files.ed25519, files.rsa, files.ecdsa, certified.ed25519, certified.rsa, certified.ecdsa].map(({ path }) => path));
  writeFileSync(join(folder, 'authority.pub'), `${authority.publicKey}\n`);
  writeFileSync(join(folder, 'principals'), `${PRINCIPAL}\n`);
  sshd = await startSshd({
    authorizedKeys: [...Object.values(files).map(({ publicKey }) => publicKey), ...Object.values(securityKeys).map(({ publicKey }) => publicKey)],
    config: [`TrustedUserCAKeys ${join(folder, 'authority.pub')}`, `AuthorizedPrincipalsFile ${join(folder, 'principals')}`],
  });
});

afterAll(async () => {
  await Promise.all([agent.stop(), sshd.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

// Agents

test.each([
  ['ed25519', 'ED25519', undefined],
  ['rsa', 'RSA', 'publickey RSA signature using rsa-sha2-512 verified'],
  ['ecdsa', 'ECDSA', undefined],
] as const)('a key of type %s in an agent signs in', async (type, name, also) => {
  expect(await run(sshd, { keys: [await inAgent(agent, files[type].blob)] })).toBe('in\n');
  await sshd.logged(`Accepted key ${name} `);
  if (also !== undefined) await sshd.logged(also);
});

test('an agent lists keys and certificates with their comments', async () => {
  const listed = await openAgent(agent.path).identities(neverAborted());
  expect(listed.map(({ algorithm }) => algorithm).toSorted()).toEqual([
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp384-cert-v01@openssh.com',
    'ssh-ed25519',
    'ssh-ed25519',
    'ssh-ed25519-cert-v01@openssh.com',
    'ssh-rsa',
    'ssh-rsa',
    'ssh-rsa-cert-v01@openssh.com',
  ]);
  expect(new Set(listed.map(({ comment }) => comment))).toEqual(new Set(['test']));
});

test('an agent that is not there, and one that has no such key any more, say so', async () => {
  await expect(openAgent(join(folder, 'nobody.sock')).identities(neverAborted())).rejects.toMatchObject({ code: 'agent.unavailable', message: expect.stringContaining('nobody.sock') });
  const key = await inAgent(agent, files.ed25519.blob);
  const gone = await startSshAgent([]);
  cleanups.push(() => gone.stop());
  const without: OfferedKey = { ...key, sign: (blob, data) => openAgent(gone.path).sign(blob, data, 0, neverAborted()) };
  await expect(run(sshd, { keys: [without] })).rejects.toMatchObject({ code: 'agent.refused', message: 'The SSH agent did not sign with the key ssh-ed25519.' });
});

// Certificates

test.each(['ed25519', 'rsa', 'ecdsa'] as const)('a certificate of a key of type %s signs in from an agent', async (type) => {
  const blob = Buffer.from(certified[type].certificate.split(' ')[1] ?? '', 'base64');
  expect(await run(sshd, { keys: [await inAgent(agent, blob)] })).toBe('in\n');
  await sshd.logged(`Accepted certificate ID "certificate of c-${type}"`);
});

test.each(['ed25519', 'rsa', 'ecdsa'] as const)('a certificate beside a key file of type %s signs in', async (type) => {
  expect(await run(sshd, { keys: [{ ...offered(type, certified[type]), certificate: certified[type].certificate }] })).toBe('in\n');
});

test('an RSA certificate signs with SHA-2', async () => {
  const own = await startSshd({ config: [`TrustedUserCAKeys ${join(folder, 'authority.pub')}`, `AuthorizedPrincipalsFile ${join(folder, 'principals')}`] });
  cleanups.push(own.stop);
  expect(await run(own, { keys: [{ ...offered('rsa', certified.rsa), certificate: certified.rsa.certificate }] })).toBe('in\n');
  await own.logged('userauth_pubkey: publickey have rsa-sha2-512-cert-v01@openssh.com signature for RSA-CERT');
  await own.logged('Accepted certificate ID "certificate of c-rsa"');
});

test('a certificate that no host can accept is not offered, and the error says why', async () => {
  const expired = generateKeyFile(join(folder, 'expired'), ['ed25519']);
  execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'old', '-n', PRINCIPAL, '-V', '20200101:20200102', `${expired.path}.pub`]);
  const certificate = readFileSync(`${expired.path}-cert.pub`, 'utf8').trim();
  const error = await run(sshd, { keys: [{ ...offered('old', expired), certificate }] }).catch((thrown: unknown) => toPosternError(thrown));
  expect(error).toMatchObject({ code: 'ssh.auth-exhausted', message: expect.stringMatching(/tried key "old".* The certificate of "old" is of no use: it expired at 2020-01-0\dT/) });
});

// Security keys

test.each(['ed25519', 'ecdsa'] as const)('a security key of type %s signs in through an agent', async (type) => {
  const softAgent = await startSecurityKeyAgent(Object.values(securityKeys));
  cleanups.push(() => softAgent.stop());
  expect(await run(sshd, { keys: [await inAgent(softAgent, securityKeys[type].blob)] })).toBe('in\n');
  expect(softAgent.signatures()).toBe(1);
});

test('a certificate of a security key signs in through an agent', async () => {
  const key = createSecurityKey('ed25519');
  writeFileSync(join(folder, 'sk.pub'), `${key.publicKey} sk\n`);
  execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'of a security key', '-n', PRINCIPAL, '-V', '-5m:+1h', join(folder, 'sk.pub')]);
  const blob = Buffer.from(readFileSync(join(folder, 'sk-cert.pub'), 'utf8').split(' ')[1] ?? '', 'base64');
  const softAgent = await startSecurityKeyAgent([key], [{ key, blob }]);
  cleanups.push(() => softAgent.stop());
  expect(await run(sshd, { keys: [await inAgent(softAgent, blob)] })).toBe('in\n');
  await sshd.logged('Accepted certificate ID "of a security key"');
});

// Helpers

interface Dialable {
  readonly osUser?: string;
  dial(): Promise<Socket>;
}

async function run(server: Dialable, authentication: AuthMethods): Promise<string> {
  const transport = await server.dial();
  cleanups.push(() => transport.destroy());
  const shell = await openSshShell({
    transport,
    host: 'web-1',
    osUser: server.osUser ?? 'root',
    size: { columns: 80, rows: 24 },
    command: 'echo in',
    hostKey: { known: async () => [], verify: async () => undefined },
    authentication,
    signal: neverAborted(),
  });
  const [output] = await Promise.all([text(shell.stream), shell.exited]);
  return output;
}

function offered(keyName: string, { publicKey, privateKey }: KeyFile): OfferedKey {
  return { keyName, publicKey, privateKey: async () => Secret.fromText(privateKey) };
}

async function inAgent({ path }: TestAgent, blob: Buffer): Promise<Extract<OfferedKey, { sign: unknown }>> {
  const own = openAgent(path);
  const identity = (await own.identities(neverAborted())).find((candidate) => candidate.blob.equals(blob));
  if (identity === undefined) throw new Error('the agent does not have the key');
  return agentKey(own, identity, neverAborted());
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
