/**
 * How one connect proves who it is to a host, and to the bastions before it: which keys are offered in which order, and what
 * the person is asked.
 */
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import type { KeyPair, SecretStoreStatus } from '../../contract/key.ts';
import { say } from '../../contract/say.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { Secret } from '../base/secret.ts';
import type { AuthMethods } from '../ssh/auth.ts';
import { MAX_KEYS_OFFERED } from '../ssh/auth.ts';
import type { HostKeyCheck } from '../ssh/hostKeyCheck.ts';
import { createHostKeyCheck } from '../ssh/hostKeyCheck.ts';
import type { FirstContact } from '../ssh/firstContact.ts';
import type { HostKeys } from '../ssh/hostKeys.ts';
import type { ConfiguredKeys } from '../ssh/identityFile.ts';
import type { OneTimeKey } from '../ssh/oneTimeKey.ts';
import { createOneTimeKey } from '../ssh/oneTimeKey.ts';
import type { ForeignKey, OfferedKey } from '../ssh/signingKey.ts';
import { createTriedKeys } from '../ssh/triedKeys.ts';
import type { Progress } from './progress.ts';

export interface SignInOptions {
  readonly hostKeys: HostKeys;
  /** Who can vouch for the key of a host that is seen for the first time. Absent: nobody. */
  readonly firstContact?: (instance: Instance, signal: AbortSignal) => Promise<FirstContact>;
  /** What the person set for a host. */
  readonly hostSettings: (instance: Instance) => Promise<HostSettings>;
  readonly keys: {
    list(): Promise<readonly KeyPair[]>;
    /** @throws PosternError `keychain.*`, `key.not-found` */
    privateKey(keyPairId: string): Promise<Secret>;
    /** A key of an agent, by its id in the list. Absent: there are no agents. */
    agentKey?(keyPairId: string, signal: AbortSignal): Promise<ForeignKey | undefined>;
  };
  readonly secrets: {
    status(): Promise<SecretStoreStatus>;
    /** @throws PosternError `secrets.passphrase-wrong` */
    useFile(passphrase: string): Promise<void>;
  };
  /**
   * EC2 Instance Connect: lets the user sign in with a public key for a minute.
   *
   * @throws PosternError `eic.*`, `aws.*`, `instance.*`, `cancelled`
   */
  readonly lendPublicKey: (instance: Instance, osUser: string, publicKey: string, signal: AbortSignal) => Promise<void>;
}

/** What the settings say of one host. */
export interface HostSettings {
  readonly osUser: string;
  /** Algorithms that are no longer safe may be used. */
  readonly allowWeakAlgorithms: boolean;
}

/** Who signs in where. */
export interface HostToEnter {
  readonly instance: Instance;
  readonly osUser: string;
  /** The only key to offer. */
  readonly keyPairId?: string | undefined;
  /** What OpenSSH's configuration names for it; offered first, or alone. */
  readonly configuredKeys?: ConfiguredKeys | undefined;
  /** Set for a bastion on the way: questions name it. */
  readonly bastion?: string;
}

export interface SignIn {
  readonly hostKey: (address: string) => HostKeyCheck;
  readonly authentication: AuthMethods;
  /** Wipes what was made for it. */
  end(): void;
}

/** How often the passphrase of the key file is asked for. */
const MAX_PASSPHRASES = 3;
const NEVER = new AbortController().signal;

/** Everything that can be asked before a connection stands is asked here: a question left open must not hold one open. */
export async function prepareSignIn(options: SignInOptions, host: HostToEnter, progress: Progress, signal: AbortSignal): Promise<SignIn> {
  const { instance, bastion } = host;
  const hostKey = await hostKeyCheckFor(options, instance, bastion, progress, signal);
  const oneTimeKey = host.keyPairId === undefined && host.configuredKeys?.only !== true && !isWindows(instance) && instance.managedNode === undefined ? await lentByInstanceConnect(options, host, progress, signal) : undefined;
  const { keys: configured, only } = host.configuredKeys ?? { keys: [], only: false };
  const keys = [...configured, ...(only ? [] : await keysToOffer(options, host, oneTimeKey, progress, signal))];
  return {
    hostKey,
    authentication: {
      keys,
      tried: createTriedKeys(),
      ask: async (prompts) => (await progress.ask<'keyboard-interactive'>({ kind: 'keyboard-interactive', ...prompts, ...(bastion === undefined ? {} : { bastion }) })).responses,
    },
    end: () => oneTimeKey?.discard(),
  };
}

