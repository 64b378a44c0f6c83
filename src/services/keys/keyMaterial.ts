/** All that Postern keeps of a private key: what may be shown, and the secret itself. */
import type { KeyObject } from 'node:crypto';
import type { KeyType } from '../../contract/key.ts';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Secret } from '../base/secret.ts';
import { ec2Fingerprints, openSshFingerprint } from './ec2Fingerprint.ts';
import { toOpenSshKey } from './openSshKeyFormat.ts';

export interface PublicHalf {
  readonly keyType: KeyType;
  readonly bits: number;
  /** One authorized_keys line, without a comment. */
  readonly publicKey: string;
  /** OpenSSH form. */
  readonly fingerprint: string;
  /** Every form EC2 may show. */
  readonly ec2Fingerprints: readonly string[];
}

export interface KeyMaterial extends PublicHalf {
  /** Unencrypted OpenSSH text. */
  readonly privateKey: Secret;
}

/** @throws PosternError `key.unsupported` */
export function toKeyMaterial(key: KeyObject): KeyMaterial {
  const { algorithm, publicBlob, privateKey } = toOpenSshKey(key);
  return {
    ...keySize(key),
    publicKey: `${algorithm} ${Buffer.from(publicBlob).toString('base64')}`,
    fingerprint: openSshFingerprint(publicBlob),
    ec2Fingerprints: ec2Fingerprints(key, publicBlob),
    privateKey,
  };
}

function keySize(key: KeyObject): { keyType: KeyType; bits: number } {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return { keyType: 'ed25519', bits: 256 };
    case 'rsa':
      return { keyType: 'rsa', bits: key.asymmetricKeyDetails?.modulusLength ?? 0 };
    case 'ec':
      return { keyType: 'ecdsa', bits: { prime256v1: 256, secp384r1: 384, secp521r1: 521 }[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 0 };
    default:
      throw new PosternError({ code: 'key.unsupported', message: say`SSH has no keys of the type ${key.asymmetricKeyType ?? 'unknown'}.` });
  }
}
