/** Every file is made at test time by PuTTY's own puttygen, from keys that ssh-keygen made. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toPosternError } from '../../../src/contract/error.ts';
import { Secret } from '../../../src/services/base/secret.ts';
import type { KeyMaterial } from '../../../src/services/keys/keyMaterial.ts';
import { parsePrivateKey } from '../../../src/services/keys/parsePrivateKey.ts';

const PASSPHRASE = 'correct hörse';
const types = { ed25519: ['ed25519'], rsa: ['rsa', '2048'], ecdsa256: ['ecdsa', '256'], ecdsa384: ['ecdsa', '384'], ecdsa521: ['ecdsa', '521'] } as const;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-putty-'));
  writeFileSync(join(folder, 'passphrase'), PASSPHRASE);
  for (const [name, [type, bits]] of Object.entries(types)) execFileSync('ssh-keygen', ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', bits]), '-N', '', '-C', 'a comment', '-f', join(folder, name)]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function puttyFile(name: string, ...parameters: readonly string[]): string {
  const path = join(folder, `${name}.ppk`);
  execFileSync('puttygen', [join(folder, name), '-O', 'private', '-o', path, ...parameters]);
  return readFileSync(path, 'latin1');
}

const parse = (text: string, passphrase?: string): Promise<KeyMaterial> => parsePrivateKey(Secret.fromText(text), passphrase === undefined ? undefined : Secret.fromText(passphrase));
const publicHalfOf = (name: string): string => readFileSync(join(folder, `${name}.pub`), 'utf8').split(' ').slice(0, 2).join(' ');
const encrypted = (): readonly string[] => ['--new-passphrase', join(folder, 'passphrase')];

/** What we made of it is the key that ssh-keygen made: its private half leads to the same public one. */
function publicHalfBySshKeygen({ privateKey }: KeyMaterial): string {
  const path = join(folder, 'ours');
  writeFileSync(path, privateKey.revealText(), { mode: 0o600 });
  return execFileSync('ssh-keygen', ['-y', '-f', path]).toString().split(' ').slice(0, 2).join(' ').trim();
}

test.each(Object.keys(types).flatMap((name) => ['2', '3'].map((version) => [name, version] as const)))('a PuTTY key %s of version %s is read, plain and encrypted', async (name, version) => {
  const plain = await parse(puttyFile(name, '--ppk-param', `version=${version}`));
  const opened = await parse(puttyFile(name, '--ppk-param', `version=${version}`, ...encrypted()), PASSPHRASE);
  expect([plain.publicKey, publicHalfBySshKeygen(plain), opened.publicKey, publicHalfBySshKeygen(opened)]).toEqual(Array.from({ length: 4 }, () => publicHalfOf(name)));
});

test.each(['argon2i', 'argon2d', 'argon2id'])('a PuTTY key whose passphrase goes through %s is read', async (derivation) => {
  const text = puttyFile('ed25519', '--ppk-param', `version=3,kdf=${derivation},memory=1024,passes=3`, ...encrypted());
  expect(text.toLowerCase()).toContain(`key-derivation: ${derivation}`);
  expect((await parse(text, PASSPHRASE)).publicKey).toBe(publicHalfOf('ed25519'));
});

test.each(['2', '3'])('an encrypted PuTTY key of version %s asks for its passphrase and refuses a wrong one', async (version) => {
  const text = puttyFile('rsa', '--ppk-param', `version=${version}`, ...encrypted());
  await expect(parse(text)).rejects.toMatchObject({ code: 'key.passphrase-needed' });
  await expect(parse(text, 'wrong')).rejects.toMatchObject({ code: 'key.passphrase-wrong', retryable: true });
});

test('a PuTTY key that was changed, cut short, of another time, or greedy is refused by name', async () => {
  const plain = puttyFile('ed25519', '--ppk-param', 'version=3');
  const locked = puttyFile('ed25519', '--ppk-param', 'version=3', ...encrypted());
  const codes = await Promise.all(
    [
      [plain.replace('Comment: a comment', 'Comment: another'), undefined],
      [plain.slice(0, plain.indexOf('Private-Lines')), undefined],
      [plain.replace('PuTTY-User-Key-File-3', 'PuTTY-User-Key-File-9'), undefined],
      [locked.replace(/Argon2-Memory: \d+/, 'Argon2-Memory: 4000000'), PASSPHRASE],
      [locked.replace('Encryption: aes256-cbc', 'Encryption: rot13'), PASSPHRASE],
    ].map(([text, passphrase]) => parse(text ?? '', passphrase).then(() => 'read', (thrown: unknown) => toPosternError(thrown).code)),
  );
  expect(codes).toEqual(['key.unreadable', 'key.unreadable', 'key.unsupported', 'key.unsupported', 'key.unsupported']);
});

test('line ends of Windows, as PuTTYgen writes them, make no difference', async () => {
  expect((await parse(puttyFile('ecdsa256', '--ppk-param', 'version=3').replaceAll(/\r?\n/g, '\r\n'))).publicKey).toBe(publicHalfOf('ecdsa256'));
});
