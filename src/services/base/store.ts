/**
 * One small JSON document in the data folder, shared by all Postern processes of this person.
 *
 * A change reads the file again under a lock, so two processes that change different entries lose nothing. A file that cannot
 * be understood is kept aside and said, never overwritten.
 */
import { readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Notice } from '../../contract/settings.ts';
import type { Clock } from './clock.ts';
import { isoTime } from './clock.ts';
import { withFileLock } from './fileLock.ts';
import { removeLeftovers, toWriteError, writeFileAtomically } from './writeFileAtomically.ts';

export interface Store<T extends object> {
  /**
   * The document as it is on disk now.
   *
   * @throws PosternError `data.unreadable`, or `data.write-failed` when a bad file cannot be kept aside
   */
  read(): Promise<T>;
  /**
   * Read again, edit, write. When `edit` throws, or the write fails, the file stays as it was. `edit` may run twice.
   *
   * @throws PosternError `data.unreadable`, `data.write-failed`, or what `edit` throws
   */
  change(edit: (current: T) => T): Promise<T>;
}

export interface StoreOptions<T extends object> {
  readonly path: string;
  /** Of the document's form. A file with a higher number was written by a newer Postern and is kept aside. */
  readonly version: number;
  /** Must make a fresh document of `{}`. */
  readonly schema: z.ZodType<T>;
  readonly clock: Clock;
  readonly onNotice: (notice: Notice) => void;
}

const Envelope = z.looseObject({ version: z.number().int().optional() });

type Content<T> = { readonly kind: 'good'; readonly document: T } | { readonly kind: 'bad'; readonly ending: 'corrupt' | 'newer'; readonly reason: string };

export function openStore<T extends object>({ path, version, schema, clock, onNotice }: StoreOptions<T>): Store<T> {
  /** Changes of this process wait here, so that they do not wait for each other's lock. */
  let lastChange: Promise<unknown> = Promise.resolve();

  async function load(): Promise<Content<T>> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { kind: 'good', document: schema.parse({}) };
      throw new PosternError({ code: 'data.unreadable', message: say`${path} could not be read.`, remedy: say`Check that it is a file and that you may read it.` }, { cause });
    }
    return understand(text);
  }

  function understand(text: string): Content<T> {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return { kind: 'bad', ending: 'corrupt', reason: say`is not JSON` };
    }
    const envelope = Envelope.safeParse(json);
    if (!envelope.success) return { kind: 'bad', ending: 'corrupt', reason: say`is not a document of Postern` };
    const { version: found, ...content } = envelope.data;
    if (found !== undefined && found > version) return { kind: 'bad', ending: 'newer', reason: say`was written by a newer Postern` };
    const parsed = schema.safeParse(content);
    if (parsed.success) return { kind: 'good', document: parsed.data };
    const issue = parsed.error.issues[0];
    return { kind: 'bad', ending: 'corrupt', reason: issue === undefined ? say`is damaged` : say`is damaged at "${issue.path.join('.')}"` };
  }

  /** Only under the lock: another process may have put a good file there in the meantime. */
  async function loadOrKeepAside(): Promise<T> {
    const content = await load();
    if (content.kind === 'good') return content.document;
    const keptName = `${basename(path)}.${content.ending}-${isoTime(clock).replaceAll(':', '-')}`;
    try {
      await rename(path, `${path.slice(0, -basename(path).length)}${keptName}`);
    } catch (cause) {
      throw toWriteError(path, cause);
    }
    onNotice({
      noticeId: `kept-aside:${keptName}`,
      severity: 'warning',
      message: say`${basename(path)} ${content.reason}. It was kept as ${keptName}, and a fresh one begins.`,
      remedy: content.ending === 'newer' ? say`Use the newer Postern, or rename ${keptName} back before going back to it.` : say`Look into ${keptName} for what you want to enter again.`,
    });
    return schema.parse({});
  }

  async function changeNow(edit: (current: T) => T): Promise<T> {
    for (;;) {
      const changed = await withFileLock(path, async (lock) => {
        await removeLeftovers(path);
        const document = edit(await loadOrKeepAside());
        const text = `${JSON.stringify({ version, ...document }, undefined, 2)}\n`;
        return (await writeFileAtomically(path, text, () => lock.stillHeld())) ? { document } : undefined;
      });
      if (changed !== undefined) return changed.document;
    }
  }

  return {
    async read() {
      const content = await load();
      return content.kind === 'good' ? content.document : await withFileLock(path, loadOrKeepAside);
    },
    change(edit) {
      const change = lastChange.then(() => changeNow(edit));
      lastChange = change.catch(() => undefined);
      return change;
    },
  };
}
