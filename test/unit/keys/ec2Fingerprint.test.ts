import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { isSameEc2Fingerprint, openSshFingerprint } from '../../../src/services/keys/ec2Fingerprint.ts';
import { toKeyMaterial } from '../../../src/services/keys/keyMaterial.ts';

const { rsa2048, ed25519 } = z
  .object({
    keyPairFingerprints: z.object({
      rsa2048: z.object({ privateKeyPkcs1DerBase64: z.string(), publicKeyOpenSsh: z.string(), createdByEc2: z.string(), imported: z.string(), opensshSha256: z.string(), notTheImportedFingerprint_rfc4716Md5OfSshBlob: z.string() }),
      ed25519: z.object({ seedHex: z.string(), publicKeyOpenSsh: z.string(), publicBlobHex: z.string(), ec2Fingerprint: z.string(), opensshForm: z.string() }),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/ssm/session-manager-vectors.json', import.meta.url), 'utf8'))).keyPairFingerprints;

test('an RSA key has the fingerprint of a pair EC2 made and that of an imported one', () => {
  const material = toKeyMaterial(createPrivateKey({ key: Buffer.from(rsa2048.privateKeyPkcs1DerBase64, 'base64'), format: 'der', type: 'pkcs1' }));
  expect(material).toMatchObject({ keyType: 'rsa', bits: 2048, publicKey: rsa2048.publicKeyOpenSsh, fingerprint: rsa2048.opensshSha256, ec2Fingerprints: [rsa2048.createdByEc2, rsa2048.imported] });
  expect(isSameEc2Fingerprint(material.ec2Fingerprints, rsa2048.imported)).toBe(true);
  expect(isSameEc2Fingerprint(material.ec2Fingerprints, rsa2048.notTheImportedFingerprint_rfc4716Md5OfSshBlob)).toBe(false);
});

test('an ed25519 key has one EC2 fingerprint, also when EC2 writes it with SHA256: in front or without the padding', () => {
  // PKCS#8 of RFC 8410: fixed octets before the seed.
  const key = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(ed25519.seedHex, 'hex')]), format: 'der', type: 'pkcs8' });
  const material = toKeyMaterial(key);
  expect(material).toMatchObject({ keyType: 'ed25519', bits: 256, publicKey: ed25519.publicKeyOpenSsh, fingerprint: ed25519.opensshForm, ec2Fingerprints: [ed25519.ec2Fingerprint] });
  expect(openSshFingerprint(Buffer.from(ed25519.publicBlobHex, 'hex'))).toBe(ed25519.opensshForm);
  for (const form of [ed25519.ec2Fingerprint, ed25519.opensshForm, `SHA256:${ed25519.ec2Fingerprint}`, ed25519.ec2Fingerprint.replace('=', '')]) {
    expect(isSameEc2Fingerprint(material.ec2Fingerprints, form)).toBe(true);
  }
  expect(isSameEc2Fingerprint(material.ec2Fingerprints, ed25519.ec2Fingerprint.toLowerCase())).toBe(false);
});
