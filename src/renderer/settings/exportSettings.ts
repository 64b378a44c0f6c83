/** The settings for another computer or person: what differs from the defaults, without what names one's own accounts and hosts. */
import type { Settings } from '../../contract/settings.ts';
import { changesBetween, defaultSettings } from '../../contract/settingsChange.ts';
import type { SettingPath } from './settingFields.ts';

/** What names accounts, hosts or people, and what only this window's panels remember. */
export const privatePaths: readonly SettingPath[] = ['scopes', 'accounts', 'osUsers', 'weakAlgorithmHosts', 'clipboardHosts', 'list', 'foldedSections', 'recording.rules', 'terminal.themeRules', 'snippets'];

export interface ExportedSettings {
  readonly text: string;
  /** Settings that differ from the defaults and are not in it. */
  readonly leftOut: readonly string[];
}

/** Nothing of it is secret either way: keys, passphrases and sign-ins are never in the settings. */
export function exportSettings(settings: Settings, withPrivate: boolean): ExportedSettings {
  const exported: Record<string, unknown> = {};
  const leftOut = new Set<string>();
  for (const { path, value } of changesBetween(defaultSettings, settings)) {
    const owner = privatePaths.find((one) => path.join('.') === one || path.join('.').startsWith(`${one}.`));
    if (owner === undefined || withPrivate) putAt(exported, path, value);
    else leftOut.add(owner);
  }
  return { text: `${JSON.stringify(exported, undefined, 2)}\n`, leftOut: [...leftOut] };
}

function putAt(object: Record<string, unknown>, [key = '', ...deeper]: readonly string[], value: unknown): void {
  if (deeper.length === 0) {
    object[key] = value;
    return;
  }
  const inner: Record<string, unknown> = { ...(Object.hasOwn(object, key) ? (object[key] as Record<string, unknown>) : {}) };
  putAt(inner, deeper, value);
  object[key] = inner;
}
