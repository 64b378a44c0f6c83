/**
 * The hosts a configuration names, for the list of hosts: names without wildcards, with where they stand.
 */
import { readFile } from 'node:fs/promises';
import type { SshConfigFiles } from './sshConfig.ts';
import type { SshConfigPlace } from './sshConfigLine.ts';
import { SshConfigFault, toArguments, toKeywordLine } from './sshConfigLine.ts';
import { includedFiles, type ConfigFile } from './sshConfigPaths.ts';

export interface ListedHost extends SshConfigPlace {
  readonly name: string;
}

/** As deep as OpenSSH reads includes; a file that includes itself ends there too. */
const INCLUDE_DEPTH_MAX = 16;

/**
 * Every literal name of a Host line, once, in the order of the files; includes are followed whatever block they stand in.
 *
 * What cannot be read or understood is passed over: `resolveSshConfig` tells the errors.
 */
export async function listSshConfigHosts(options: {
  readonly configFiles: SshConfigFiles;
  readonly home: string;
  readonly localUser: string;
  readonly systemFolder?: string;
}): Promise<ListedHost[]> {
  const { configFiles, home, localUser, systemFolder = '/etc/ssh' } = options;
  const hosts = new Map<string, ListedHost>();
  const seen = new Set<string>();
  const read = async (file: ConfigFile, depth: number): Promise<void> => {
    if (depth > INCLUDE_DEPTH_MAX || seen.has(file.path)) return;
    seen.add(file.path);
    const text = await readFile(file.path, 'utf8').catch(() => '');
    for (const [index, line] of text.split('\n').entries()) {
      const found = readLine(line);
      if (found?.keyword === 'host') {
        for (const name of found.args) {
          if (isLiteral(name) && !hosts.has(name)) hosts.set(name, { name, file: file.path, line: index + 1 });
        }
      } else if (found?.keyword === 'include') {
        const included = await includedFiles({ home, localUser, systemFolder }, file, found.args).catch(ignoreFault);
        for (const path of included) await read({ ...file, path }, depth + 1);
      }
    }
  };
  if (configFiles.user !== undefined) await read({ path: configFiles.user, kind: 'user' }, 0);
  if (configFiles.system !== undefined) await read({ path: configFiles.system, kind: 'system' }, 0);
  return [...hosts.values()];
}

function readLine(line: string): { readonly keyword: string; readonly args: readonly string[] } | undefined {
  try {
    const found = toKeywordLine(line);
    return found && { keyword: found.keyword, args: toArguments(found.rest) };
  } catch (fault) {
    if (fault instanceof SshConfigFault) return undefined;
    throw fault;
  }
}

function ignoreFault(fault: unknown): string[] {
  if (fault instanceof SshConfigFault) return [];
  throw fault;
}

function isLiteral(name: string): boolean {
  return name !== '' && !/^!|[*?]/.test(name);
}
