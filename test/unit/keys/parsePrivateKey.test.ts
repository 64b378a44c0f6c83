/** Every form is made at test time by the programs people make them with: ssh-keygen and openssl. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import ssh2 from 'ssh2';
import { PosternError } from '../../../src/contract/error.ts';
import { saidOf } from '../../../src/contract/say.ts';
import { Secret } from '../../../src/services/base/secret.ts';
import { generateKeyPair } from '../../../src/services/keys/generateKeyPair.ts';
import type { KeyMaterial } from '../../../src/services/keys/keyMaterial.ts';
import { parsePrivateKey } from '../../../src/services/keys/parsePrivateKey.ts';
import { readPrivateKey } from '../../../src/services/keys/readPrivateKey.ts';

// scrypt and bcrypt take long on purpose, and longer on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PASSPHRASE = 'correct hörse';
let folder = '';

function run(program: string, ...parameters: string[]): string {
  return execFileSync(program, parameters, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

function keygen(name: string, ...parameters: string[]): void {
  run('ssh-keygen', '-q', '-C', 'a comment', '-f', name, '-N', '', ...parameters);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-test-'));
  keygen('ed25519', '-t', 'ed25519');
  keygen('rsa', '-t', 'rsa', '-b', '2048');
  keygen('ecdsa256', '-t', 'ecdsa', '-b', '256');
  keygen('ecdsa384', '-t', 'ecdsa', '-b', '384');
  keygen('ecdsa521', '-t', 'ecdsa', '-b', '521');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const secret = (text: string | undefined): Secret | undefined => (text === undefined ? undefined : Secret.fromText(text));
/** In this thread: a worker a form would only take longer. */
const parse = async (text: string, passphrase?: string): Promise<KeyMaterial> => readPrivateKey(Secret.fromText(text), secret(passphrase));
const parseInWorker = (text: string, passphrase?: string): Promise<KeyMaterial> => parsePrivateKey(Secret.fromText(text), secret(passphrase));

async function failure(work: Promise<unknown>): Promise<PosternError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(thrown instanceof PosternError)) throw new Error(`expected a PosternError, got ${String(thrown)}`);
  return thrown;
}

/** What ssh-keygen wrote, without its comment. */
function publicHalfOf(name: string): string {
  return read(`${name}.pub`).trim().split(' ').slice(0, 2).join(' ');
}

/** What we made of a key is the same key for ssh-keygen and for ssh2. */
function expectSameKey(material: KeyMaterial, name: string, bits: number): void {
  expect(material.publicKey).toBe(publicHalfOf(name));
  expect(run('ssh-keygen', '-l', '-f', name).split(' ').slice(0, 2)).toEqual([String(bits), material.fingerprint]);
  expect(material.bits).toBe(bits);

  const written = join(folder, 'written');
  writeFileSync(written, material.privateKey.revealText());
  chmodSync(written, 0o600);
  expect(run('ssh-keygen', '-y', '-P', '', '-f', 'written').trim()).toBe(material.publicKey);
  const parsed = ssh2.utils.parseKey(material.privateKey.revealText());
  if (parsed instanceof Error) throw parsed;
  const data = Buffer.from('data');
  const publicKey = ssh2.utils.parseKey(material.publicKey);
  if (publicKey instanceof Error) throw publicKey;
  expect(publicKey.verify(data, parsed.sign(data))).toBe(true);
}

test.each([
  ['ed25519', 'ed25519', 256],
  ['rsa', 'rsa', 2048],
  ['ecdsa256', 'ecdsa', 256],
  ['ecdsa384', 'ecdsa', 384],
  ['ecdsa521', 'ecdsa', 521],
] as const)('an OpenSSH %s key is the same key after import', async (name, keyType, bits) => {
  const material = await parse(read(name));
  expect(material.keyType).toBe(keyType);
  expectSameKey(material, name, bits);
});

test.each(['aes256-ctr', 'aes192-ctr', 'aes128-cbc', 'aes256-cbc', 'aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', '3des-cbc'])('an OpenSSH key encrypted with %s opens with its passphrase only', (cipher) => {
  run('cp', 'ed25519', 'encrypted');
  run('ssh-keygen', '-q', '-p', '-P', '', '-N', PASSPHRASE, '-Z', cipher, '-a', '4', '-f', 'encrypted');
  const text = Secret.fromText(read('encrypted'));
  expectSameKey(readPrivateKey(text, Secret.fromText(PASSPHRASE)), 'ed25519', 256);
  expect(() => readPrivateKey(text, Secret.fromText('wrong'))).toThrow(expect.objectContaining({ code: 'key.passphrase-wrong' }));
  expect(() => readPrivateKey(text, undefined)).toThrow(expect.objectContaining({ code: 'key.passphrase-needed' }));
});

