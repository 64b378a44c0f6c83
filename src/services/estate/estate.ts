/**
 * The last known estate, kept on the disk beside the inventory: recalled at the start, written a little after each change, never
 * in the way of either. Where it cannot be kept, Postern works without it.
 */
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Instance } from '../../contract/instance.ts';
import { NetworkFacts } from '../../contract/network.ts';
import { say } from '../../contract/say.ts';
import { scopeKey, type Scope, type ScopeStatus } from '../../contract/scope.ts';
import type { Notice } from '../../contract/settings.ts';
import type { InventoryEvent } from '../aws/inventoryEvent.ts';
import type { RememberedScope } from '../aws/scopeState.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { hasSqlite } from '../base/sqliteFile.ts';
import { workerFile } from '../base/workerFile.ts';
import type { EstateAnswer, FromEstate, ToEstate } from './estate.worker.ts';
import type { EstateRow } from './estateDatabase.ts';
import { ESTATE_FILE } from './estateFile.ts';
import { toEstateRow } from './estateRow.ts';

/** Changes gather for so long before they are written. */
const WRITE_DELAY_MS = 2000;
/** A thread without work takes 40 MB for nothing. */
const IDLE_MS = 10_000;
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

type Question = ToEstate extends infer Q ? (Q extends { readonly id: number } ? Omit<Q, 'id'> : never) : never;
interface Dirty { readonly changed: Map<string, Instance>; readonly removed: Set<string>; network: NetworkFacts | undefined }

export function createEstate({ dataDir, app, isKept, statuses, instances, clock, onNotice, log }: EstateOptions): Estate {
  const pending = new Map<number, { resolve(answer: EstateAnswer): void; reject(cause: Error): void }>();
  const dirty = new Map<string, Dirty>();
  /** Which scope told an instance. */
  const homes = new Map<string, string>();
  const writtenAt = new Map<string, string>();
  const networks = new Map<string, NetworkFacts>();
  /** Scopes whose rows in the file may be others than we think, with their next confirmed list they are written whole: see writeWhole. */
  const doubtful = new Set<string>();
  let isFirstWrite = true;
  let worker: Worker | undefined;
  let broken = !hasSqlite();
  let closed = false;
  let lastId = 0;
  let timer: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function giveUp(cause: Error): void {
    broken = true;
    worker = undefined;
    log.warn('the estate is not kept', { cause });
    for (const { reject } of pending.values()) reject(cause);
    pending.clear();
  }

  /** Ends the thread in order: the file is closed, and the next question starts another. */
  async function endThread(): Promise<void> {
    if (worker === undefined) return;
    const ending = worker;
    await ask({ type: 'close' }).catch(() => undefined);
    clearTimeout(idle);
    // Somebody asked while it closed: it answers, and is ended when it is idle again.
    if (pending.size > 0 || worker !== ending) return;
    worker = undefined;
    await ending.terminate();
  }

  function endWhenIdle(): void {
    clearTimeout(idle);
    idle = setTimeout(() => {
      if (pending.size === 0) void endThread();
    }, IDLE_MS).unref();
  }

  function start(): Worker {
    const started = new Worker(workerFile('estate', import.meta.url), { workerData: { path: join(dataDir, ESTATE_FILE) }, resourceLimits: { maxYoungGenerationSizeMb: 8 } });
    // Questions keep the process alive, an idle thread does not.
    started.unref();
    started.on('message', (message: FromEstate) => {
      if (message.type === 'keptAside') {
        const kept = basename(message.path);
        for (const { scope } of statuses()) doubtful.add(scopeKey(scope));
        writtenAt.clear();
        onNotice({
          noticeId: `kept-aside:${kept}`,
          severity: 'warning',
          message: message.ending === 'newer' ? say`${ESTATE_FILE} was written by a newer Postern. It was kept as ${kept}, and a fresh one begins.` : say`${ESTATE_FILE} is damaged. It was kept as ${kept}, and a fresh one begins.`,
          remedy: say`Nothing is lost: hosts are read again from AWS. The file may be deleted.`,
        });
        return;
      }
      const asked = pending.get(message.id);
      pending.delete(message.id);
      if (pending.size === 0) {
        started.unref();
        endWhenIdle();
      }
      if (message.type === 'answer') asked?.resolve(message.answer);
      else asked?.reject(new Error(message.message));
    });
    started.on('error', giveUp);
    started.on('exit', () => {
      if (worker === started) giveUp(new Error('the thread of the estate ended'));
    });
    return started;
  }

  function ask(question: Question): Promise<EstateAnswer> {
    if (broken) return Promise.reject(new Error('the estate is not kept'));
    if (closed) return Promise.reject(new Error('the estate is closed'));
    worker ??= start();
    worker.ref();
    lastId += 1;
    const id = lastId;
    const { promise, resolve, reject } = Promise.withResolvers<EstateAnswer>();
    pending.set(id, { resolve, reject });
    worker.postMessage({ ...question, id } satisfies ToEstate);
    return promise;
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
    if (!isFirstWrite || worker === undefined) return;
    isFirstWrite = false;
    await ask({ type: 'dropReadBefore', time: isoTime({ now: () => clock.now() - KEEP_MS }) });
  }

  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeAll).catch((cause: unknown) => {
      if (broken || closed) return;
      log.warn('the estate was not written', { cause });
      timer ??= setTimeout(() => void write(), RETRY_MS).unref();
    });
    return writing;
  }

  return {
    async recall(scope) {
      const key = scopeKey(scope);
      try {
        if (broken || !(await isKept(scope.profile))) return undefined;
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
        return broken || !(await isKept(profile)) ? [] : ((await ask({ type: 'regions', profile })).regions ?? []);
      } catch {
        return [];
      }
    },
    follow(event) {
      if (broken) return;
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
      const ending = worker;
      const asked = ending === undefined ? undefined : ask({ type: 'close' }).catch(() => undefined);
      // A list may still be reading what was known: the thread that ends would never answer it.
      closed = true;
      if (ending === undefined) return;
      await asked;
      worker = undefined;
      await ending.terminate();
    },
  };
}
