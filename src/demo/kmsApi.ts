/**
 * KMS's part of the demo: one symmetric key a region, and what an encrypted session asks of it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AwsError } from './awsError.ts';
import { awsJson } from './awsProtocols.ts';
import type { JsonObject } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { AwsService } from './awsService.ts';
import type { Estate } from './estateModel.ts';
import { invalid, readOptionalText, readText } from './jsonInput.ts';

export interface KmsKeys {
  readonly service: AwsService;
  /** ARN of the region's key, for Session Manager preferences. */
  keyArn(region: string): string;
  /** What an instance's role may do. @throws AwsError `InvalidCiphertextException` */
  decrypt(region: string, ciphertext: Uint8Array, context: Readonly<Record<string, string>>): Uint8Array;
}

/** Every demo account has it. */
export const KMS_KEY_ALIAS = 'alias/postern-demo';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_DATA_KEY_BYTES = 1024;
const bytesOfKeySpec: Readonly<Record<string, number>> = { AES_128: 16, AES_256: 32 };

interface Key {
  readonly arn: string;
  readonly keyId: string;
  readonly aliasArn: string;
  /** New in every run: nothing encrypted outlives it. */
  readonly material: Buffer;
}

export function createKmsService(estate: Estate): KmsKeys {
  const keys = new Map<string, Key>(estate.regions.map(({ region }) => [region, createKey(estate.accountId, region)]));
  const keyOf = (region: string): Key => {
    const key = keys.get(region);
    if (key === undefined) throw new Error(`the demo has no region ${region}`);
    return key;
  };
  const decrypt = (region: string, ciphertext: Uint8Array, context: Readonly<Record<string, string>>): Buffer => {
    const { material } = keyOf(region);
    try {
      const decipher = createDecipheriv('aes-256-gcm', material, ciphertext.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(canonical(context));
      decipher.setAuthTag(ciphertext.subarray(ciphertext.length - TAG_BYTES));
      return Buffer.concat([decipher.update(ciphertext.subarray(NONCE_BYTES, ciphertext.length - TAG_BYTES)), decipher.final()]);
    } catch {
      // Another key, another context or no ciphertext at all: KMS does not say which.
      throw new AwsError('InvalidCiphertextException', '');
    }
  };
  const find = (keyId: string, region: string): Key => {
    const key = keyOf(region);
    if (![key.arn, key.keyId, key.aliasArn, KMS_KEY_ALIAS].includes(keyId)) throw new AwsError('NotFoundException', `Key '${keyId}' does not exist`);
    return key;
  };

  const service = createAwsService('kms', awsJson, {
    GenerateDataKey(input, { region }) {
      const key = find(readText(input, 'KeyId'), region);
      const plaintext = randomBytes(dataKeyBytes(input));
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key.material, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(canonical(readContext(input)));
      const blob = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      return { CiphertextBlob: blob.toString('base64'), Plaintext: plaintext.toString('base64'), KeyId: key.arn };
    },
    Decrypt(input, { region }) {
      const asked = readOptionalText(input, 'KeyId');
      if (asked !== undefined) find(asked, region);
      const plaintext = decrypt(region, Buffer.from(readText(input, 'CiphertextBlob'), 'base64'), readContext(input));
      return { Plaintext: plaintext.toString('base64'), KeyId: keyOf(region).arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },
  });
  return { service, keyArn: (region) => keyOf(region).arn, decrypt };
}

function createKey(accountId: string, region: string): Key {
  const hex = createHash('sha256').update(`postern demo key ${accountId} ${region}`).digest('hex');
  const keyId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  const prefix = `arn:aws:kms:${region}:${accountId}:`;
  return { arn: `${prefix}key/${keyId}`, keyId, aliasArn: `${prefix}${KMS_KEY_ALIAS}`, material: randomBytes(32) };
}

function dataKeyBytes(input: JsonObject): number {
  const spec = readOptionalText(input, 'KeySpec');
  const bytes = spec === undefined ? input['NumberOfBytes'] : bytesOfKeySpec[spec];
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < 1 || bytes > MAX_DATA_KEY_BYTES) throw invalid('Please specify either number of bytes or key spec.');
  return bytes;
}

function readContext(input: JsonObject): Record<string, string> {
  const context = input['EncryptionContext'] ?? {};
  if (typeof context !== 'object' || context === null || Array.isArray(context)) throw new AwsError('SerializationException', 'EncryptionContext is not a map.');
  return Object.fromEntries(Object.entries(context).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The order of a map means nothing. */
function canonical(context: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([left], [right]) => (left < right ? -1 : 1))));
}
