import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import type { Notice } from '../../../src/contract/settings.ts';
import { createSettings } from '../../../src/services/settings/settings.ts';
import type { SettingsService } from '../../../src/services/settings/settings.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';

const clock = { now: () => Date.UTC(2026, 10, 22, 7, 30, 0) };
const defaults = Settings.parse({});

function open(content?: string, dataDir = temporaryFolder()): { dataDir: string; path: string; settings: SettingsService; notices: Map<string, Notice> } {
  const path = join(dataDir, 'settings.json');
  if (content !== undefined) writeFileSync(path, content);
  const notices = new Map<string, Notice>();
  const settings = createSettings({ dataDir, clock, onNotice: (notice) => void notices.set(notice.noticeId, notice), onNoticeOver: (noticeId) => void notices.delete(noticeId) });
  onTestFinished(() => settings.close());
  return { dataDir, path, settings, notices };
}

test('without a file the settings are the defaults, and none is made', async () => {
  const { settings, notices, dataDir } = open();
  expect(await settings.get()).toEqual(defaults);
  expect([...notices]).toEqual([]);
  expect(readdirSync(dataDir)).toEqual([]);
});

test('what is changed is told, kept in a file that explains itself, and there for the next process', async () => {
  const { settings, path, dataDir } = open();
  const told: Settings[] = [];
  const stop = settings.onChanged((value) => told.push(value));
  await settings.change([{ path: ['theme'], value: 'dark' }, { path: ['scopes'], value: [{ profile: 'prod', region: 'eu-central-1' }] }]);
  stop();
  await settings.change([{ path: ['theme'], value: 'light' }]);
  expect(told).toEqual([{ ...defaults, theme: 'dark', scopes: [{ profile: 'prod', region: 'eu-central-1' }] }]);
  expect(readFileSync(path, 'utf8')).toBe(
    `// What differs from Postern's defaults. Whatever is changed here takes effect at once; Postern keeps your comments and your order.\n{\n  "$schema": "./settings.schema.json",\n  "version": 1,\n  "theme": "light",\n  "scopes": [\n    {\n      "profile": "prod",\n      "region": "eu-central-1"\n    }\n  ]\n}\n`,
  );
  expect(await open(undefined, dataDir).settings.get()).toEqual({ ...defaults, theme: 'light', scopes: [{ profile: 'prod', region: 'eu-central-1' }] });
  expect(JSON.parse(readFileSync(join(dataDir, 'settings.schema.json'), 'utf8'))).toMatchObject({ title: 'Postern settings', properties: { theme: { enum: ['system', 'light', 'dark', 'high-contrast'] } } });
});

test('a bad value is named once with its line, ignored alone, kept in the file by later changes, and no more said once it is mended', async () => {
  const { settings, notices, path } = open('{\n  "theme": "pink", // my favourite\n  "terminal": { "scrollback": 500 }\n}\n');
  expect(await settings.get()).toEqual({ ...defaults, terminal: { ...defaults.terminal, scrollback: 500 } });
  expect([...notices.values()]).toEqual([
    {
      noticeId: 'settings.bad-value:theme',
      severity: 'warning',
      message: '"theme" in settings.json line 2 is ignored: it must be one of system, light, dark, high-contrast.',
      remedy: `Correct ${path}, or choose the setting again. The line stays as it is until then.`,
    },
  ]);
  notices.clear();
  await settings.change([{ path: ['terminal', 'scrollback'], value: 600 }]);
  expect(readFileSync(path, 'utf8')).toBe('{\n  "theme": "pink", // my favourite\n  "terminal": { "scrollback": 600 }\n}\n');
  expect([...notices]).toEqual([]);
  expect((await settings.file()).problems).toMatchObject([{ path: 'theme', line: 2, kind: 'bad' }]);
  await settings.change([{ path: ['theme'], value: 'dark' }]);
  expect(readFileSync(path, 'utf8')).toBe('{\n  "theme": "dark", // my favourite\n  "terminal": { "scrollback": 600 }\n}\n');
  expect((await settings.file()).problems).toEqual([]);
});

