/** Takes a private key for this process only: `postern ssh -i FILE`. */
import { Secret } from './base/secret.ts';
import type { KeyPairs } from './keys/keyPairs.ts';
import { parsePrivateKey } from './keys/parsePrivateKey.ts';

/**
 * @returns the id of the key in the list
 * @throws PosternError `key.unreadable`, `key.unsupported`, `key.passphrase-needed`, `key.passphrase-wrong`
 */
export async function lendKey(keys: Pick<KeyPairs, 'addLentKeys' | 'list'>, keyName: string, privateKey: string, passphrase: string | undefined): Promise<string> {
  const text = Secret.fromText(privateKey);
  const material = await parsePrivateKey(text, passphrase === undefined ? undefined : Secret.fromText(passphrase)).finally(() => text.wipe());
  keys.addLentKeys([{ keyName, privateKey: material.privateKey }]);
  const added = (await keys.list()).find((key) => key.fingerprint === material.fingerprint);
  if (added === undefined) throw new Error('a key that was lent is not in the list');
  return added.keyPairId;
}
