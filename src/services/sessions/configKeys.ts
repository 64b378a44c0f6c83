/**
 * Which keys are offered to a host that OpenSSH's configuration describes: its IdentityFiles, then those of the keychain unless
 * IdentitiesOnly forbids it.
 */
import { toPosternError } from '../../contract/error.ts';
import { MAX_KEYS_OFFERED } from '../ssh/auth.ts';
import { openIdentityFile } from '../ssh/identityFile.ts';
import type { OfferedKey } from '../ssh/signingKey.ts';
import type { SshConfig } from '../ssh/sshConfigResult.ts';
import type { Progress } from './liveSession.ts';

/**
 * What the configuration names comes first. Files it does not name but OpenSSH would try (`~/.ssh/id_ed25519`, …) follow; a file that
 * cannot be read is told in the step, and passed over.
 *
 * @param others the keys of the keychain
 */
export async function configKeys(config: SshConfig, others: () => Promise<readonly OfferedKey[]>, progress: Progress): Promise<readonly OfferedKey[]> {
  if (config.pubkeyAuthentication === 'no') return [];
  const fromFiles: OfferedKey[] = [];
  for (const { path } of config.identityFiles) {
    try {
      const key = await openIdentityFile(path, async (keyName, attempt) => (await progress.ask<'passphrase'>({ kind: 'passphrase', keyName, attempt })).passphrase);
      if (key !== undefined) fromFiles.push(key);
      else if (config.places.has('identityfile')) progress.step('authenticating', `${path} is not there`);
    } catch (thrown) {
      const error = toPosternError(thrown);
      if (error.code === 'cancelled') throw error;
      if (config.places.has('identityfile')) progress.step('authenticating', error.message);
    }
  }
  const named = config.places.has('identityfile');
  const rest = config.identitiesOnly ? [] : await others();
  // Without IdentityFile a key of the keychain is likelier meant than a file that lies there.
  const ordered = named ? [...fromFiles, ...rest] : [...rest, ...fromFiles];
  return ordered.slice(0, MAX_KEYS_OFFERED);
}