const opensslForms: readonly [string, string, number, readonly string[]][] = [
  ['PKCS#1', 'rsa', 2048, ['rsa', '-traditional']],
  ['PKCS#8', 'rsa', 2048, ['pkcs8', '-topk8', '-nocrypt']],
  ['SEC1', 'ecdsa384', 384, ['ec']],
  ['PKCS#8', 'ecdsa521', 521, ['pkcs8', '-topk8', '-nocrypt']],
];
test.each(opensslForms)('a PEM %s %s key is the same key after import', async (_, name, bits, convert) => {
  run('cp', name, 'pem');
  run('ssh-keygen', '-q', '-p', '-P', '', '-N', '', '-m', 'PEM', '-f', 'pem');
  const [command = '', ...options] = convert;
  const material = await parse(run('openssl', command, '-in', 'pem', ...options));
  expect(material.publicKey).toBe(publicHalfOf(name));
  expectSameKey(material, name, bits);
});

test('a PKCS#8 ed25519 key of openssl is the same key after import', async () => {
  run('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', 'openssl-ed25519');
  const material = await parse(read('openssl-ed25519'));
  writeFileSync(join(folder, 'openssl-ed25519-written'), material.privateKey.revealText(), { mode: 0o600 });
  // The public half is the last 32 octets of the SubjectPublicKeyInfo (RFC 8410) and of SSH's blob.
  const spki = Buffer.from(run('openssl', 'pkey', '-in', 'openssl-ed25519', '-pubout').replace(/-----[^-]+-----/g, ''), 'base64');
  expect(Buffer.from(material.publicKey.split(' ')[1] ?? '', 'base64').subarray(-32)).toEqual(spki.subarray(-32));
  expect(run('ssh-keygen', '-y', '-P', '', '-f', 'openssl-ed25519-written').trim()).toBe(material.publicKey);
});

const encryptedForms: readonly [string, readonly string[]][] = [
  ['PKCS#1, AES-256', ['rsa', '-traditional', '-aes256', '-passout']],
  ['PKCS#1, triple DES', ['rsa', '-traditional', '-des3', '-passout']],
  ['PKCS#8, PBKDF2', ['pkcs8', '-topk8', '-passout']],
  ['PKCS#8, scrypt', ['pkcs8', '-topk8', '-scrypt', '-passout']],
];
test.each(encryptedForms)('an encrypted PEM key (%s) opens with its passphrase only', async (_, convert) => {
  run('cp', 'rsa', 'pem');
  run('ssh-keygen', '-q', '-p', '-P', '', '-N', '', '-m', 'PEM', '-f', 'pem');
  const [command = '', ...options] = convert;
  const text = run('openssl', command, '-in', 'pem', ...options, `pass:${PASSPHRASE}`);
  expectSameKey(await parse(text, PASSPHRASE), 'rsa', 2048);
  expect((await failure(parse(text, 'wrong'))).toReport()).toEqual({
    code: 'key.passphrase-wrong',
    message: 'The private key does not open with this passphrase.',
    remedy: 'Enter the passphrase again, with capitals as they were.',
    retryable: true,
  });
  expect((await failure(parse(text))).toReport()).toEqual({ code: 'key.passphrase-needed', message: 'The private key is encrypted.', remedy: 'Enter its passphrase.', retryable: false });
});

test('what the thread says of a key can be said in another language here', async () => {
  const { message } = await failure(parse(run('openssl', 'genpkey', '-algorithm', 'X25519', '-aes-256-cbc', '-pass', `pass:${PASSPHRASE}`), PASSPHRASE));
  expect(saidOf(message)).toEqual({ template: 'SSH has no keys of the type {0}{1}.', values: ['x25519', ''] });
});

test('Windows line ends, a byte order mark, spaces around and other text do not matter', async () => {
  const text = read('ed25519');
  const materials = [
    await parse(`\uFEFF\r\n${text.replaceAll('\n', '\r\n')}\r\n`),
    await parse(text.replaceAll(/^/gm, '    ')),
    await parse(`Bag Attributes\n    friendlyName: a\n${text}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`),
    await parse(text, 'a passphrase it does not need'),
  ];
  expect(materials.map(({ publicKey }) => publicKey)).toEqual(materials.map(() => publicHalfOf('ed25519')));
});

