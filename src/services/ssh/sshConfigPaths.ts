/** The files that a configuration names. Who only lists hosts needs no more of its language than this. */
import { say } from '../../contract/say.ts';
import { expandGlob } from './sshConfigGlob.ts';
import { SshConfigFault } from './sshConfigLine.ts';

export interface ConfigFile {
  readonly path: string;
  readonly kind: 'user' | 'system';
}

/** The files an Include line names, in the order they are read. */
export async function includedFiles(
  { home, localUser, systemFolder }: { readonly home: string; readonly localUser: string; readonly systemFolder: string },
  { kind }: ConfigFile,
  patterns: readonly string[],
): Promise<string[]> {
  const files: string[] = [];
  for (const pattern of patterns) {
    if (pattern === '') throw new SshConfigFault(say`a path of this Include line is empty`);
    if (pattern.startsWith('~') && kind === 'system') throw new SshConfigFault(say`a system file cannot include "${pattern}"`);
    const isAnchored = pattern.startsWith('/') || pattern.startsWith('~') || /^[A-Za-z]:[\\/]/.test(pattern);
    const anchored = isAnchored ? pattern : `${kind === 'user' ? '~/.ssh' : systemFolder}/${pattern}`;
    files.push(...(await expandGlob(expandTilde(anchored, { home, localUser }))));
  }
  return files;
}

/**
 * A path with its leading `~` replaced by the home folder.
 *
 * @throws SshConfigFault for the home of another user: the list of users is not read
 */
export function expandTilde(path: string, { home, localUser }: { readonly home: string; readonly localUser: string }): string {
  const [, user = '', slashes = '', rest = ''] = /^~([^/]*)(\/*)(.*)$/s.exec(path) ?? [];
  if (!path.startsWith('~')) return path;
  if (user !== '' && user !== localUser) throw new SshConfigFault(say`the home folder of the user ${user} in "${path}" is not known`);
  // OpenSSH puts a slash after the home folder even where nothing follows.
  return slashes === '' && rest === '' ? `${home.replace(/\/$/, '')}/` : `${home.replace(/\/$/, '')}/${rest}`;
}
