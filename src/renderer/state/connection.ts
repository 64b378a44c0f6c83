/**
 * Keeps the window connected: opens a link, mirrors the services over it, and opens the next one when it drops.
 *
 * Subscribe first, list second: what changes between the two is then told twice, never missed.
 */
import type { ClientApi, ContractEvent } from '../../contract/contract.ts';
import type { Instance } from '../../contract/instance.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { PartListener, TerminalStream } from '../../link/client.ts';
import type { Link } from '../../link/link.ts';
import { TOKEN_REFUSED } from '../link.ts';
import { applyEvents, withSettings, type Mirror } from './mirror.ts';
import type { Store } from './store.ts';

export type Client = ClientApi<TerminalStream> & { onPart(listener: PartListener): () => void };

/** What is told of the estate, page after page: each time means a new map of all hosts. */
const patient: ReadonlySet<ContractEvent['name']> = new Set<ContractEvent['name']>(['instances.changed', 'instances.removed', 'scopes.changed', 'network.changed']);
const LARGE_ESTATE = 2000;
const CALM_MS = 100;

export type LinkState =
  | { readonly name: 'connecting'; readonly attempt: number }
  | { readonly name: 'open' }
  | { readonly name: 'waiting'; readonly attempt: number; readonly retryAtMs: number }
  /** The page was opened without the address that `postern serve` printed. */
  | { readonly name: 'no-token' }
  /** Postern was started again: no attempt with this page's token can work any more. */
  | { readonly name: 'token-refused' };

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8000;
/** A line that breaks while it is opened looks the same to a page, which is not told why: so often in a row, within a second, it does not. */
const REFUSALS_BELIEVED = 3;

/** Doubles from a quarter of a second to eight. */
export function retryDelayMs(attempt: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
}

export interface ConnectionParts {
  readonly openLink: () => Promise<Link | typeof TOKEN_REFUSED>;
  readonly connect: (link: Link) => Client;
  readonly mirror: Store<Mirror>;
  readonly onState: (state: LinkState) => void;
  /** The first lists are there, hosts come; also after each reconnection. */
  readonly onReady: (client: Client) => void;
}

export interface Connection {
  /** Try now instead of when the wait is over. */
  retryNow(): void;
}

export function keepConnected(parts: ConnectionParts): Connection {
  let attempt = 0;
  let refusals = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tryOnce = async (): Promise<void> => {
    timer = undefined;
    parts.onState({ name: 'connecting', attempt });
    let link: Link;
    try {
      const opened = await parts.openLink();
      if (opened === TOKEN_REFUSED) {
        refusals += 1;
        if (refusals === REFUSALS_BELIEVED) parts.onState({ name: 'token-refused' });
        // Soon, however long nobody answered before.
        else wait(retryDelayMs(refusals - 1));
        return;
      }
      refusals = 0;
      link = opened;
    } catch {
      refusals = 0;
      // Shown as the state of the link; the next attempt says more.
      wait();
      return;
    }
    let dropped = false;
    link.onClose(() => {
      if (dropped) return;
      dropped = true;
      wait();
    });
    const client = parts.connect(link);
    try {
      await mirrorServices(client, parts.mirror, () => {
        if (dropped) return;
        attempt = 0;
        parts.onState({ name: 'open' });
        parts.onReady(client);
      });
    } catch {
      // Only a dead or broken link fails here: close it, which leads to the next attempt.
      link.close();
      if (!dropped) {
        dropped = true;
        wait();
      }
    }
  };

  const wait = (delayMs = retryDelayMs(attempt)): void => {
    attempt += 1;
    parts.onState({ name: 'waiting', attempt, retryAtMs: Date.now() + delayMs });
    timer = setTimeout(() => void tryOnce(), delayMs);
  };

  void tryOnce();
  return {
    retryNow: () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      void tryOnce();
    },
  };
}

function byId(instances: readonly Instance[]): ReadonlyMap<string, Instance> {
  return new Map(instances.map((instance) => [instance.instanceId, instance]));
}

/**
 * Fills the mirror and keeps it filled. All is asked at once: each answer is shown when it is there, and tabs wait for no hosts. What
 * depends on the keychain may fail alone and leaves its part empty.
 *
 * @param onFirst the mirror says what app this is, how it is set and which sessions run
 * @returns when all hosts are listed
 */
