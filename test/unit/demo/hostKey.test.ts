import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import ssh2 from 'ssh2';
import { createHostKey } from '../../../src/demo/hostKey.ts';

const seed = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');

test('an instance of the same demo has the same host key every time', () => {
  expect(createHostKey(seed, 'i-0a')).toEqual(createHostKey(seed, 'i-0a'));
  expect(createHostKey(seed, 'i-0a').publicLine).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/);
});

test('another instance, or another demo, has another host key', () => {
  const { publicLine } = createHostKey(seed, 'i-0a');
  expect(createHostKey(seed, 'i-0b').publicLine).not.toBe(publicLine);
  expect(createHostKey(Buffer.from('another'), 'i-0a').publicLine).not.toBe(publicLine);
});

test('the private half signs for the public half', () => {
  const { privateKey, publicLine } = createHostKey(seed, 'i-0a');
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const blob = Buffer.from(publicLine.split(' ')[1] ?? '', 'base64');
  expect(Buffer.from(parsed.getPublicSSH())).toEqual(blob);
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: blob.subarray(-32).toString('base64url') }, format: 'jwk' });
  expect(verify(null, Buffer.from('data'), publicKey, parsed.sign(Buffer.from('data')))).toBe(true);
});
