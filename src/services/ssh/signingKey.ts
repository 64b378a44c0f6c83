/**
 * A key offered to a server: its public half or certificate now, a signature only when the server has accepted that.
 */
import { sign } from 'node:crypto';
import type { ParsedKey } from 'ssh2';
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { loadSsh2 } from '../base/loadSsh2.ts';
import type { Secret } from '../base/secret.ts';
import type { SelfSigningKey } from '../base/ssh2Signing.ts';
import { isCertificate } from './hostCertificate.ts';
import { keyTypeOf } from './sshPublicKey.ts';
import { readWire, wireBytes, WireFault } from './sshWire.ts';

interface PublicHalf {
  /** Named in errors and steps. */
  readonly keyName: string;
  /** One authorized_keys line. */
  readonly publicKey: string;
  /** A certificate of this key, as a line; offered before the key itself. */
  readonly certificate?: string;
  /** What to look at when the host does not take it, as a sentence for the remedy. */
  readonly whenRefused?: string;
  /** Called when its turn comes, before the server is told of it. Rejects to have it passed over. */
  beforeOffer?(): Promise<void>;
}

/** A key whose private half Postern has. */
export interface OwnKey extends PublicHalf {
  /** OpenSSH text without passphrase, a copy that is wiped after use. Called when the server has accepted the public half. */
  privateKey(): Promise<Secret>;
}

/** A key that somebody else signs with: an agent. */
export interface ForeignKey extends PublicHalf {
  /**
   * @param blob the key or certificate that was offered
   * @param algorithm of the signature, e.g. `rsa-sha2-512`
   * @returns a whole signature blob
   */
  sign(blob: Buffer, data: Buffer, algorithm: string): Promise<Buffer>;
}

export type OfferedKey = OwnKey | ForeignKey;

/** SHA-2 signature algorithms for RSA keys (RFC 8332). `ssh-rsa` itself means SHA-1 and is never used. */
export type RsaAlgorithm = 'rsa-sha2-512' | 'rsa-sha2-256';

/** ssh2 takes for a key what was one; of this one nothing but that is used. It is the public half of no private key. */
const SOME_KEY = `ssh-ed25519 ${Buffer.concat([wireBytes('ssh-ed25519'), wireBytes(Buffer.alloc(32, 1))]).toString('base64')}`;

const CERTIFICATE_SUFFIX = '-cert-v01@openssh.com';

/** The public key or certificate of an authorized_keys line. @throws PosternError `key.unreadable` */
export function toBlob(keyName: string, line: string): Buffer {
  const blob = Buffer.from(line.trim().split(/\s+/)[1] ?? '', 'base64');
  try {
    keyTypeOf(blob);
    return blob;
  } catch (cause) {
    if (!(cause instanceof WireFault)) throw cause;
    throw unreadable(keyName, cause);
  }
}

/**
 * What ssh2 signs with.
 *
 * ssh2 reads the name of the signature algorithm from `type`, and would fall back to SHA-1 where a server sends no
 * `server-sig-algs`; an RSA key that calls itself `rsa-sha2-…` is used as exactly that.
 *
 * @param blob what is offered: the key or its certificate
 * @param onFailure told why it could not sign; ssh2 then asks for the next key
 * @throws PosternError `key.unreadable` when the public key cannot be read
 */
export function toSigningKey(key: OfferedKey, blob: Buffer, rsaAlgorithm: RsaAlgorithm, onFailure: (error: PosternError) => void): ParsedKey {
  const offeredType = keyTypeOf(blob);
  const certified = isCertificate(blob);
  const label = signatureAlgorithm(offeredType, rsaAlgorithm);
  const self: SelfSigningKey & { isPrivateKey(): boolean; sign(): Error } = {
    type: certified ? certificateAlgorithm(offeredType, label) : label,
    getPublicSSH: () => blob,
    isPrivateKey: () => true,
    // Asked by ssh2 once `signAsync` has failed.
    sign: () => new Error('the key did not sign'),
    async signAsync(data) {
      try {
        return await signed(key, blob, data, label);
      } catch (thrown) {
        onFailure(toPosternError(thrown));
        throw thrown;
      }
    },
  };
  const base = loadSsh2().utils.parseKey(SOME_KEY);
  if (base instanceof Error) throw base;
  return Object.create(base, Object.fromEntries(Object.entries(self).map(([name, value]) => [name, { value: value as unknown }]))) as ParsedKey;
}

/** Of the signature: the name without the words that make it a certificate. */
function signatureAlgorithm(offeredType: string, rsaAlgorithm: RsaAlgorithm): string {
  const plain = offeredType.endsWith(CERTIFICATE_SUFFIX) ? offeredType.slice(0, -CERTIFICATE_SUFFIX.length) : offeredType;
  if (plain === 'ssh-rsa') return rsaAlgorithm;
  // A security key's own name ends in @openssh.com, which its certificate's name has behind the suffix.
  return plain.startsWith('sk-') && !plain.includes('@') ? `${plain}@openssh.com` : plain;
}

/** Of the request (PROTOCOL.certkeys): an RSA certificate names the hash too. */
function certificateAlgorithm(offeredType: string, label: string): string {
  return offeredType.startsWith('ssh-rsa') ? `${label}${CERTIFICATE_SUFFIX}` : offeredType;
}

async function signed(key: OfferedKey, blob: Buffer, data: Buffer, label: string): Promise<Buffer> {
  if ('sign' in key) {
    const signature = await key.sign(blob, data, label);
    // An old agent that does not know the flags of RFC 8332 answers with SHA-1, which no server takes today.
    const made = readWire(signature).text();
    if (made !== label) throw new PosternError({ code: 'agent.refused', message: say`The SSH agent signed for "${key.keyName}" with ${made} instead of ${label}.`, remedy: say`Update the agent, or use an ed25519 key.` });
    return signature;
  }
  const secret = await key.privateKey();
  try {
    const parsed = loadSsh2().utils.parseKey(secret.revealText());
    if (parsed instanceof Error) throw parsed;
    return Buffer.concat([wireBytes(label), wireBytes(bareSignature(label, data, parsed.getPrivatePEM()))]);
  } catch (cause) {
    throw unreadable(key.keyName, cause);
  } finally {
    secret.wipe();
  }
}

function bareSignature(label: string, data: Buffer, privateKey: string): Buffer {
  if (!label.startsWith('ecdsa-')) return sign(hashFor(label), data, privateKey);
  const both = sign(hashFor(label), data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  // Two numbers of one length (RFC 5656 section 3.1.2).
  return Buffer.concat([both.subarray(0, both.length / 2), both.subarray(both.length / 2)].map((number) => wireBytes(positive(number))));
}

/** RFC 4251 section 5: `mpint`, without its length. */
function positive(number: Buffer): Buffer {
  const start = number.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Buffer.alloc(0) : number.subarray(start);
  return (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits;
}

/** The hash of each signature algorithm (RFC 5656, RFC 8332); Ed25519 brings its own. */
function hashFor(algorithm: string): string | undefined {
  switch (algorithm) {
    case 'rsa-sha2-512':
    case 'ecdsa-sha2-nistp521':
      return 'sha512';
    case 'ecdsa-sha2-nistp384':
      return 'sha384';
    case 'ssh-ed25519':
      return undefined;
    default:
      return 'sha256';
  }
}

function unreadable(keyName: string, cause: unknown): PosternError {
  return new PosternError(
    { code: 'key.unreadable', message: say`The key "${keyName}" cannot be read.`, remedy: say`Remove it in Keys and import it again.` },
    { cause },
  );
}
