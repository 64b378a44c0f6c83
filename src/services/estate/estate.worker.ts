/** The thread that reads and writes the estate file: SQLite answers at once or not at all, and must not hold up a terminal. */
import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { keepAside, UnreadableFile } from '../base/sqliteFile.ts';
import { openEstateDatabase, type EstateDatabase, type EstateRow, type EstateScope } from './estateDatabase.ts';

/** Asked in order; each is answered. */
export type ToEstate =
  | { readonly id: number; readonly type: 'scope'; readonly scopeKey: string }
  | { readonly id: number; readonly type: 'regions'; readonly profile: string }
  | { readonly id: number; readonly type: 'page'; readonly scopeKey: string; readonly after: string }
  | { readonly id: number; readonly type: 'write'; readonly scopeKey: string; readonly rows: readonly EstateRow[]; readonly removed: readonly string[] }
  /** The scope has these rows and no others. */
  | { readonly id: number; readonly type: 'keepOnly'; readonly scopeKey: string; readonly instanceIds: readonly string[] }
  | { readonly id: number; readonly type: 'writeScope'; readonly scopeKey: string; readonly scope: EstateScope }
  | { readonly id: number; readonly type: 'dropReadBefore'; readonly time: string }
  | { readonly id: number; readonly type: 'close' };

export type FromEstate =
  | { readonly type: 'answer'; readonly id: number; readonly answer: EstateAnswer }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  /** The file could not be read; it was moved, and a fresh one begins. */
  | { readonly type: 'keptAside'; readonly path: string; readonly ending: 'corrupt' | 'newer' };

export interface EstateAnswer {
  readonly scope?: EstateScope;
  readonly regions?: readonly string[];
  /** A JSON array of instances. */
  readonly instances?: string;
  /** Where the next page begins; absent: this was the last. */
  readonly last?: string;
}

/** Rows of one page: about 2 ms of the main thread's time to unpack. */
const PAGE_ROWS = 200;

if (parentPort === null) throw new Error('estate.worker.ts runs as a worker thread only');
const port = parentPort;
const { path } = workerData as { readonly path: string };
let database: EstateDatabase | undefined;
/** Which file that is: another process may have moved it aside and begun a fresh one under its name. */
let fileNumber: number | undefined;

port.on('message', (message: ToEstate) => {
  try {
    post({ type: 'answer', id: message.id, answer: answer(message) });
  } catch (thrown) {
    if (!(thrown instanceof UnreadableFile)) {
      post({ type: 'failed', id: message.id, message: thrown instanceof Error ? thrown.message : String(thrown) });
      return;
    }
    startAfresh(thrown.ending, message.id);
  }
});

function answer(message: ToEstate): EstateAnswer {
  if (message.type === 'close') {
    database?.close();
    database = undefined;
    return {};
  }
  if (database === undefined) {
    database = openEstateDatabase(path);
    if (database === undefined) throw new Error('this runtime has no SQLite');
    fileNumber = fileNumberNow();
  }
  switch (message.type) {
    case 'scope': {
      const scope = database.scope(message.scopeKey);
      return scope === undefined ? {} : { scope };
    }
    case 'regions':
      return { regions: database.regions(message.profile) };
    case 'page': {
      const { instances, count, last } = database.page(message.scopeKey, message.after, PAGE_ROWS);
      return { instances, ...(count < PAGE_ROWS || last === undefined ? {} : { last }) };
    }
    case 'write':
      database.write(message.scopeKey, message.rows, message.removed);
      return {};
    case 'keepOnly':
      database.keepOnly(message.scopeKey, message.instanceIds);
      return {};
    case 'writeScope':
      database.writeScope(message.scopeKey, message.scope);
      return {};
    case 'dropReadBefore':
      database.dropReadBefore(message.time);
      return {};
  }
}

function startAfresh(ending: 'corrupt' | 'newer', id: number): void {
  try {
    const wasOpen = database !== undefined;
    database?.close();
    database = undefined;
    // A fresh file that another process has begun meanwhile is none of the unreadable.
    if (!wasOpen || fileNumber === fileNumberNow()) post({ type: 'keptAside', path: keepAside(path, ending, new Date().toISOString()), ending });
    post({ type: 'failed', id, message: `the estate file was ${ending}` });
  } catch (thrown) {
    post({ type: 'failed', id, message: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

function fileNumberNow(): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function post(message: FromEstate): void {
  port.postMessage(message);
}
