/**
 * A key offered to a server: its public half now, its private half only when the server has accepted the public one.
 */
import { sign } from 'node:crypto';
import type { ParsedKey } from 'ssh2';
import { PosternError } from '../../contract/error.ts';
import type { Secret } from '../base/secret.ts';
import { loadSsh2 } from '../keys/loadSsh2.ts';

export interface OfferedKey {
  /** Named in errors and steps. */
  readonly keyName: string;
  /** One authorized_keys line. */
  readonly publicKey: string;
  /** What to look at when the host does not take it, as a sentence for the remedy. */
  readonly whenRefused?: string;
  /** OpenSSH text without passphrase, a copy that is wiped after use. Called when the key's turn comes. */
  privateKey(): Promise<Secret>;
}

/** SHA-2 signature algorithms for RSA keys (RFC 8332). `ssh-rsa` itself means SHA-1 and is never used. */
export type RsaAlgorithm = 'rsa-sha2-512' | 'rsa-sha2-256';

/**
 * What ssh2 signs with.
 *
 * ssh2 reads the name of the signature algorithm from `type`, and would fall back to SHA-1 where a server sends no
 * `server-sig-algs`; an RSA key that calls itself `rsa-sha2-…` is used as exactly that. The private text is revealed inside
 * `sign`, which ssh2 calls once the server has accepted the public key, and is wiped there.
 *
 * @throws PosternError `key.unreadable` when the public key cannot be read
 */
export function toSigningKey(key: OfferedKey, privateKey: Secret, rsaAlgorithm: RsaAlgorithm, onUnreadable: (error: PosternError) => void): ParsedKey {
  const publicKey = loadSsh2().utils.parseKey(key.publicKey);
  if (publicKey instanceof Error) throw unreadable(key.keyName, publicKey);
  const isRsa = publicKey.type === 'ssh-rsa';
  return Object.create(publicKey, {
    type: { value: isRsa ? rsaAlgorithm : publicKey.type },
    isPrivateKey: { value: () => true },
    sign: {
      value: (data: Buffer): Buffer | Error => {
        try {
          const parsed = loadSsh2().utils.parseKey(privateKey.revealText());
          if (parsed instanceof Error) throw parsed;
          return sign(hashFor(isRsa ? rsaAlgorithm : publicKey.type), data, parsed.getPrivatePEM());
        } catch (cause) {
          onUnreadable(unreadable(key.keyName, cause));
          // Not the same error: ssh2 writes into the one it gets.
          return new Error('unreadable key');
        } finally {
          privateKey.wipe();
        }
      },
    },
  }) as ParsedKey;
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
    { code: 'key.unreadable', message: `The key "${keyName}" cannot be read.`, remedy: 'Remove it in Keys and import it again.' },
    { cause },
  );
}
