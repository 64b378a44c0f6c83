/**
 * The last known estate, kept on the disk beside the inventory: recalled at the start, written a little after each change, never
 * in the way of either. Where it cannot be kept, Postern works without it.
 */
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instance } from '../../contract/instance.ts';
import { NetworkFacts } from '../../contract/network.ts';
import { say } from '../../contract/say.ts';
import { scopeKey, type Scope, type ScopeStatus } from '../../contract/scope.ts';
import type { Notice } from '../../contract/settings.ts';
import type { InventoryEvent } from '../aws/inventoryEvent.ts';
import type { RememberedScope } from '../aws/scopeState.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { EstateRow } from './estateDatabase.ts';
import { ESTATE_FILE } from './estateFile.ts';
import { toEstateRow } from './estateRow.ts';
import { createEstateThread } from './estateThread.ts';

/** Changes gather for so long before they are written. */
const WRITE_DELAY_MS = 2000;
/** Rows of one transaction, and of one turn of the main thread. */
const ROWS_A_WRITE = 100;
/** After a write that failed: a full disk does not become empty at once. */
const RETRY_MS = 30_000;
/** What nobody has read for so long is dropped: accounts that were given up do not stay on the disk for ever. */
const KEEP_MS = 90 * 24 * 60 * 60 * 1000;

export interface Estate {
  /** What an earlier run knew of a scope. Never rejects. */
  recall(scope: Scope): Promise<RememberedScope | undefined>;
  /** Regions an earlier run read of a profile. Never rejects. */
  regions(profile: string): Promise<readonly string[]>;
  /** Take in what the inventory tells. */
  follow(event: InventoryEvent): void;
  /** Writes what waits, now. Never rejects: what cannot be written waits on. */
  flush(): Promise<void>;
  /** Writes what waits. */
  close(): Promise<void>;
}

export interface EstateOptions {
  readonly dataDir: string;
  /** Who asks AWS here: `electron`, `web` or `cli`. */
  readonly app: string;
  /** Whether a profile's hosts are real: the demo's are not kept. */
  readonly isKept: (profile: string) => Promise<boolean>;
  /** What the inventory holds now. */
  readonly statuses: () => readonly ScopeStatus[];
  readonly instances: () => readonly Instance[];
  readonly clock: Clock;
  readonly onNotice: (notice: Notice) => void;
  readonly log: Log;
}

interface Dirty { readonly changed: Map<string, Instance>; readonly removed: Set<string>; network: NetworkFacts | undefined }

