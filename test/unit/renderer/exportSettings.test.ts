import { expect, test } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import { isRecord, valueAt } from '../../../src/contract/settingsChange.ts';
import { settingsSchema } from '../../../src/contract/settingsSchema.ts';
import { exportSettings } from '../../../src/renderer/settings/exportSettings.ts';
import { settingFields } from '../../../src/renderer/settings/settingFields.ts';
import { defaultOf, rangeOf } from '../../../src/renderer/settings/settingRange.ts';

const settings = Settings.parse({ theme: 'dark', terminal: { fontSize: 15 }, accounts: { '123456789012': { label: 'prod' } }, shortcuts: { find: ['Ctrl+Shift+G'] }, list: { pinned: ['i-1'] } });

test('an export has what differs from the defaults, and says which settings that name accounts and hosts are left out', () => {
  const { text, leftOut } = exportSettings(settings, false);
  expect(JSON.parse(text)).toEqual({ theme: 'dark', terminal: { fontSize: 15 }, shortcuts: { find: ['Ctrl+Shift+G'] } });
  expect(leftOut).toEqual(['accounts', 'list']);
});

test('an export with everything, read back, is the same settings', () => {
  const { text, leftOut } = exportSettings(settings, true);
  expect(Settings.parse(JSON.parse(text))).toEqual(settings);
  expect(leftOut).toEqual([]);
});

test('every setting that the contract knows is in the view: as a line of the table, or in a section or dialog that it opens', () => {
  const inSections = ['scopes', 'accounts', 'osUsers', 'weakAlgorithmHosts', 'clipboardHosts', 'shortcuts', 'snippets', 'recording.rules', 'terminal.lightTheme', 'terminal.darkTheme', 'terminal.themes', 'terminal.themeRules'];
  // Kept by the panels themselves, where they are changed.
  const ofPanels = ['list.groupBy', 'list.pinned', 'list.views', 'foldedSections'];
  const leaves = (schema: unknown, path: string): string[] => {
    const properties = valueAt(schema, ['properties']);
    return isRecord(properties) ? Object.entries(properties).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`)) : [path];
  };
  expect(leaves(settingsSchema(), '').toSorted()).toEqual([...settingFields.map(({ path }) => path as string), ...inSections, ...ofPanels].toSorted());
});

test('every simple setting of the table has a default that its control can show, and each number its range', () => {
  for (const { path, control } of settingFields) {
    const value = defaultOf(path);
    expect([path, typeof value]).toEqual([path, control === 'switch' ? 'boolean' : control === 'number' ? 'number' : 'string']);
    if (control === 'number') expect(rangeOf(path)).toMatchObject({ minimum: expect.any(Number), maximum: expect.any(Number) });
  }
  for (const field of settingFields) if (field.control === 'choice') for (const [choice] of field.choices) expect(Settings.safeParse(field.path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), choice)).success).toBe(true);
  expect(rangeOf('terminal.fontSize')).toEqual({ minimum: 6, maximum: 40, whole: false });
  expect(rangeOf('terminal.scrollback')).toEqual({ minimum: 0, maximum: 1_000_000, whole: true });
});
