/** The services for hosts of OpenSSH's configuration, wired: the list, the way to them, and the connect that knows them beside instances. */
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { PosternError } from '../contract/error.ts';
import type { Instance } from '../contract/instance.ts';
import { say } from '../contract/say.ts';
import type { Notice } from '../contract/settings.ts';
import type { ConfigHost, ResolvedConfig } from '../contract/sshConfig.ts';
import { configHostName } from '../contract/sshConfig.ts';
import { networkDialer } from './base/dialer.ts';
import type { OpenSshHome, Platform } from './base/platform.ts';
import { openStore } from './base/store.ts';
import type { Forwards } from './forwards/forwards.ts';
import type { KeptPassphrases } from './keys/keptPassphrases.ts';
import type { LendAgent } from './sessions/agentLending.ts';
import { createConfigHostConnect, openConfigHost, overridesOf } from './sessions/configHostConnect.ts';
import { configKeys } from './sessions/configKeys.ts';
import { createConfigWay } from './sessions/configWay.ts';
import { openConnectionForwards } from './connectionForwards.ts';
import { namesOfInstance } from './sessions/instanceConfig.ts';
import type { ConnectRequest } from './sessions/connectRequest.ts';
import type { Connect, Progress } from './sessions/progress.ts';
import type { SignInOptions } from './sessions/signIn.ts';
import { keychainKeys } from './sessions/signIn.ts';
import { ALLOWED_COMMAND_DOCUMENT_VERSION, AllowedCommandDocument, createAllowedCommands } from './ssh/allowedCommands.ts';
import { withConfiguredAgent } from './ssh/configuredAgent.ts';
import type { ConfigOverrides } from './ssh/configHosts.ts';
import { createConfigHosts, toResolvedConfig } from './ssh/configHosts.ts';
import type { SharedConnections } from './ssh/sharedConnections.ts';
import type { SshConfig } from './ssh/sshConfigResult.ts';

export interface ConfigHostServicesOptions {
  readonly platform: Pick<Platform, 'openSsh' | 'dataDir' | 'clock' | 'log'>;
  readonly signIn: Pick<SignInOptions, 'hostKeys' | 'keys' | 'secrets' | 'firstContact'>;
  /** Absent: there is no agent to lend. */
  readonly lentAgent?: LendAgent;
  /** Absent: passphrases of key files are asked for each time. */
  readonly passphrases?: KeptPassphrases;
  readonly connections: SharedConnections;
  readonly sharesConnections: () => Promise<boolean>;
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (instanceId: string) => Instance;
  /** Instances of the demo cloud are no hosts of the person's configuration. */
  readonly isDemo: (instance: Instance) => Promise<boolean>;
  readonly onNotice: (notice: Notice) => void;
  readonly onChanged: (hosts: ConfigHost[]) => void;
}

export interface ConfigHostServices {
  readonly list: () => Promise<ConfigHost[]>;
  readonly refresh: () => Promise<void>;
  /** Undefined for an instance that the configuration does not name. */
  readonly resolved: (hostId: string) => Promise<ResolvedConfig | undefined>;
  /** As `ssh -G` resolves it, with options of the command line. @throws PosternError `input.invalid` */
  readonly resolve: (name: string, overrides: ConfigOverrides) => Promise<SshConfig>;
  /** A connect that knows hosts of both kinds. */
  readonly connectWith: (connect: Connect, forwards: () => Forwards) => Connect;
  /** Bytes to a config host's port; its ProxyCommand is not run. */
  readonly openPort: (name: string, port: number | undefined, request: Pick<ConnectRequest, 'osUser' | 'openSsh'>, progress: Progress, signal: AbortSignal) => Promise<Duplex>;
  readonly close: () => void;
}

const nowhere: OpenSshHome = { home: '/', localUser: 'nobody', localHostName: 'localhost', environment: {}, configFiles: {} };

export function createConfigHostServices({ platform, signIn, lentAgent, passphrases, connections, sharesConnections, instanceOf, isDemo, onNotice, onChanged }: ConfigHostServicesOptions): ConfigHostServices {
  const { openSsh = nowhere, dataDir, clock } = platform;
  const configHosts = createConfigHosts({ openSsh, onChanged: (hosts) => onChanged([...hosts]) });
  const allowedCommands = createAllowedCommands(openStore({ path: join(dataDir, 'allowedCommands.json'), version: ALLOWED_COMMAND_DOCUMENT_VERSION, schema: AllowedCommandDocument, clock, onNotice }));
  const way = createConfigWay({
    configHosts,
    openSsh,
    hostKeys: signIn.hostKeys,
    allowedCommands,
    dialer: networkDialer,
    clock,
    keysFor: (config, progress, _bastion, signal) => configKeys(config, () => keychainKeys({ ...signIn, keys: withConfiguredAgent(signIn.keys, config, openSsh.environment) }, progress, signal), progress, passphrases),
  });

  /** The name under which the configuration has an instance. */
  async function nameOf(instance: Instance): Promise<string | undefined> {
    if (await isDemo(instance)) return undefined;
    for (const name of namesOfInstance(instance)) if (await configHosts.has(name)) return name;
    return undefined;
  }

  return {
    list: async () => [...(await configHosts.list())],
    refresh: () => configHosts.refresh(),
    async resolved(hostId) {
      const name = configHostName(hostId) ?? (await nameOf(instanceOf(hostId)));
      return name === undefined ? undefined : toResolvedConfig(await configHosts.resolve(name));
    },
    resolve: (name, overrides) => configHosts.resolve(name, overrides),
    connectWith: (connect, forwards) =>
      createConfigHostConnect({
        way,
        connect,
        nameOf,
        signIn,
        ...(lentAgent === undefined ? {} : { lentAgent }),
        namedKeys: (config, progress, signal) => configKeys({ ...config, identitiesOnly: true }, () => keychainKeys({ ...signIn, keys: withConfiguredAgent(signIn.keys, config, openSsh.environment) }, progress, signal), progress, passphrases),
        connections,
        sharesConnections,
        environment: openSsh.environment,
        openForwards: (hostId, config, connection, progress, signal) => openConnectionForwards(forwards(), hostId, config, connection, progress, signal),
      }),
    async openPort(name, port, request, progress, signal) {
      if (!(await configHosts.has(name))) throw new PosternError({ code: 'instance.not-found', message: say`~/.ssh/config names no host ${name}.` });
      const overrides = overridesOf(request);
      // This is what a ProxyCommand calls: following one would call itself.
      return openConfigHost(way, name, port, { ...overrides, options: ['ProxyCommand=none', ...(overrides.options ?? [])] }, progress, signal);
    },
    close: () => configHosts.close(),
  };
}
