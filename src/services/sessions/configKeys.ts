/**
 * Which keys are offered to a host that OpenSSH's configuration describes: its IdentityFiles, then those of the keychain and the
 * agent unless IdentitiesOnly forbids them.
 */
import { readFile } from 'node:fs/promises';
import { toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { MAX_KEYS_OFFERED } from '../ssh/auth.ts';
import { openIdentityFile, publicHalfBeside } from '../ssh/identityFile.ts';
import { certifiedKeyBlob } from '../ssh/userCertificate.ts';
import type { OfferedKey } from '../ssh/signingKey.ts';
import type { SshConfig } from '../ssh/sshConfigResult.ts';
import type { KeptPassphrases } from '../keys/keptPassphrases.ts';
import { askPassphrase } from './askPassphrase.ts';
import type { Progress } from './progress.ts';

/**
 * What the configuration names comes first. Files it does not name but OpenSSH would try (`~/.ssh/id_ed25519`, …) follow. A key that the
 * keychain or the agent has, too, is taken from there, for that asks for no passphrase; a file that cannot be used is told in the step.
 *
 * @param held the keys of the keychain and the agent
 */
export async function configKeys(config: SshConfig, held: () => Promise<readonly OfferedKey[]>, progress: Progress, passphrases?: KeptPassphrases): Promise<readonly OfferedKey[]> {
  if (config.pubkeyAuthentication === 'no') return [];
  const others = await held();
  const heldLike = (publicKey: string): OfferedKey | undefined => others.find((key) => blobOf(key.publicKey) === blobOf(publicKey));
  const named = config.places.has('identityfile');
  const fromFiles: OfferedKey[] = [];
  const certificates = await readCertificates(config);
  const ask = askPassphrase(passphrases, progress);
  for (const { path } of config.identityFiles) {
    try {
      const beside = await publicHalfBeside(path);
      const key = (beside === undefined ? undefined : heldLike(beside)) ?? (await openIdentityFile(path, ask));
      if (key !== undefined) fromFiles.push(certified(heldLike(key.publicKey) ?? key, certificates));
      else if (named) progress.step('authenticating', say`${path} is not there`);
    } catch (thrown) {
      const error = toPosternError(thrown);
      if (error.code === 'cancelled') throw error;
      if (named) progress.step('authenticating', say`${path}: ${error.message}`);
    }
  }
  const rest = config.identitiesOnly ? [] : others.filter((key) => !fromFiles.includes(key));
  // Without IdentityFile a key of the keychain is likelier meant than a file that lies there.
  const ordered = named ? [...fromFiles, ...rest] : [...rest, ...fromFiles];
  return ordered.slice(0, MAX_KEYS_OFFERED);
}

function blobOf(publicKey: string): string | undefined {
  return publicKey.split(' ')[1];
}

/** Those of CertificateFile, and those that stand beside an IdentityFile, as ssh finds them: lines by the key they certify. */
async function readCertificates({ certificateFiles, identityFiles }: SshConfig): Promise<ReadonlyMap<string, string>> {
  const paths = [...certificateFiles, ...identityFiles.map(({ path }) => ({ path: `${path}-cert.pub` }))].map(({ path }) => path);
  const found = new Map<string, string>();
  for (const path of paths.toReversed()) {
    // Most keys have none.
    const line = (await readFile(path, 'utf8').catch(() => '')).trim();
    const key = certifiedKeyBlob(line);
    if (key !== undefined) found.set(key, line);
  }
  return found;
}

function certified(key: OfferedKey, certificates: ReadonlyMap<string, string>): OfferedKey {
  const certificate = certificates.get(blobOf(key.publicKey) ?? '');
  return certificate === undefined ? key : { ...key, certificate };
}
