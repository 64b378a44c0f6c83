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
import type { Log } from '../base/log.ts';
import { workerFile } from '../base/workerFile.ts';
import type { EstateAnswer, FromEstate, ToEstate } from './estate.worker.ts';
import { hasSqlite, type EstateRow } from './estateDatabase.ts';
import { ESTATE_FILE } from './estateFile.ts';
import { toEstateRow } from './estateRow.ts';

/** Changes gather for so long before they are written. */
const WRITE_DELAY_MS = 2000;
/** A thread without work takes 40 MB for nothing. */
const IDLE_MS = 10_000;
/** Rows of one transaction, and of one turn of the main thread. */
const ROWS_A_WRITE = 100;

export interface Estate {
  /** What an earlier run knew of a scope. Never rejects. */
  recall(scope: Scope): Promise<RememberedScope | undefined>;
  /** Regions an earlier run read of a profile. Never rejects. */
  regions(profile: string): Promise<readonly string[]>;
  /** Take in what the inventory tells. */
  follow(event: InventoryEvent): void;
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
  readonly onNotice: (notice: Notice) => void;
  readonly log: Log;
}

type Question = ToEstate extends infer Q ? (Q extends { readonly id: number } ? Omit<Q, 'id'> : never) : never;
interface Dirty { readonly changed: Map<string, Instance>; readonly removed: Set<string>; network: NetworkFacts | undefined }

export function createEstate({ dataDir, app, isKept, statuses, onNotice, log }: EstateOptions): Estate {
  const pending = new Map<number, { resolve(answer: EstateAnswer): void; reject(cause: Error): void }>();
  const dirty = new Map<string, Dirty>();
  /** Which scope told an instance. */
  const homes = new Map<string, string>();
  const writtenAt = new Map<string, string>();
  const networks = new Map<string, NetworkFacts>();
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

  async function writeScope(status: ScopeStatus, waiting: Dirty | undefined): Promise<void> {
    const key = scopeKey(status.scope);
    const changed = [...(waiting?.changed.values() ?? [])];
    const removed = [...(waiting?.removed ?? [])];
    for (let start = 0; start < changed.length || (start === 0 && removed.length > 0); start += ROWS_A_WRITE) {
      const rows: EstateRow[] = changed.slice(start, start + ROWS_A_WRITE).map(toEstateRow);
      await ask({ type: 'write', scopeKey: key, rows, removed: start === 0 ? removed : [] });
      await nextTurn();
    }
    if (status.state !== 'ready' || status.refreshedAt === undefined || (writtenAt.get(key) === status.refreshedAt && waiting?.network === undefined)) return;
    const { profile, region, accountId } = status.scope;
    const network = networks.get(key);
    await ask({ type: 'writeScope', scopeKey: key, scope: { profile, region, refreshedAt: status.refreshedAt, refreshedBy: app, ...(accountId === undefined ? {} : { accountId }), ...(network === undefined ? {} : { network: JSON.stringify(network) }) } });
    writtenAt.set(key, status.refreshedAt);
  }

  async function writeAll(): Promise<void> {
    for (const status of statuses()) {
      const key = scopeKey(status.scope);
      const waiting = dirty.get(key);
      dirty.delete(key);
      if (await isKept(status.scope.profile).catch(() => false)) await writeScope(status, waiting);
    }
  }

  function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeAll).catch((cause: unknown) => {
      if (!broken) log.warn('the estate was not written', { cause });
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
