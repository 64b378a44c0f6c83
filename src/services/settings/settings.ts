/** What the person chose, in `settings.json`: readable, editable by hand, and forgiving of a bad value. */
import { join } from 'node:path';
import * as z from 'zod';
import type { Notice } from '../../contract/settings.ts';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { Settings } from '../../contract/settings.ts';
import { checkChanges, type SettingsChange } from '../../contract/settingsChange.ts';
import type { Clock } from '../base/clock.ts';
import { openStore } from '../base/store.ts';

const SETTINGS_VERSION = 1;

export interface SettingsService {
  /** @throws PosternError `data.unreadable` */
  get(): Promise<Settings>;
  /** @throws PosternError `input.invalid`, `data.write-failed`; the settings are then as before */
  change(changes: readonly SettingsChange[]): Promise<void>;
  /** Told after each `set` of this process. Returns how to stop. */
  onChanged(listener: (settings: Settings) => void): () => void;
}

/** @param onNotice told once about each bad value, and when a corrupt file was kept aside */
export function createSettings(options: { readonly dataDir: string; readonly clock: Clock; readonly onNotice: (notice: Notice) => void }): SettingsService {
  const listeners = new Set<(settings: Settings) => void>();
  const said = new Set<string>();
  const schema = z.record(z.string(), z.unknown()).transform((content) => withoutBadValues(content, sayOnce));
  const store = openStore({ path: join(options.dataDir, 'settings.json'), version: SETTINGS_VERSION, schema, clock: options.clock, onNotice: options.onNotice });

  function sayOnce(place: string, reason: string): void {
    if (said.has(place)) return;
    said.add(place);
    options.onNotice({
      noticeId: `settings.bad-value:${place}`,
      severity: 'warning',
      message: say`"${place}" in settings.json is ignored: ${reason}.`,
      remedy: say`Correct ${join(options.dataDir, 'settings.json')}, or choose the setting again.`,
    });
  }

  return {
    get: () => store.read(),
    async change(changes) {
      const settings = await store.change((current) => {
        const checked = checkChanges(current, changes);
        if ('settings' in checked) return checked.settings;
        throw new PosternError({ code: 'input.invalid', message: say`"${checked.path.join('.')}" cannot be set: ${checked.reason}.`, remedy: say`Choose another value.` });
      });
      for (const listener of listeners) listener(settings);
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The settings of a hand-edited document; each bad value is named and left out alone. */
function withoutBadValues(content: unknown, onBadValue: (place: string, reason: string) => void): Settings {
  const rest: unknown = structuredClone(content);
  for (;;) {
    const parsed = Settings.safeParse(rest);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    // A list loses the whole entry: half of one means nothing.
    const index = issue?.path.findIndex((key) => typeof key === 'number') ?? -1;
    const path = index === -1 ? (issue?.path ?? []) : (issue?.path.slice(0, index + 1) ?? []);
    if (issue === undefined || !removeAt(rest, path)) throw new Error('settings that are no object were let through');
    onBadValue(path.join('.'), issue.message);
  }
}

function removeAt(value: unknown, path: readonly PropertyKey[]): boolean {
  const [key, ...deeper] = path;
  if (typeof value !== 'object' || value === null || key === undefined) return false;
  if (deeper.length > 0) return removeAt(Reflect.get(value, key), deeper);
  if (Array.isArray(value) && typeof key === 'number') return value.splice(key, 1).length === 1;
  return Reflect.deleteProperty(value, key);
}
