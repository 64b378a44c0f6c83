/** What only a program in the same process may use: the command line. None of it crosses a link. */
import type { Duplex, Readable } from 'node:stream';
import { PosternError } from '../contract/error.ts';
import type { Instance } from '../contract/instance.ts';
import type { RoutePlan } from '../contract/route.ts';
import { say } from '../contract/say.ts';
import type { Profile } from '../contract/scope.ts';
import type { TerminalSession } from '../contract/session.ts';
import type { AccountServices } from './accounts.ts';
import type { Inventory } from './aws/inventory.ts';
import type { ConfigHostServices } from './configHostServices.ts';
import type { EcsTargets } from './ecsTargets.ts';
import type { HistoryServices } from './keptHistory.ts';
import type { KeyPairs } from './keys/keyPairs.ts';
import { lendKey } from './localKeys.ts';
import type { TransportKind } from './routes/transports.ts';
import type { ScopeChoice } from './scopeChoice.ts';
import type { ConnectRequest } from './sessions/connectRequest.ts';
import { openPort } from './sessions/openPort.ts';
import type { OpenTransportOptions } from './sessions/openTransport.ts';
import type { Progress } from './sessions/progress.ts';
import type { Sessions } from './sessions/sessions.ts';

export interface LocalApi {
  /**
   * List these profiles and regions in this process, without keeping the choice. Where one of the two is empty, the
   * profiles' own regions, or every profile, are meant.
   *
   * @throws PosternError `aws.profile-not-found`, `aws.no-region`, `aws.no-profile`
   */
  select(profiles: readonly string[], regions: readonly string[]): Promise<void>;
  /**
   * Every instance of the chosen scopes, once all scopes have answered or failed.
   *
   * @throws PosternError `aws.no-profile`, `aws.no-region` when there is no scope to ask
   */
  allInstances(): Promise<Instance[]>;
  /**
   * A container of ECS by its Session Manager target, `ecs:CLUSTER_TASK_RUNTIME`, in the only chosen profile and region.
   *
   * @throws PosternError `input.invalid`
   */
  ecsTarget(target: string): Promise<Instance>;
  /** As `sessions.open`, and with a command to run instead of a shell. */
  open(request: ConnectRequest): TerminalSession;
  readonly configHosts: Pick<ConfigHostServices, 'list' | 'resolve' | 'openPort'>;
  session(sessionId: string): TerminalSession | undefined;
  /** A command's stderr, where it is kept apart. */
  stderr(sessionId: string): Readable | undefined;
  /** Ends a session; it can still be looked up. */
  cancel(sessionId: string): void;
  /** The id of the keychain key of that name; absent when there is none. */
  keyNamed(keyName: string): Promise<string | undefined>;
  /**
   * Take a key for this process only, kept in memory.
   *
   * @returns its id
   * @throws PosternError `key.unreadable`, `key.unsupported`, `key.passphrase-needed`, `key.passphrase-wrong`
   */
  lendKey(keyName: string, privateKey: string, passphrase: string | undefined): Promise<string>;
  /** Bytes to a port of an instance, by the kind of route wanted, or the best one that can carry them; `progress` is asked by bastions. */
  openTransport(instanceId: string, port: number, via: TransportKind | 'jump' | undefined, progress: Progress, signal: AbortSignal): Promise<Duplex>;
}

export interface LocalApiOptions {
  readonly scopes: Pick<ScopeChoice, 'chosen' | 'profiles' | 'selectNamed'>;
  readonly inventory: Pick<Inventory, 'statuses' | 'settled' | 'instances'>;
  readonly accounts: Pick<AccountServices, 'settled'>;
  readonly ecsTargets: EcsTargets;
  readonly configHosts: LocalApi['configHosts'];
  readonly sessions: Pick<Sessions, 'open' | 'list' | 'stderr' | 'cancel'>;
  readonly keys: Pick<KeyPairs, 'addLentKeys' | 'list'>;
  readonly history: Pick<HistoryServices, 'watchTransport'>;
  /** @throws PosternError `instance.not-found` */
  readonly instanceOf: (instanceId: string) => Instance;
  readonly plan: (instance: Instance, port: number) => readonly RoutePlan[];
  readonly transport: OpenTransportOptions;
}

export function createLocalApi({ scopes, inventory, accounts, ecsTargets, configHosts, sessions, keys, history, instanceOf, plan, transport }: LocalApiOptions): LocalApi {
  return {
    select: (profiles, regions) => scopes.selectNamed(profiles, regions),
    async allInstances() {
      await scopes.chosen();
      if (inventory.statuses().length === 0) throw nothingToList(await scopes.profiles());
      await accounts.settled(() => inventory.settled());
      return inventory.instances();
    },
    ecsTarget: (target) => ecsTargets.name(target),
    open: (request) => sessions.open(request),
    configHosts,
    session: (sessionId) => sessions.list().find((session) => session.sessionId === sessionId),
    stderr: (sessionId) => sessions.stderr(sessionId),
    cancel: (sessionId) => sessions.cancel(sessionId),
    keyNamed: async (keyName) => (await keys.list()).find((key) => key.keyName === keyName || key.fingerprint === keyName)?.keyPairId,
    lendKey: (keyName, privateKey, passphrase) => lendKey(keys, keyName, privateKey, passphrase),
    async openTransport(instanceId, port, via, progress, signal) {
      const instance = instanceOf(instanceId);
      return history.watchTransport(instance, port, () => openPort(transport, instance, port, plan(instance, port), via, progress, signal));
    },
  };
}

function nothingToList(profiles: readonly Profile[]): PosternError {
  const [first] = profiles;
  return first === undefined
    ? new PosternError({ code: 'aws.no-profile', message: say`No AWS profile was found in ~/.aws/config and ~/.aws/credentials.`, remedy: say`Add one with "aws configure", or try the built-in demo cloud with --demo.` })
    : new PosternError({ code: 'aws.no-region', message: say`No profile names a region ("${first.profile}" and others).`, remedy: say`Give one with --region, or add "region = ..." to a profile in ~/.aws/config.` });
}
