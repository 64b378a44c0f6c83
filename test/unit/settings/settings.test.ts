import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import type { Notice } from '../../../src/contract/settings.ts';
import { createSettings } from '../../../src/services/settings/settings.ts';
import type { SettingsService } from '../../../src/services/settings/settings.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';

const clock = { now: () => Date.UTC(2026, 10, 22, 7, 30, 0) };
const defaults = Settings.parse({});

function open(content?: string): { dataDir: string; path: string; settings: SettingsService; notices: Notice[] } {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'settings.json');
  if (content !== undefined) writeFileSync(path, content);
  const notices: Notice[] = [];
  return { dataDir, path, settings: createSettings({ dataDir, clock, onNotice: (notice) => notices.push(notice) }), notices };
}

test('without a file the settings are the defaults', async () => {
  const { settings, notices } = open();
  expect(await settings.get()).toEqual(defaults);
  expect(notices).toEqual([]);
});

test('what is set is told, kept in the file, and there for the next process', async () => {
  const { settings, path, dataDir } = open();
  const told: Settings[] = [];
  const stop = settings.onChanged((value) => told.push(value));
  const dark: Settings = { ...defaults, theme: 'dark', scopes: [{ profile: 'prod', region: 'eu-central-1' }] };
  await settings.set(dark);
  stop();
  await settings.set({ ...dark, theme: 'light' });
  expect(told).toEqual([dark]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 1, ...dark, theme: 'light' });
  expect(await createSettings({ dataDir, clock, onNotice: () => undefined }).get()).toEqual({ ...dark, theme: 'light' });
});

test('a bad value is named once and ignored alone, every other one is kept', async () => {
  const { settings, notices, path } = open(
    JSON.stringify({ version: 1, theme: 'pink', foldedSections: ['tags', 7], terminal: { fontSize: 400, scrollback: 500 }, scopes: [{ profile: 'prod', region: 'us-east-1' }, { profile: 'prod' }] }),
  );
  const expected: Settings = { ...defaults, foldedSections: ['tags'], terminal: { ...defaults.terminal, scrollback: 500 }, scopes: [{ profile: 'prod', region: 'us-east-1' }] };
  expect(await settings.get()).toEqual(expected);
  expect(await settings.get()).toEqual(expected);
  expect(notices.map(({ noticeId }) => noticeId)).toEqual(['settings.bad-value:theme', 'settings.bad-value:scopes.1', 'settings.bad-value:terminal.fontSize', 'settings.bad-value:foldedSections.1']);
  expect(notices[0]).toEqual({
    noticeId: 'settings.bad-value:theme',
    severity: 'warning',
    message: '"theme" in settings.json is ignored: Invalid option: expected one of "system"|"light"|"dark"|"high-contrast".',
    remedy: `Correct ${path}, or choose the setting again.`,
  });
});

test('a corrupt settings file is kept aside and said, and the defaults hold', async () => {
  const { settings, notices, dataDir } = open('{"theme": "dark",');
  expect(await settings.get()).toEqual(defaults);
  expect(notices.map(({ message }) => message)).toEqual(['settings.json is not JSON. It was kept as settings.json.corrupt-2026-11-22T07-30-00.000Z, and a fresh one begins.']);
  expect(readdirSync(dataDir)).toEqual(['settings.json.corrupt-2026-11-22T07-30-00.000Z']);
});

test('a failed write tells nobody of a change', async () => {
  const { dataDir } = open();
  const settings = createSettings({ dataDir: join(dataDir, 'missing'), clock, onNotice: () => undefined });
  const told: Settings[] = [];
  settings.onChanged((value) => told.push(value));
  await expect(settings.set({ ...defaults, theme: 'dark' })).rejects.toMatchObject({ code: 'data.write-failed', message: `${join(dataDir, 'missing', 'settings.json')} could not be written (ENOENT).` });
  expect(told).toEqual([]);
  expect(await settings.get()).toEqual(defaults);
});
