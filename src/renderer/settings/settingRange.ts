/** What the contract says about a single setting: its default and its range. */
import { defaultSettings, valueAt } from '../../contract/settingsChange.ts';
import { settingsSchema } from '../../contract/settingsSchema.ts';

const schema = settingsSchema();

export interface SettingRange {
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly whole: boolean;
}

export function rangeOf(path: string): SettingRange {
  const part = valueAt(schema, path.split('.').flatMap((key) => ['properties', key]));
  const numberAt = (key: string): number | undefined => {
    const value = valueAt(part, [key]);
    return typeof value === 'number' ? value : undefined;
  };
  return { minimum: numberAt('minimum'), maximum: numberAt('maximum'), whole: valueAt(part, ['type']) === 'integer' };
}

export function defaultOf(path: string): unknown {
  return valueAt(defaultSettings, path.split('.'));
}
