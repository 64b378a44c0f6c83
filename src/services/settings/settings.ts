/**
 * What the person chose, in `settings.json`: readable, editable by hand while Postern runs, and forgiving of a bad value.
 *
 * Every change is made in the text as it is on the disk at that moment, and only where it differs: several Postern processes and
 * an editor change different settings without taking each other's back.
 */
import { copyFile, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Notice, Settings } from '../../contract/settings.ts';
import { changesBetween, checkChanges, defaultSettings, isRecord, sameValue, type SettingsChange } from '../../contract/settingsChange.ts';
import type { SettingsFile, SettingsPreview } from '../../contract/settingsFile.ts';
import { settingsSchema } from '../../contract/settingsSchema.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import { withFileLock, type HeldLock } from '../base/fileLock.ts';
import { removeLeftovers, toWriteError, writeFileAtomically } from '../base/writeFileAtomically.ts';
import { settingsNotices } from './settingsNotices.ts';
import { changeSettingsText, NEW_SETTINGS_TEXT, readSettingsText, type SettingsText } from './settingsText.ts';
import { watchFile } from './watchFile.ts';

export interface SettingsService {
  /** As they are in force: what cannot be read or understood leaves those of before. */
  get(): Promise<Settings>;
  /** Where they are kept, and what in there is ignored. */
  file(): Promise<SettingsFile>;
  /**
   * All or none.
   *
   * @throws PosternError `input.invalid`, `data.unreadable` (also a file that is no JSON right now), `data.write-failed`; file and settings are then as before
   */
  change(changes: readonly SettingsChange[]): Promise<void>;
  /** What taking over the text of another settings file would change. @throws PosternError `input.invalid` */
  preview(text: string): Promise<SettingsPreview>;
  /** Back to all defaults. @returns the name of the copy that is kept; undefined when there was no file @throws PosternError `data.write-failed` */
  reset(): Promise<string | undefined>;
  /** Told of every change, whoever made it; the file is watched from the first listener on. Returns how to stop. */
  onChanged(listener: (settings: Settings) => void): () => void;
  close(): void;
}

export interface SettingsOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly onNotice: (notice: Notice) => void;
  /** What a notice said is no longer so. */
  readonly onNoticeOver?: (noticeId: string) => void;
}

