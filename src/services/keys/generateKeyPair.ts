/** Makes a key pair, off the event loop: RSA takes up to seconds. */
import { generateKeyPair as generate } from 'node:crypto';
import { promisify } from 'node:util';
import type { GenerateKey } from '../../contract/key.ts';
import type { KeyMaterial } from './keyMaterial.ts';
import { toKeyMaterial } from './keyMaterial.ts';

/** NIST SP 800-57: good beyond 2030, and half the time of 4096. */
const DEFAULT_RSA_BITS = 3072;

export async function generateKeyPair({ keyType, bits }: Pick<GenerateKey, 'keyType' | 'bits'>): Promise<KeyMaterial> {
  const { privateKey } =
    keyType === 'ed25519' ? await promisify(generate)('ed25519', undefined) : await promisify(generate)('rsa', { modulusLength: bits ?? DEFAULT_RSA_BITS });
  return toKeyMaterial(privateKey);
}
