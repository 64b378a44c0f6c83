/**
 * A private key file that a configuration names, as a key to offer: read when its turn comes, its passphrase asked for then.
 */
import { readFile } from 'node:fs/promises';
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { Secret } from '../base/secret.ts';
import { parsePrivateKey } from '../keys/parsePrivateKey.ts';
import type { OfferedKey } from './signingKey.ts';

/** How often the passphrase of a key is asked for. */
const MAX_PASSPHRASES = 3;

/** Asks for the passphrase of a key. Rejects when the person cancels. */
export type AskPassphrase = (keyName: string, attempt: number) => Promise<string>;

/** Key files that OpenSSH's configuration names. */
export interface ConfiguredKeys {
  readonly keys: readonly OfferedKey[];
  /** IdentitiesOnly. */
  readonly only: boolean;
}

/**
 * @returns undefined when there is no such file
 * @throws PosternError `key.unreadable`, `key.unsupported`
 */
export async function openIdentityFile(path: string, ask: AskPassphrase): Promise<OfferedKey | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  // Its public half stands beside it; where it does not, the private one tells it, or has to be opened first.
  const beside = publicKeyLine(await readText(`${path}.pub`));
  try {
    const material = await parsePrivateKey(text, undefined).catch(async (thrown: unknown) => {
      if (toPosternError(thrown).code !== 'key.passphrase-needed') throw thrown;
      return undefined;
    });
    material?.privateKey.wipe();
    const publicKey = material?.publicKey ?? beside ?? publicHalfOf(text);
    if (publicKey === undefined) throw new PosternError({ code: 'key.unreadable', message: say`${path} is encrypted and does not tell its public half.`, remedy: say`Write it beside: ssh-keygen -y -f ${path} > ${path}.pub` });
    return { keyName: path, publicKey, privateKey: () => unlock(path, ask) };
  } finally {
    text.wipe();
  }
}

/** The public half that stands in `FILE.pub`, or in the file itself where that is one: the agent may have the private one. */
export async function publicHalfBeside(path: string): Promise<string | undefined> {
  return publicKeyLine(await readText(`${path}.pub`)) ?? publicKeyLine(await readText(path));
}

async function unlock(path: string, ask: AskPassphrase): Promise<Secret> {
  const text = await readText(path);
  if (text === undefined) throw new PosternError({ code: 'key.not-found', message: say`${path} is not there any more.` });
  try {
    for (let attempt = 0; ; attempt += 1) {
      const passphrase = attempt === 0 ? undefined : Secret.fromText(await ask(path, attempt));
      try {
        return (await parsePrivateKey(text, passphrase)).privateKey;
      } catch (thrown) {
        const { code } = toPosternError(thrown);
        const again = code === 'key.passphrase-needed' || (code === 'key.passphrase-wrong' && attempt < MAX_PASSPHRASES);
        if (!again) throw thrown;
      } finally {
        passphrase?.wipe();
      }
    }
  } finally {
    text.wipe();
  }
}

async function readText(path: string): Promise<Secret | undefined> {
  try {
    return new Secret(await readFile(path));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new PosternError({ code: 'key.unreadable', message: say`${path} cannot be read (${String(code)}).`, remedy: say`Check that it is a file and that you may read it.` }, { cause });
  }
}

function publicKeyLine(text: Secret | undefined): string | undefined {
  const [line] = /^(?:ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]+/m.exec(text?.revealText() ?? '') ?? [];
  return line;
}

/** An encrypted OpenSSH key has its public half in clear (PROTOCOL.key of OpenSSH). */
function publicHalfOf(text: Secret): string | undefined {
  const [, base64 = ''] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text.revealText()) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  let offset = 'openssh-key-v1\0'.length;
  const field = (): Buffer => {
    const length = bytes.readUInt32BE(offset);
    offset += 4 + length;
    return bytes.subarray(offset - length, offset);
  };
  try {
    // The cipher, the key derivation and its options.
    for (let skipped = 0; skipped < 3; skipped += 1) field();
    // How many keys.
    offset += 4;
    const blob = field();
    return `${blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))} ${blob.toString('base64')}`;
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  } finally {
    bytes.fill(0);
  }
}