test('what is no private key is named for what it is', async () => {
  const text = read('ed25519');
  const messages = await Promise.all(
    ['', 'hello', read('ed25519.pub'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', text.slice(0, 200), text.replace('b3BlbnNzaC1rZXktdjE', 'b3BlbnNzaC1rZXktdjI'), text.split('\n').toSpliced(2, 1).join('\n'), '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----'].map(
      async (input) => {
        const error = await failure(parse(input));
        return [error.code, error.message];
      },
    ),
  );
  expect(messages).toEqual([
    ['key.unreadable', 'There is no private key in this text.'],
    ['key.unreadable', 'There is no private key in this text.'],
    ['key.unreadable', 'This is the public half of a key.'],
    ['key.unreadable', 'This is the public half of a key.'],
    ['key.unreadable', 'This is a certificate, not a private key.'],
    ['key.unreadable', 'The private key is cut short: its last line is missing.'],
    ['key.unreadable', 'The private key is damaged.'],
    ['key.unreadable', 'The private key is damaged.'],
    ['key.unreadable', 'The private key is damaged.'],
  ]);
});

test('kinds of keys Postern cannot use say what to do instead', async () => {
  run('openssl', 'genpkey', '-algorithm', 'x25519', '-out', 'x25519');
  run('openssl', 'ecparam', '-name', 'secp256k1', '-genkey', '-noout', '-out', 'secp256k1');
  run('cp', 'ed25519', 'chacha');
  run('ssh-keygen', '-q', '-p', '-P', '', '-N', PASSPHRASE, '-Z', 'chacha20-poly1305@openssh.com', '-a', '1', '-f', 'chacha');
  // No security key is here to make one: the header alone decides, so it is written over an ordinary key of the same length.
  const body = Buffer.from(read('ed25519').replace(/-----[^-]+-----/g, ''), 'base64');
  const at = body.indexOf('ssh-ed25519');
  body.write('sk-ssh-ed25', at, 'latin1');
  const securityKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const inputs = ['-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----', securityKey, read('chacha'), read('x25519'), read('secp256k1')];
  const errors = await Promise.all(inputs.map(async (input) => await failure(parse(input, PASSPHRASE))));
  expect(errors.map(({ code }) => code)).toEqual(inputs.map(() => 'key.unsupported'));
  expect(errors.map(({ message, remedy }) => [message, remedy])).toEqual([
    ['This is a DSA key, which SSH servers no longer accept.', 'Generate an ed25519 key and add its public half to the host.'],
    ['This key lives in a security key (FIDO), which an SSH agent has to ask.', 'Add it to your agent with ssh-add FILE: Postern uses it from there.'],
    ['The key is encrypted with chacha20-poly1305@openssh.com, which Postern does not read.', 'Export it again with: ssh-keygen -p -Z aes256-ctr -f FILE'],
    ['SSH has no keys of the type x25519.', 'Use an ed25519, RSA or ECDSA (nistp256, nistp384, nistp521) key.'],
    ['SSH has no keys of the type ec (secp256k1).', 'Use an ed25519, RSA or ECDSA (nistp256, nistp384, nistp521) key.'],
  ]);
});

test('a file that asks for years of bcrypt is given up after its time', async () => {
  run('cp', 'ed25519', 'slow');
  run('ssh-keygen', '-q', '-p', '-P', '', '-N', PASSPHRASE, '-a', '16', '-f', 'slow');
  const body = Buffer.from(read('slow').replace(/-----[^-]+-----/g, ''), 'base64');
  // bcrypt's options: a string of 16 octets of salt and the number of rounds.
  const options = body.indexOf('bcrypt') + 'bcrypt'.length + 4;
  expect(body.readUInt32BE(options + 20)).toBe(16);
  body.writeUInt32BE(2 ** 31, options + 20);
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64').replaceAll(/.{70}/g, '$&\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  const error = await failure(parsePrivateKey(Secret.fromText(text), Secret.fromText(PASSPHRASE), 500));
  expect([error.code, error.message]).toEqual(['key.unreadable', 'The private key was not decrypted within 0.5 seconds.']);
});

test('the worker gives the same key, and the same errors with their remedies', async () => {
  run('cp', 'ed25519', 'for-worker');
  run('ssh-keygen', '-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', 'for-worker');
  const text = read('for-worker');
  const [material, wrong, needed] = await Promise.all([parseInWorker(text, PASSPHRASE), failure(parseInWorker(text, 'wrong')), failure(parseInWorker(text))]);
  expectSameKey(material, 'ed25519', 256);
  expect(wrong.toReport()).toEqual({ code: 'key.passphrase-wrong', message: 'The private key does not open with this passphrase.', remedy: 'Enter the passphrase again, with capitals as they were.', retryable: true });
  expect(needed.toReport()).toEqual({ code: 'key.passphrase-needed', message: 'The private key is encrypted.', remedy: 'Enter its passphrase.', retryable: false });
});

test('the text and the passphrase stay the caller\'s: reading a key does not wipe them', async () => {
  run('cp', 'ed25519', 'kept');
  run('ssh-keygen', '-q', '-p', '-P', '', '-N', PASSPHRASE, '-a', '4', '-f', 'kept');
  const text = Secret.fromText(read('kept'));
  const passphrase = Secret.fromText(PASSPHRASE);
  await parsePrivateKey(text, passphrase);
  expect([text.revealText(), passphrase.revealText()]).toEqual([read('kept'), PASSPHRASE]);
});

test.each([
  ['ed25519', undefined, 256],
  ['rsa', undefined, 3072],
  ['rsa', 4096, 4096],
] as const)('a generated %s key (%s) is one ssh-keygen and ssh2 accept', async (keyType, bits, expectedBits) => {
  const material = await generateKeyPair({ keyType, bits });
  expect(material.keyType).toBe(keyType);
  writeFileSync(join(folder, 'generated'), material.privateKey.revealText(), { mode: 0o600 });
  writeFileSync(join(folder, 'generated.pub'), `${material.publicKey}\n`);
  expectSameKey(material, 'generated', expectedBits);
});
