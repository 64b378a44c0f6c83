/** What OpenSSH's configuration says for a connection whose way, user and host key somebody else decides: an instance that it names. */
import type { SshConnection, SshConnectionOptions } from './connection.ts';
import { configuredAlgorithms } from './configuredAlgorithms.ts';
import type { ConfiguredKeys } from './identityFile.ts';
import type { SshConfig } from './sshConfigResult.ts';

export interface ConfiguredConnection {
  /** Absent: the configuration names none. */
  readonly keys?: ConfiguredKeys;
  readonly options: Pick<SshConnectionOptions, 'chooseAlgorithms' | 'keepAliveIntervalMs'>;
  /** Sent with shells. */
  readonly env: Readonly<Record<string, string>>;
  /** It has forwards: by SSH only, over a connection of its own. */
  readonly onConnection?: (connection: SshConnection) => Promise<void>;
}

/** A timer cannot wait longer; ServerAliveInterval 0 means never. */
const NEVER_MS = 2 ** 31 - 1;

export function configuredOptions(config: SshConfig): ConfiguredConnection['options'] {
  const { places, serverAliveIntervalSeconds } = config;
  return {
    chooseAlgorithms: (offer) => configuredAlgorithms(config, offer),
    ...(places.has('serveraliveinterval') ? { keepAliveIntervalMs: serverAliveIntervalSeconds === 0 ? NEVER_MS : serverAliveIntervalSeconds * 1000 } : {}),
  };
}

/** Whether the configuration sets an algorithm list: else the person's own settings for the host stand. */
export function setsAlgorithms({ places }: Pick<SshConfig, 'places'>): boolean {
  return ['ciphers', 'kexalgorithms', 'macs', 'hostkeyalgorithms'].some((keyword) => places.has(keyword));
}
