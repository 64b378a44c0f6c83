/**
 * The demo's key pairs: one whose private half is made afresh and lent to the person, and one whose private half nobody has.
 */
import { createHash } from 'node:crypto';
import { loadSsh2 } from '../services/base/loadSsh2.ts';
import type { LentKey } from '../services/base/cloud.ts';
import { Secret } from '../services/base/secret.ts';
import type { KeyPairDeclaration } from './expandEstate.ts';

/** Made by EC2 long ago, its private half lost: the fingerprint is the SHA-1 of a PKCS#8 key that was never kept. */
export const lostKeyPair: KeyPairDeclaration = {
  keyName: 'ops-2023',
  keyType: 'rsa',
  keyFingerprint: 'd5:91:7e:68:7b:ce:1c:de:0d:50:83:45:d8:d9:bc:49:48:00:38:b4',
  publicKey:
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDNTQauy689wuGa+tLvAlM3tG5KV3PsfAZ1UKEVdhvndAmlEq2oH0eQEFj/7d9MS7RBQaTaA6n0pVYFdwCcrbqosKPinmlK+oZAgwmb3rvVYvss3wAEbSg1eVkMCe+znWLoLFZcJRJUrBokBArIX8eBLrTEfE4hCjIPGNjOD8qTRywOnMHsrcn6GD0JyE64boXaEthqAZU03/MUK/v3QK/Xd1OPcyXeuseCYQ/Bqxeqxd6fNOHsOcqbmNFfIKf2ApSoBur9ZZ+eXcF3Tzo7h5DzVKggiYHR/NqVEcxjFQ6zJDI6KDbDdS1p5GSvF4GTvBmEvDXBIYlEusiMrev9KcnZ ops-2023',
  createTime: '2023-05-09T01:02:03Z',
};

/** A fresh ed25519 pair named `demo-key`, in memory only. */
export function createLentKey(): { lentKey: LentKey; keyPair: KeyPairDeclaration } {
  const keyName = 'demo-key';
  const pair = generateEd25519(keyName);
  return {
    lentKey: { keyName, privateKey: Secret.fromText(pair.private) },
    keyPair: { keyName, keyType: 'ed25519', keyFingerprint: ed25519Fingerprint(pair.public), publicKey: pair.public.trim(), createTime: '2026-03-01T12:00:00Z' },
  };
}

/** One in 256 pairs of ssh2 1.17 has lost the leading zero octet of its public half, and nothing can read it: that one is made again. */
function generateEd25519(comment: string): { readonly private: string; readonly public: string } {
  const pair = loadSsh2().utils.generateKeyPairSync('ed25519', { comment });
  return loadSsh2().utils.parseKey(pair.private) instanceof Error ? generateEd25519(comment) : pair;
}

/** EC2's form for ED25519: base64 of the SHA-256 of the public blob, with padding and without `SHA256:`. */
function ed25519Fingerprint(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')).digest('base64');
}
