import { spawnSync } from 'node:child_process';
import { Client } from 'ssh2';
import { expect, test } from 'vitest';
import { nativeCrypto, sshAlgorithms } from '../../../src/services/ssh/algorithms.ts';

const everyOffer = sshAlgorithms([]);

test('nothing that rests on SHA-1, CBC, RC4, MD5 or a 1024-bit group is offered', () => {
  const offered = [...everyOffer.kex, ...everyOffer.cipher, ...everyOffer.hmac, ...everyOffer.serverHostKey];
  expect(offered.filter((name) => /sha1|cbc|arcfour|md5|group1-|^ssh-rsa$|^ssh-dss$|ripemd/.test(name))).toEqual([]);
});

test('AES-GCM is the first choice', () => {
  expect(everyOffer.cipher.slice(0, 2)).toEqual(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']);
});

test('ChaCha20 is offered last, and only where the crypto library has it', () => {
  expect(everyOffer.cipher.at(-1)).toBe('chacha20-poly1305@openssh.com');
  const boringSsl = ['aes-128-gcm', 'aes-256-gcm', 'aes-128-ctr', 'aes-192-ctr', 'aes-256-ctr'];
  expect(sshAlgorithms([], boringSsl).cipher).toEqual(['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr']);
});

test('the key types already trusted are asked for first, an RSA key by both of its SHA-2 signatures', () => {
  expect(sshAlgorithms(['ssh-rsa']).serverHostKey).toEqual([
    'rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521',
  ]);
  expect(sshAlgorithms(['ecdsa-sha2-nistp384']).serverHostKey[0]).toBe('ecdsa-sha2-nistp384');
  expect(sshAlgorithms(['an-unknown-type']).serverHostKey).toEqual(everyOffer.serverHostKey);
});

test('ssh2 accepts every name that is offered', () => {
  const client = new Client();
  client.on('error', () => undefined);
  // ssh2 checks the names in connect(), before it opens a socket.
  expect(() => client.connect({ host: '127.0.0.1', port: 1, username: 'nobody', algorithms: sshAlgorithms([]) })).not.toThrow();
  client.destroy();
});

test('it is known whether the compiled crypto of ssh2 is in use, as a fresh process finds it', () => {
  const loads = spawnSync(process.execPath, ['-e', "require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')"]).status === 0;
  expect(nativeCrypto()).toBe(loads);
});