export async function mirrorServices(client: Client, mirror: Store<Mirror>, onFirst: () => void = () => undefined): Promise<void> {
  // An event may overtake the list that was asked for before it: what came meanwhile is applied again, on top of the list.
  const meanwhile: ContractEvent[] = [];
  let listing = true;
  const coming: ContractEvent[] = [];
  /** Settings and the age of the hosts are known: no host is shown before. */
  let ready = false;
  const applyAll = (value: Mirror): Mirror => applyEvents(value, coming.splice(0));
  client.onEvent((event) => {
    if (listing) meanwhile.push(event);
    if (!ready) return;
    coming.push(event);
    // What a person does is answered with the next frame, with all that came before it; a large estate that streams in waits a little.
    if (!patient.has(event.name) || mirror.get().instances.size <= LARGE_ESTATE) mirror.setSoon(applyAll);
    else if (coming.length === 1) setTimeout(() => mirror.setSoon(applyAll), CALM_MS);
  });
  const filled = (lists: Partial<Mirror>) => (value: Mirror): Mirror => applyEvents(withSettings({ ...value, ...lists }), meanwhile);
  const fill = (lists: Partial<Mirror>): void => mirror.set(filled(lists));

  let early: Instance[] = [];
  let shown = 0;
  // A long list of hosts is shown as it comes, each time it has doubled: a map of all of it for each part would cost more than the list.
  // After a reconnection the whole list of before stands until the new one is whole.
  const relisted = mirror.get().loaded;
  const showEarly = (): void => {
    if (!ready || relisted || early.length === 0 || early.length < 2 * shown) return;
    shown = early.length;
    const instances = byId(early);
    mirror.setSoon((value) => applyEvents({ ...value, instances }, meanwhile));
  };
  const stopParts = client.onPart((call, part) => {
    if (call !== 'instances.list') return;
    early.push(...(part as Instance[]));
    showEarly();
  });
  const first = Promise.all([client.app.info({}), client.settings.get({}), client.app.notices({}), client.sessions.list({}), client.forwards.list({})]).then(([info, settings, notices, sessions, forwards]) => {
    const told = meanwhile.filter(({ name }) => !name.startsWith('instances.'));
    mirror.set((value) => applyEvents(withSettings({ ...value, info, toldSettings: settings, notices, sessions: new Map(sessions.map((session) => [session.sessionId, session])), forwards: new Map(forwards.map((forward) => [forward.forwardId, forward])) }), told));
    onFirst();
  });
  const places = Promise.all([client.scopes.list({}), first]).then(([scopes]) => {
    ready = true;
    // In one frame with the hosts that are there already.
    mirror.setSoon(filled({ scopes }));
    showEarly();
  });
  const profiles = client.scopes.profiles({}).then((known) => mirror.setSoon((value) => ({ ...value, profiles: known })));
  const [instances, network] = await Promise.all([client.instances.list({}), client.network.list({}), first, places, profiles]);
  stopParts();
  early = [];
  fill({
    loaded: true,
    instances: byId(instances),
    network: new Map(network.map((facts) => [scopeKey(facts.scope), facts])),
  });
  void client.actions.list({}).then((runs) => mirror.set((value) => ({ ...value, actionRuns: new Map([...runs.flatMap((run) => (run.endedAt === undefined ? [[run.actionId, run] as const] : [])), ...value.actionRuns]) })), () => undefined);
  void Promise.allSettled([client.keys.list({}), client.secrets.status({}), client.hostKeys.list({}), client.sshConfig.hosts({}), client.accounts.list({}), client.accounts.prompts({})]).then(([keys, secrets, hostKeys, configHosts, accounts, prompts]) => {
    fill({
      ...(keys.status === 'fulfilled' ? { keys: keys.value } : {}),
      ...(secrets.status === 'fulfilled' ? { secrets: secrets.value } : {}),
      ...(hostKeys.status === 'fulfilled' ? { hostKeys: hostKeys.value } : {}),
      ...(accounts.status === 'fulfilled' ? { accounts: accounts.value } : {}),
      ...(prompts.status === 'fulfilled' ? { prompts: prompts.value } : {}),
      ...(configHosts.status === 'fulfilled' ? { configHosts: configHosts.value } : {}),
    });
    listing = false;
    meanwhile.length = 0;
  });
}
