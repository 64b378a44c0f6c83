/**
 * The hosts of ~/.ssh/config for the list, and what OpenSSH's files say about each. Read again whenever a file of the folder changes.
 */
import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PosternError } from '../../contract/error.ts';
import { say, sayAll } from '../../contract/say.ts';
import type { ConfigHost, ResolvedConfig } from '../../contract/sshConfig.ts';
import { configHostId } from '../../contract/sshConfig.ts';
import type { OpenSshHome } from '../base/platform.ts';
import { weakerThanOurs } from './configuredAlgorithms.ts';
import type { ResolveSshConfigOptions } from './sshConfig.ts';
import { resolveSshConfig } from './sshConfig.ts';
import { dumpSshConfig } from './sshConfigDump.ts';
import { listSshConfigHosts } from './sshConfigHosts.ts';
import type { SshConfig } from './sshConfigResult.ts';
import { unheededKeywords } from './unheededKeywords.ts';

/** Given beside the files; beats them. */
export type ConfigOverrides = Pick<ResolveSshConfigOptions, 'user' | 'port' | 'options' | 'exec'>;

export interface ConfigHosts {
  list(): Promise<readonly ConfigHost[]>;
  /** Whether a Host line names it without wildcards. */
  has(name: string): Promise<boolean>;
  /** @throws PosternError `input.invalid` for a name with characters OpenSSH refuses */
  resolve(name: string, overrides?: ConfigOverrides): Promise<SshConfig>;
  /** As `resolve`, with what a connection needs to be right: @throws PosternError `input.invalid` also when the files have errors for it */
  resolveToConnect(name: string, overrides: ConfigOverrides): Promise<SshConfig>;
  /** Read the files again and tell what changed. */
  refresh(): Promise<void>;
  close(): void;
}

export interface ConfigHostsOptions {
  readonly openSsh: OpenSshHome;
  readonly onChanged: (hosts: readonly ConfigHost[]) => void;
}

/** Editors write a file in several steps. */
const SETTLE_MS = 200;

export function createConfigHosts({ openSsh, onChanged }: ConfigHostsOptions): ConfigHosts {
  let listed: Promise<readonly ConfigHost[]> | undefined;
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;

  const read = async (): Promise<readonly ConfigHost[]> => (await listSshConfigHosts(openSsh)).map(({ name, file, line }) => ({ hostId: configHostId(name), name, file, line }));

  async function refresh(): Promise<void> {
    const before = await listed;
    listed = read();
    const now = await listed;
    if (before !== undefined && !isDeepStrictEqual(before, now)) onChanged(now);
  }

  /** Where the folder cannot be watched, the list is as fresh as the last refresh. */
  function startWatching(): void {
    if (watcher !== undefined || openSsh.configFiles.user === undefined) return;
    try {
      watcher = watch(dirname(openSsh.configFiles.user), { persistent: false }, () => {
        clearTimeout(timer);
        timer = setTimeout(() => void refresh(), SETTLE_MS).unref();
      });
      watcher.on('error', () => watcher?.close());
    } catch {
      // There is no ~/.ssh.
      watcher = undefined;
    }
  }

  const list = (): Promise<readonly ConfigHost[]> => {
    startWatching();
    return (listed ??= read());
  };
  const resolve: ConfigHosts['resolve'] = (name, overrides = {}) => resolveSshConfig({ ...openSsh, ...overrides, host: name });

  return {
    list,
    has: async (name) => (await list()).some((host) => host.name === name),
    resolve,
    async resolveToConnect(name, overrides) {
      const config = await resolve(name, overrides);
      const [first] = config.errors;
      if (first === undefined) return config;
      throw new PosternError({
        code: 'input.invalid',
        message: say`The OpenSSH configuration cannot be used for ${name}: ${sayAll(config.errors.map(({ message, file, line }) => say`${message} (${line === 0 ? file : say`${file} line ${line}`})`), '; ')}.`,
        remedy: say`Correct it; ssh itself would not connect either.`,
      });
    },
    refresh,
    close() {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}

/** For a person to see: what a file sets first, then the defaults, each by its keyword. */
export function toResolvedConfig(config: SshConfig): ResolvedConfig {
  const values = [...dumpSshConfig(config)].flatMap(([keyword, lines]) => lines.map((value) => ({ keyword, value, ...config.places.get(keyword) })));
  return {
    host: config.originalHost,
    hostName: config.hostName,
    user: config.user,
    port: config.port,
    values: [...values.filter(({ keyword }) => config.places.has(keyword)), ...values.filter(({ keyword }) => !config.places.has(keyword))],
    unsupported: unheededKeywords(config),
    errors: [...config.errors],
    commandsNotRun: [...config.refusedCommands],
    weakAlgorithms: weakerThanOurs(config),
  };
}
