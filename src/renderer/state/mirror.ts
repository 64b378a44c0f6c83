/**
 * What the window knows of the services: every list, kept up to date by events that carry whole new values. Pure.
 */
import type { AccountPrompt, Accounts } from '../../contract/account.ts';
import type { ActionRun } from '../../contract/action.ts';
import type { ContractEvent } from '../../contract/contract.ts';
import type { Forward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';
import type { HostKey, KeyPair, SecretStoreStatus } from '../../contract/key.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { scopeKey, type Profile, type ScopeStatus } from '../../contract/scope.ts';
import type { TerminalSession } from '../../contract/session.ts';
import type { AppInfo, Notice, Settings } from '../../contract/settings.ts';
import { checkChanges, defaultSettings, type SettingsChange } from '../../contract/settingsChange.ts';
import type { ConfigHost } from '../../contract/sshConfig.ts';

export interface Mirror {
  /** Whether each list was answered once; until then emptiness means nothing. */
  readonly loaded: boolean;
  readonly info: AppInfo | undefined;
  /** With the changes of this window that are on their way. */
  readonly settings: Settings;
  /** As the services told them last. */
  readonly toldSettings: Settings;
  /** Changes of this window that the services have not taken yet: an older echo must not undo them. */
  readonly pendingSettings: readonly (readonly SettingsChange[])[];
  readonly notices: readonly Notice[];
  readonly profiles: readonly Profile[];
  readonly scopes: readonly ScopeStatus[];
  readonly accounts: Accounts | undefined;
  readonly prompts: readonly AccountPrompt[];
  readonly instances: ReadonlyMap<string, Instance>;
  /** By scope key. */
  readonly network: ReadonlyMap<string, NetworkFacts>;
  /** Actions of this run of Postern. */
  readonly actionRuns: ReadonlyMap<string, ActionRun>;
  /** Grows with everything that is done: whoever shows the history reads it again. */
  readonly historyChanges: number;
  readonly sessions: ReadonlyMap<string, TerminalSession>;
  readonly forwards: ReadonlyMap<string, Forward>;
  readonly keys: readonly KeyPair[];
  readonly secrets: SecretStoreStatus | undefined;
  readonly hostKeys: readonly HostKey[];
  /** The hosts of ~/.ssh/config. */
  readonly configHosts: readonly ConfigHost[];
}

/** Before the first answer. The settings are the contract's own defaults. */
export const emptyMirror: Mirror = {
  loaded: false,
  info: undefined,
  settings: defaultSettings,
  toldSettings: defaultSettings,
  pendingSettings: [],
  notices: [],
  profiles: [],
  scopes: [],
  accounts: undefined,
  prompts: [],
  instances: new Map(),
  network: new Map(),
  actionRuns: new Map(),
  historyChanges: 0,
  sessions: new Map(),
  forwards: new Map(),
  keys: [],
  secrets: undefined,
  hostKeys: [],
  configHosts: [],
};

export function applyEvent(mirror: Mirror, event: ContractEvent): Mirror {
  switch (event.name) {
    case 'app.infoChanged':
      return { ...mirror, info: event.payload };
    case 'app.noticesChanged':
      return { ...mirror, notices: event.payload };
    case 'settings.changed':
      return withSettings({ ...mirror, toldSettings: event.payload });
    case 'scopes.changed':
      return { ...mirror, scopes: event.payload };
    case 'scopes.profilesChanged':
      return { ...mirror, profiles: event.payload };
    case 'accounts.changed':
      return { ...mirror, accounts: event.payload };
    case 'accounts.promptsChanged':
      return { ...mirror, prompts: event.payload };
    case 'instances.changed':
      return { ...mirror, instances: withAll(mirror.instances, event.payload, (instance) => instance.instanceId) };
    case 'instances.removed':
      return { ...mirror, instances: without(mirror.instances, event.payload) };
    case 'network.changed':
      return { ...mirror, network: withAll(mirror.network, [event.payload], (facts) => scopeKey(facts.scope)) };
    case 'sessions.changed':
      return { ...mirror, sessions: withAll(mirror.sessions, [event.payload], (session) => session.sessionId) };
    case 'sessions.removed':
      return { ...mirror, sessions: without(mirror.sessions, [event.payload.sessionId]) };
    case 'forwards.changed':
      return { ...mirror, forwards: withAll(mirror.forwards, [event.payload], (forward) => forward.forwardId) };
    case 'forwards.removed':
      return { ...mirror, forwards: without(mirror.forwards, [event.payload.forwardId]) };
    case 'keys.changed':
      return { ...mirror, keys: event.payload };
    case 'secrets.changed':
      return { ...mirror, secrets: event.payload };
    case 'hostKeys.changed':
      return { ...mirror, hostKeys: event.payload };
    case 'actions.changed':
      return { ...mirror, actionRuns: withAll(mirror.actionRuns, [event.payload], (run) => run.actionId) };
    case 'history.changed':
    case 'history.removed':
      return { ...mirror, historyChanges: mirror.historyChanges + 1 };
    case 'sshConfig.changed':
      return { ...mirror, configHosts: event.payload };
  }
}

/** The settings as told, with what this window changed since. */
export function withSettings(mirror: Mirror): Mirror {
  let settings = mirror.toldSettings;
  for (const changes of mirror.pendingSettings) {
    const checked = checkChanges(settings, changes);
    if ('settings' in checked) settings = checked.settings;
  }
  return { ...mirror, settings };
}

/** As one after the other, but the instances of many events are put into the map at once: a copy of 50,000 costs milliseconds. */
export function applyEvents(mirror: Mirror, events: readonly ContractEvent[]): Mirror {
  let changed: Instance[] = [];
  const put = (value: Mirror): Mirror => {
    if (changed.length === 0) return value;
    const instances = withAll(value.instances, changed, (instance) => instance.instanceId);
    changed = [];
    return { ...value, instances };
  };
  let value = mirror;
  for (const event of events) {
    if (event.name === 'instances.changed') for (const instance of event.payload) changed.push(instance);
    else value = applyEvent(event.name === 'instances.removed' ? put(value) : value, event);
  }
  return put(value);
}

export function withAll<V>(map: ReadonlyMap<string, V>, values: readonly V[], keyOf: (value: V) => string): ReadonlyMap<string, V> {
  if (values.length === 0) return map;
  const next = new Map(map);
  for (const value of values) next.set(keyOf(value), value);
  return next;
}

export function without<V>(map: ReadonlyMap<string, V>, keys: readonly string[]): ReadonlyMap<string, V> {
  if (!keys.some((key) => map.has(key))) return map;
  const next = new Map(map);
  for (const key of keys) next.delete(key);
  return next;
}