test('a value that cannot be is refused by name, and nothing is written', async () => {
  const { settings, dataDir } = open();
  await expect(settings.change([{ path: ['theme'], value: 'dark' }, { path: ['terminal', 'fontSize'], value: 400 }])).rejects.toMatchObject({ code: 'input.invalid', message: '"terminal.fontSize" cannot be set: it must be at most 40.' });
  expect(readdirSync(dataDir)).toEqual([]);
  expect(await settings.get()).toEqual(defaults);
});

test('an edit by hand takes effect at once, and a syntax error leaves the settings of before in force, is named with its line, and is never written over', async () => {
  const { settings, notices, path } = open('{ "theme": "dark" }');
  const told: Settings['theme'][] = [];
  settings.onChanged(({ theme }) => told.push(theme));
  expect((await settings.get()).theme).toBe('dark');
  writeFileSync(path, '{ "theme": "light" }');
  await vi.waitFor(() => expect(told).toEqual(['light']));

  const broken = '{\n  "theme": "high-contrast"\n  "language": "ja"\n}';
  writeFileSync(path, broken);
  await vi.waitFor(() => expect([...notices.keys()]).toEqual(['settings.syntax']));
  expect(notices.get('settings.syntax')).toMatchObject({ message: `${path} line 3: a comma is missing. The settings of before stay in force, and nothing is written to the file.`, remedy: 'Mend that line; the settings then take effect at once.' });
  await expect(settings.change([{ path: ['theme'], value: 'dark' }])).rejects.toMatchObject({ code: 'data.unreadable', message: `${path} line 3: a comma is missing. Nothing was written to it.` });
  expect(readFileSync(path, 'utf8')).toBe(broken);
  expect(await settings.get()).toEqual({ ...defaults, theme: 'light' });

  // As editors save: another file in its place.
  writeFileSync(`${path}.new`, broken.replace('contrast"', 'contrast",'));
  renameSync(`${path}.new`, path);
  await vi.waitFor(() => expect(told).toEqual(['light', 'high-contrast']));
  expect([...notices]).toEqual([]);
  expect(await settings.get()).toEqual({ ...defaults, theme: 'high-contrast', language: 'ja' });
});

test('a file that is broken at the start is used as far as it can be read', async () => {
  const { settings, notices, path } = open('{\n  "accounts": { "123456789012": { "production": true } },\n  "theme": "dark",\n');
  expect(await settings.get()).toEqual({ ...defaults, theme: 'dark', accounts: { '123456789012': { production: true } } });
  expect([...notices.values()].map(({ message }) => message)).toEqual([`${path} line 4: the file ends too early. What can be read of the file is in force, and nothing is written to it.`]);
});

test('a file that cannot be read is named, and leaves the settings of before in force until it can', async () => {
  const { settings, notices, path } = open('{ "theme": "dark" }');
  await settings.get();
  rmSync(path);
  // Root may read anything but a folder.
  mkdirSync(path);
  expect((await settings.get()).theme).toBe('dark');
  expect([...notices.values()].map(({ message }) => message)).toEqual([`${path} could not be read. The settings of before stay in force.`]);
  await expect(settings.change([{ path: ['theme'], value: 'light' }])).rejects.toMatchObject({ code: 'data.unreadable' });
  rmSync(path, { recursive: true });
  writeFileSync(path, '{ "theme": "dark" }');
  expect((await settings.get()).theme).toBe('dark');
  expect([...notices]).toEqual([]);
});

test('no room for the file fails the change by name, and leaves file and settings as they were', async () => {
  const content = `{\n  "theme": "dark", ${'// a long story\n  '.repeat(200)}"language": "en"\n}\n`;
  const { path, dataDir, settings } = open(content);
  const changer = fileURLToPath(new URL('settingsChanger.ts', import.meta.url));
  // The limit on a file's size fails a write half-way, as a full disk does, and needs no disk of one's own.
  const child = spawn('bash', ['-c', 'ulimit -f 2; exec "$0" "$@"', process.execPath, changer, dataDir, '1', 'ssh.reconnect', 'false'], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said).toContain('could not be written (EFBIG).');
  expect(said).toContain("remedy: 'Make room on that disk and do it again.'");
  expect(readFileSync(path, 'utf8')).toBe(content);
  expect(readdirSync(dataDir)).toEqual(['settings.json']);
  expect(await settings.get()).toEqual({ ...defaults, theme: 'dark', language: 'en' });
});

