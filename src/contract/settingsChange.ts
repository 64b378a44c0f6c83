/**
 * Changes of single settings, by where they are: two windows and a person with an editor can change different ones at once, and
 * none takes another's back.
 */
import * as z from 'zod';
import { settingReason } from './settingReason.ts';
import { Settings } from './settings.ts';

/** Names of objects on the way to the setting; lists are changed whole. */
export const SettingsPath = z.array(z.string().min(1).max(200).refine((key) => key !== '__proto__')).min(1).max(6);
export type SettingsPath = z.infer<typeof SettingsPath>;

export const SettingsChange = z.object({
  path: SettingsPath,
  /** Absent: the default. */
  value: z.unknown().optional(),
});
export type SettingsChange = z.infer<typeof SettingsChange>;

export const defaultSettings: Settings = Settings.parse({});

export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

/** The settings with changes made, as they would be checked; objects on the way are copied. */
export function withChanges(settings: Settings, changes: readonly SettingsChange[]): unknown {
  return changes.reduce<unknown>((value, change) => put(value, change.path, change.value === undefined ? valueAt(defaultSettings, change.path) : change.value), settings);
}

function put(value: unknown, path: readonly string[], leaf: unknown): unknown {
  const [key, ...deeper] = path;
  if (key === undefined) return leaf;
  const object = isRecord(value) ? value : {};
  const next = put(object[key], deeper, leaf);
  const { [key]: _before, ...rest } = object;
  return next === undefined ? rest : { ...object, [key]: next };
}

/** What makes `after` of `before`: as deep as both are objects. */
export function changesBetween(before: unknown, after: unknown, path: SettingsPath = []): SettingsChange[] {
  if (sameValue(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [{ path, value: after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => changesBetween(before[key], after[key], [...path, key]));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of JSON values, where an absent field and an undefined one are the same. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((entry, index) => sameValue(entry, other[index]));
  if (!isRecord(one) || !isRecord(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => sameValue(one[key], other[key]));
}

export type CheckedSettings = { readonly settings: Settings } | { readonly path: SettingsPath; readonly reason: string };

/** @returns the settings with the changes, or what is wrong with the first bad one */
export function checkChanges(settings: Settings, changes: readonly SettingsChange[]): CheckedSettings {
  const parsed = Settings.safeParse(withChanges(settings, changes));
  if (parsed.success) return { settings: parsed.data };
  const issue = parsed.error.issues[0];
  return { path: issue?.path.map(String) ?? [], reason: settingReason(issue) };
}