export function createSettings({ dataDir, clock, onNotice, onNoticeOver }: SettingsOptions): SettingsService {
  const path = join(dataDir, 'settings.json');
  const listeners = new Set<(settings: Settings) => void>();
  const notices = settingsNotices(path, onNotice, onNoticeOver ?? (() => undefined));
  let inForce: Settings | undefined;
  let lastText: string | undefined;
  let lastFile: SettingsFile = { path, problems: [] };
  /** Grows with each write of this process: what was read before it is old. */
  let writes = 0;
  let reading: Promise<Settings> | undefined;
  let lastChange: Promise<unknown> = Promise.resolve();
  let watcher: { close(): void } | undefined;

  function take(text: string | undefined): Settings {
    if (inForce !== undefined && text === lastText) {
      notices.readable();
      return inForce;
    }
    const before = inForce;
    const read = readSettingsText(text ?? '{}');
    lastText = text;
    lastFile = { path, problems: read.syntax === undefined ? [...read.problems] : [], ...(read.syntax === undefined ? {} : { syntax: read.syntax }) };
    notices.tell(read, before === undefined);
    // At a start there is nothing before: what could be read counts.
    inForce = read.syntax === undefined || before === undefined ? read.settings : before;
    return told(before, inForce);
  }

  function told(before: Settings | undefined, now: Settings): Settings {
    if (before !== undefined && !sameValue(before, now)) for (const listener of listeners) listener(now);
    return now;
  }

  async function read(): Promise<Settings> {
    for (;;) {
      const atWrites = writes;
      try {
        const text = await readText(path);
        if (atWrites === writes) return take(text);
      } catch (thrown) {
        if (!(thrown instanceof PosternError)) throw thrown;
        notices.unreadable(thrown);
        return (inForce ??= defaultSettings);
      }
    }
  }

  const get = (): Promise<Settings> => (reading ??= read().finally(() => (reading = undefined)));

  /** Runs alone, in this process and among all. `work` gives the file's new text and what is returned. */
  function write<T>(work: (text: string | undefined, target: string) => Promise<{ readonly text: string | undefined; readonly result: T }>): Promise<T> {
    const writing = lastChange.then(async () => {
      await get();
      for (;;) {
        const done = await withFileLock(path, async (lock) => {
          await removeLeftovers(path);
          // A link to a file that is kept elsewhere stays one.
          const target = await realpath(path).catch(() => path);
          const before = await readText(path);
          const { text, result } = await work(before, target);
          if (text === undefined || text === before) return { text: before, result };
          await keepSchema(lock);
          return (await writeFileAtomically(target, text, () => lock.stillHeld())) ? { text, result } : undefined;
        });
        if (done === undefined) continue;
        writes += 1;
        take(done.text);
        return done.result;
      }
    });
    lastChange = writing.catch(() => undefined);
    return writing;
  }

  /** Editors complete and check the file by it. */
  async function keepSchema(lock: HeldLock): Promise<void> {
    const schemaPath = join(dataDir, 'settings.schema.json');
    const text = `${JSON.stringify(settingsSchema(), undefined, 1)}\n`;
    if ((await readText(schemaPath)) !== text) await writeFileAtomically(schemaPath, text, () => lock.stillHeld());
  }

  return {
    get,
    async file() {
      await get();
      return lastFile;
    },
    change: (changes) =>
      write(async (text) => {
        const before = text === undefined || text.trim() === '' ? NEW_SETTINGS_TEXT : text;
        const { settings, syntax } = readSettingsText(before);
        if (syntax !== undefined) throw brokenFile(path, syntax);
        const checked = checkChanges(settings, changes);
        if (!('settings' in checked)) throw new PosternError({ code: 'input.invalid', message: say`"${checked.path.join('.')}" cannot be set: ${checked.reason}.`, remedy: say`Choose another value.` });
        const after = changeSettingsText(before, changes);
        const again = readSettingsText(after);
        if (again.syntax !== undefined || !sameValue(again.settings, checked.settings)) {
          throw new PosternError({ code: 'data.write-failed', message: say`The change could not be made in ${path} without touching more of it, so nothing was written.`, remedy: say`Change the setting in the file by hand.` });
        }
        return { text: after, result: undefined };
      }),
    async preview(text) {
      const read = readSettingsText(text.replace(/^\uFEFF/, ''));
      if (read.syntax !== undefined) throw new PosternError({ code: 'input.invalid', message: say`This is no settings file: line ${read.syntax.line}, ${read.syntax.reason}.`, remedy: say`Choose a file that was exported from Postern, or its settings.json.` });
      const now = await get();
      return { changes: importedChanges(read, now), problems: [...read.problems] };
    },
    reset: () =>
      write(async (text, target) => {
        if (text === undefined) return { text: undefined, result: undefined };
        const copy = `${basename(path)}.before-reset-${isoTime(clock).replaceAll(':', '-')}`;
        try {
          await copyFile(target, join(dataDir, copy));
        } catch (cause) {
          throw toWriteError(join(dataDir, copy), cause);
        }
        return { text: NEW_SETTINGS_TEXT, result: copy };
      }),
    onChanged(listener) {
      listeners.add(listener);
      // A read that was under way may have come too early: one that begins now is seen to follow.
      watcher ??= watchFile(path, () => void get().then(get));
      return () => listeners.delete(listener);
    },
    close() {
      watcher?.close();
    },
  };
}

/** Undefined: there is none. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new PosternError({ code: 'data.unreadable', message: say`${path} could not be read.`, remedy: say`Check that it is a file and that you may read it.` }, { cause });
  }
}

function brokenFile(path: string, { line, reason }: { readonly line: number; readonly reason: string }): PosternError {
  return new PosternError({ code: 'data.unreadable', message: say`${path} line ${line}: ${reason}. Nothing was written to it.`, remedy: say`Mend that line, then do it again.`, retryable: true });
}

/** What the text says itself and is otherwise now. What it does not mention stays. */
function importedChanges({ content, settings }: SettingsText, now: Settings): SettingsPreview['changes'] {
  const wished = (said: unknown, meant: unknown, current: unknown): unknown =>
    isRecord(said) && isRecord(meant) ? { ...(isRecord(current) ? current : {}), ...Object.fromEntries(Object.keys(meant).flatMap((key) => (Object.hasOwn(said, key) ? [[key, wished(said[key], meant[key], isRecord(current) ? current[key] : undefined)]] : []))) } : meant;
  return changesBetween(now, wished(content, settings, now)).map(({ path, value }) => ({ path, value, before: path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), now) }));
}