test('a failed write tells nobody of a change', async () => {
  const { dataDir } = open();
  const { settings } = open(undefined, join(dataDir, 'missing'));
  const told: Settings[] = [];
  settings.onChanged((value) => told.push(value));
  await expect(settings.change([{ path: ['theme'], value: 'dark' }])).rejects.toMatchObject({ code: 'data.write-failed', message: `${join(dataDir, 'missing', 'settings.json')} could not be written (ENOENT).` });
  expect(told).toEqual([]);
  expect(await settings.get()).toEqual(defaults);
});

test('two processes that change different settings at the same time lose nothing', async () => {
  const { dataDir, settings } = open('// both\n{}');
  const changer = fileURLToPath(new URL('settingsChanger.ts', import.meta.url));
  const run = async (account: string): Promise<void> => {
    const child = spawn(process.execPath, [changer, dataDir, '8', `accounts.${account}`], { stdio: ['ignore', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'close')).toEqual([0, null]);
  };
  await Promise.all([run('1234567890'), run('2109876543')]);
  expect(Object.keys((await settings.get()).accounts)).toHaveLength(16);
  expect(readFileSync(join(dataDir, 'settings.json'), 'utf8')).toMatch(/^\/\/ both\n/);
  expect(readdirSync(dataDir).toSorted()).toEqual(['settings.json', 'settings.schema.json']);
});

test('a link to a file that is kept elsewhere stays a link', async () => {
  const { dataDir, settings, path } = open();
  const elsewhere = join(realpathSync(temporaryFolder()), 'dotfile.json');
  writeFileSync(elsewhere, '{ "theme": "dark" }\n');
  symlinkSync(elsewhere, path);
  await settings.change([{ path: ['theme'], value: 'light' }]);
  expect(readFileSync(elsewhere, 'utf8')).toBe('{ "theme": "light" }\n');
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(existsSync(join(dataDir, 'settings.schema.json'))).toBe(true);
});

test('a reset goes back to the defaults and keeps a copy, also of a broken file', async () => {
  const { settings, dataDir, path } = open('{ "theme": "dark", // and broken');
  expect((await settings.get()).theme).toBe('dark');
  const copy = await settings.reset();
  expect(copy).toBe('settings.json.before-reset-2026-11-22T07-30-00.000Z');
  expect(readFileSync(join(dataDir, copy ?? ''), 'utf8')).toBe('{ "theme": "dark", // and broken');
  expect(await settings.get()).toEqual(defaults);
  await settings.change([{ path: ['theme'], value: 'light' }]);
  expect(readFileSync(path, 'utf8')).toContain('"theme": "light"');
  expect(await open().settings.reset()).toBeUndefined();
});

test('what an import would change is said before, without what it does not mention; bad values are named', async () => {
  const { settings, path } = open('{ "language": "ja", "terminal": { "fontSize": 15 }, "accounts": { "123456789012": { "label": "prod" } } }');
  const { changes, problems } = await settings.preview('// exported\n{ "theme": "dark", "language": "ja", "terminal": { "fontSize": 99, "scrollback": 200 }, "accounts": { "210987654321": { "label": "stage" } }, "nonsense": 1 }');
  expect(changes).toEqual([
    { path: ['theme'], value: 'dark', before: 'system' },
    { path: ['terminal', 'scrollback'], value: 200, before: 10_000 },
    { path: ['accounts', '210987654321'], value: { label: 'stage' }, before: undefined },
  ]);
  expect(problems.map(({ path: place, kind }) => `${place} ${kind}`)).toEqual(['terminal.fontSize bad', 'nonsense unknown']);
  await settings.change(changes);
  expect(await settings.get()).toMatchObject({ theme: 'dark', language: 'ja', terminal: { fontSize: 15, scrollback: 200 }, accounts: { '123456789012': { label: 'prod' }, '210987654321': { label: 'stage' } } });
  expect(readFileSync(path, 'utf8')).toContain('"fontSize": 15');
  await expect(settings.preview('# hosts')).rejects.toMatchObject({ code: 'input.invalid', message: 'This is no settings file: line 1, it is not JSON.' });
});