export function createEstate({ dataDir, app, isKept, statuses, instances, clock, onNotice, log }: EstateOptions): Estate {
  const dirty = new Map<string, Dirty>();
  /** Which scope told an instance. */
  const homes = new Map<string, string>();
  const writtenAt = new Map<string, string>();
  const networks = new Map<string, NetworkFacts>();
  /** Scopes whose rows in the file may be others than we think, with their next confirmed list they are written whole: see writeWhole. */
  const doubtful = new Set<string>();
  const thread = createEstateThread({ path: join(dataDir, ESTATE_FILE), onKeptAside: handleKeptAside, log });
  const { ask } = thread;
  let isFirstWrite = true;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function handleKeptAside(path: string, ending: 'corrupt' | 'newer'): void {
    const kept = basename(path);
    for (const { scope } of statuses()) doubtful.add(scopeKey(scope));
    writtenAt.clear();
    onNotice({
      noticeId: `kept-aside:${kept}`,
      severity: 'warning',
      message: ending === 'newer' ? say`${ESTATE_FILE} was written by a newer Postern. It was kept as ${kept}, and a fresh one begins.` : say`${ESTATE_FILE} is damaged. It was kept as ${kept}, and a fresh one begins.`,
      remedy: say`Nothing is lost: hosts are read again from AWS. The file may be deleted.`,
    });
  }

  async function* pages(key: string): AsyncGenerator<readonly Instance[]> {
    let after = '';
    try {
      for (;;) {
        const { instances = '[]', last } = await ask({ type: 'page', scopeKey: key, after });
        // Our own words, in a file that is the person's own.
        yield JSON.parse(instances) as Instance[];
        if (last === undefined) return;
        after = last;
      }
    } catch (cause) {
      log.warn('the last known hosts were not read', { scope: key, cause });
    }
  }

  function dirtyOf(key: string): Dirty {
    let found = dirty.get(key);
    if (found === undefined) {
      found = { changed: new Map(), removed: new Set(), network: undefined };
      dirty.set(key, found);
    }
    return found;
  }

  async function writeRows(key: string, changed: readonly Instance[], removed: readonly string[]): Promise<void> {
    for (let start = 0; start < changed.length || (start === 0 && removed.length > 0); start += ROWS_A_WRITE) {
      const rows: EstateRow[] = changed.slice(start, start + ROWS_A_WRITE).map(toEstateRow);
      await ask({ type: 'write', scopeKey: key, rows, removed: start === 0 ? removed : [] });
      await nextTurn();
    }
  }

  /** What differs is written all the same; what is not there any more goes. */
  async function writeWhole(key: string): Promise<void> {
    const listed = instances().filter(({ scope }) => scopeKey(scope) === key);
    await writeRows(key, listed, []);
    await ask({ type: 'keepOnly', scopeKey: key, instanceIds: listed.map(({ instanceId }) => instanceId) });
  }

  async function writeScope(status: ScopeStatus, waiting: Dirty | undefined): Promise<void> {
    const key = scopeKey(status.scope);
    // Rows of a scope that the file does not name are recalled by nobody, and dropped by nobody: they wait until it was read to its end.
    if (status.state !== 'ready' && !writtenAt.has(key)) {
      doubtful.add(key);
      return;
    }
    await writeRows(key, [...(waiting?.changed.values() ?? [])], [...(waiting?.removed ?? [])]);
    const { refreshedAt } = status;
    // What was only remembered is in the file, or was when it was read: it is written again when AWS has confirmed it.
    if (status.state !== 'ready' || refreshedAt === undefined || status.remembered === true) return;
    if (writtenAt.get(key) === refreshedAt && waiting?.network === undefined && !doubtful.has(key)) return;
    // Another process wrote this scope since: what it saw differ, and we did not, is not what we say is there.
    if ((await ask({ type: 'scope', scopeKey: key })).scope?.refreshedAt !== writtenAt.get(key)) doubtful.add(key);
    if (doubtful.has(key)) await writeWhole(key);
    const { profile, region, accountId } = status.scope;
    const network = networks.get(key);
    await ask({ type: 'writeScope', scopeKey: key, scope: { profile, region, refreshedAt, refreshedBy: app, ...(accountId === undefined ? {} : { accountId }), ...(network === undefined ? {} : { network: JSON.stringify(network) }) } });
    writtenAt.set(key, refreshedAt);
    doubtful.delete(key);
  }

  async function writeAll(): Promise<void> {
    let failure: unknown;
    for (const status of statuses()) {
      const key = scopeKey(status.scope);
      const waiting = dirty.get(key);
      dirty.delete(key);
      try {
        if (await isKept(status.scope.profile).catch(() => false)) await writeScope(status, waiting);
      } catch (cause) {
        // What of it is in the file is not known: all of it, then, as soon as it can be written.
        doubtful.add(key);
        failure ??= cause;
      }
    }
    if (failure !== undefined) throw failure;
    if (!isFirstWrite || !thread.wasAsked()) return;
    isFirstWrite = false;
    await ask({ type: 'dropReadBefore', time: isoTime({ now: () => clock.now() - KEEP_MS }) });
  }

  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeAll).catch((cause: unknown) => {
      if (thread.isBroken() || closed) return;
      log.warn('the estate was not written', { cause });
      timer ??= setTimeout(() => void write(), RETRY_MS).unref();
    });
    return writing;
  }

  return {
    async recall(scope) {
      const key = scopeKey(scope);
      try {
        if (thread.isBroken() || !(await isKept(scope.profile))) return undefined;
        const { scope: known } = await ask({ type: 'scope', scopeKey: key });
        if (known?.refreshedAt === undefined) return undefined;
        writtenAt.set(key, known.refreshedAt);
        const network = known.network === undefined ? undefined : NetworkFacts.safeParse(JSON.parse(known.network)).data;
        if (network !== undefined) networks.set(key, network);
        return { scope: { ...scope, ...(known.accountId === undefined ? {} : { accountId: known.accountId }) }, refreshedAt: known.refreshedAt, ...(network === undefined ? {} : { network }), instances: pages(key) };
      } catch (cause) {
        log.warn('the last known hosts were not read', { scope: key, cause });
        return undefined;
      }
    },
    async regions(profile) {
      try {
        return thread.isBroken() || !(await isKept(profile)) ? [] : ((await ask({ type: 'regions', profile })).regions ?? []);
      } catch {
        return [];
      }
    },
    follow(event) {
      if (thread.isBroken()) return;
      switch (event.type) {
        case 'changed':
          for (const instance of event.instances) {
            const key = scopeKey(instance.scope);
            homes.set(instance.instanceId, key);
            if (event.recalled?.has(instance.instanceId) === true) continue;
            const waiting = dirtyOf(key);
            waiting.removed.delete(instance.instanceId);
            waiting.changed.set(instance.instanceId, instance);
          }
          break;
        case 'removed': {
          // Of a scope that is still listed: it is gone at AWS. The others are only not chosen any more.
          const listed = new Set(statuses().map(({ scope }) => scopeKey(scope)));
          for (const instanceId of event.instanceIds) {
            const key = homes.get(instanceId);
            homes.delete(instanceId);
            if (key === undefined || !listed.has(key)) continue;
            const waiting = dirtyOf(key);
            waiting.changed.delete(instanceId);
            waiting.removed.add(instanceId);
          }
          break;
        }
        case 'network': {
          const key = scopeKey(event.facts.scope);
          networks.set(key, event.facts);
          dirtyOf(key).network = event.facts;
          break;
        }
        case 'scopes':
          break;
      }
      timer ??= setTimeout(() => void write(), WRITE_DELAY_MS).unref();
    },
    flush: write,
    async close() {
      await write();
      // A list may still be reading what was known: it ends here.
      closed = true;
      await thread.close();
    },
  };
}