/** The check of an instance's host key, which begins to read what vouches for it. */
export async function hostKeyCheckFor(
  options: Pick<SignInOptions, 'hostKeys' | 'firstContact'>,
  instance: Instance,
  bastion: string | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<(address: string) => HostKeyCheck> {
  const { instanceId, scope } = instance;
  const place = { scopeKey: scopeKey(scope), instanceId };
  const firstContact = (await options.hostKeys.known(place)).length > 0 ? undefined : await options.firstContact?.(instance, signal);
  return (address) =>
    createHostKeyCheck({
      hostKeys: options.hostKeys,
      ...place,
      accountId: scope.accountId,
      ...(firstContact === undefined ? {} : { firstContact }),
      confirmedBy: 'person',
      async confirm({ unproven, ...shown }) {
        const evidence = unproven === undefined ? {} : { unprovenBecause: [...unproven.because], canAskHost: unproven.canAskHost };
        const { accept, askHost } = await progress.ask<'host-key'>({ kind: 'host-key', instanceId, address, ...shown, ...evidence });
        if (askHost !== true) return accept;
        progress.step('checking-host-key', say`reading the host keys of ${instanceId} through Session Manager`);
        return 'ask-host';
      },
      onProven: (by, fingerprint) => progress.step('checking-host-key', say`${fingerprint} is ${bastion ?? instance.name ?? instanceId}: ${by === 'console-output' ? say`its console output says so` : say`the host says so through Session Manager`}`),
    });
}

/** Every key of the keychain and of the agents, for a host whose configuration decides what goes before them. */
export async function keychainKeys(options: Pick<SignInOptions, 'keys' | 'secrets'>, progress: Progress, signal: AbortSignal = NEVER): Promise<OfferedKey[]> {
  return (await options.keys.list()).map((key) => offer(options, key, progress, signal));
}

/** A refused push takes away this key only, and says why in the step. */
function lentByInstanceConnect({ lendPublicKey }: SignInOptions, { instance, osUser, bastion }: HostToEnter, progress: Progress, signal: AbortSignal): Promise<OneTimeKey> {
  const where = bastion === undefined ? '' : `${bastion}: `;
  return createOneTimeKey({
    keyName: 'EC2 Instance Connect',
    whenRefused: say`For EC2 Instance Connect the host needs the package ec2-instance-connect, which Amazon Linux and Ubuntu bring along.`,
    async lend(publicKey) {
      progress.step('authenticating', say`${where}${osUser} gets a one-time key (EC2 Instance Connect)`);
      try {
        await lendPublicKey(instance, osUser, publicKey, signal);
      } catch (thrown) {
        const error = toPosternError(thrown);
        if (error.code !== 'cancelled') progress.failed(say`${where}${error.message}`);
        throw error;
      }
    },
  });
}

/**
 * The key asked for; else those that are the instance's EC2 key pair, then the one-time key. Where none is, the one-time key
 * goes before the others. Never more than a server puts up with.
 */
async function keysToOffer(options: SignInOptions, { instance, osUser, keyPairId, bastion }: HostToEnter, oneTimeKey: OneTimeKey | undefined, progress: Progress, signal: AbortSignal): Promise<OfferedKey[]> {
  const all = await options.keys.list();
  if (keyPairId !== undefined) {
    const chosen = all.find((key) => key.keyPairId === keyPairId);
    if (chosen === undefined) throw new PosternError({ code: 'key.not-found', message: say`The chosen key is not there any more.`, remedy: say`Choose another one.` });
    return [offer(options, chosen, progress, signal)];
  }
  const place = scopeKey(instance.scope);
  const isInstances = (key: KeyPair): boolean => key.ec2KeyPairs.some((pair) => pair.keyName === instance.keyName && pair.scopeKey === place);
  const toOffered = (key: KeyPair): OfferedKey => offer(options, key, progress, signal);
  const matching = all.filter(isInstances);
  const others = all.filter((key) => !isInstances(key));
  const extra = oneTimeKey === undefined ? [] : [oneTimeKey];
  const room = MAX_KEYS_OFFERED - extra.length;
  if (matching.length > 0) {
    const first = matching.slice(0, room);
    return [...first.map(toOffered), ...extra, ...others.slice(0, room - first.length).map(toOffered)];
  }
  if (others.length <= room) return [...extra, ...others.map(toOffered)];
  if (oneTimeKey !== undefined) return [oneTimeKey];
  const { keyPairId: picked } = await progress.ask<'choose-key'>({
    kind: 'choose-key',
    osUser,
    ...(instance.keyName === undefined ? {} : { keyName: instance.keyName }),
    keyPairIds: others.map((key) => key.keyPairId),
    ...(bastion === undefined ? {} : { bastion }),
  });
  return others.filter((key) => key.keyPairId === picked).map(toOffered);
}

function offer(options: Pick<SignInOptions, 'keys' | 'secrets'>, key: KeyPair, progress: Progress, signal: AbortSignal): OfferedKey {
  const { keyName, publicKey } = key;
  if (key.origin === 'agent') {
    return {
      keyName,
      publicKey,
      async sign(blob, data, algorithm) {
        progress.step('authenticating', say`the SSH agent signs with "${keyName}": it may wait for you`);
        const inAgent = await options.keys.agentKey?.(key.keyPairId, signal);
        if (inAgent === undefined) throw new PosternError({ code: 'agent.refused', message: say`No SSH agent has the key "${keyName}" any more.`, remedy: say`Add it with ssh-add, or choose another key.` });
        return inAgent.sign(blob, data, algorithm);
      },
    };
  }
  return {
    keyName,
    publicKey,
    privateKey: async () => {
      if (key.origin !== 'lent') await unlockKeyFile(options, progress);
      return options.keys.privateKey(key.keyPairId);
    },
  };
}

/** Where keys live in our passphrase-encrypted file and it is still closed, asks for its passphrase. */
async function unlockKeyFile({ secrets }: Pick<SignInOptions, 'secrets'>, progress: Progress): Promise<void> {
  const status = await secrets.status();
  if (status.state === 'ready' || !status.fileExists) return;
  for (let attempt = 1; ; attempt += 1) {
    const { passphrase } = await progress.ask<'passphrase'>({ kind: 'passphrase', keyName: say`the key file`, attempt });
    try {
      await secrets.useFile(passphrase);
      return;
    } catch (thrown) {
      const again = thrown instanceof PosternError && thrown.code === 'secrets.passphrase-wrong' && attempt < MAX_PASSPHRASES;
      if (!again) throw thrown;
    }
  }
}
