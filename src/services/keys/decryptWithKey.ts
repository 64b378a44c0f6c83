/**
 * Decrypts what was encrypted for a key pair of the keychain: the password data of a Windows instance.
 *
 * The padding is taken off here: OpenSSL answers a wrong key with random bytes (implicit rejection), which would be shown as a password,
 * and the BoringSSL of Electron refuses RSA_PKCS1_PADDING. Nobody can measure this from outside: the text comes from EC2, once.
 */
import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { loadSsh2 } from '../base/loadSsh2.ts';
import { Secret } from '../base/secret.ts';

/** RFC 8017 section 7.2.2: 00 02, at least eight octets that are not zero, 00, the message. */
const LEAST_PADDING_BYTES = 8;

/**
 * @param privateKey OpenSSH text without passphrase; wiped here
 * @throws PosternError `key.unsupported` for a key that is not RSA, `key.unreadable` when it is another key's
 */
export function decryptWithKey(privateKey: Secret, keyName: string, ciphertext: Uint8Array): Secret {
  try {
    const parsed = loadSsh2().utils.parseKey(privateKey.revealText());
    if (parsed instanceof Error) throw new PosternError({ code: 'key.unreadable', message: say`The private half of "${keyName}" cannot be read.`, remedy: say`Import the key again.` }, { cause: parsed });
    if (parsed.type !== 'ssh-rsa') throw new PosternError({ code: 'key.unsupported', message: say`"${keyName}" is no RSA key, and Windows passwords are encrypted for RSA keys only.`, remedy: say`Choose the RSA key pair the instance was launched with.` });
    const key = createPrivateKey(parsed.getPrivatePEM());
    const otherKey = (cause?: unknown): PosternError => new PosternError({ code: 'key.unreadable', message: say`The password was not encrypted for "${keyName}".`, remedy: say`Choose the key pair the instance was launched with.` }, { cause });
    let block: Buffer;
    try {
      block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, ciphertext);
    } catch (cause) {
      throw otherKey(cause);
    }
    const end = block.indexOf(0, 2);
    if (block[0] !== 0 || block[1] !== 2 || end < 2 + LEAST_PADDING_BYTES) throw otherKey();
    const message = new Secret(Uint8Array.from(block.subarray(end + 1)));
    block.fill(0);
    return message;
  } finally {
    privateKey.wipe();
  }
}
