/** Recording a tab, its mark, replaying it from the history, hostile files in the player, and what a full disk does. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { activeTab, expect, expectScreen, openHost, test, typeLine } from './app.ts';

async function command(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Tab menu' }).click();
  await page.getByRole('button', { name, exact: true }).click();
}

const playerScreen = async (page: Page): Promise<string> => (await page.getByTestId('player-screen').locator('.xterm-rows > div').allInnerTexts()).map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n').trim();
const history = (page: Page) => page.getByRole('button', { name: 'History', exact: true });

test('a tab is recorded with an unmistakable mark, and replayed, searched, saved and deleted from the history', async ({ window, app }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, '$');
  await command(window, 'Record this session');
  await expect(activeTab(window)).toContainText('REC');
  await expect(window.getByTestId('recording')).toContainText('Recording');
  await typeLine(window, 'echo first-words');
  await expectScreen(window, /\nfirst-words/);
  await command(window, 'Set a mark in the recording');
  await typeLine(window, 'echo last-words');
  await expectScreen(window, /\nlast-words/);
  await command(window, 'Stop recording');
  await expect(activeTab(window)).not.toContainText('REC');
  await expect(window.getByTestId('recording')).toBeHidden();

  const folder = join(app.dataDir, 'recordings');
  const [file = ''] = await readdir(folder);
  expect(file).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ web-1 [0-9a-f]{8}\.cast$/);
  expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);

  await history(window).click();
  await window.getByRole('button', { name: 'Replay' }).first().click();
  await expect.poll(() => playerScreen(window)).toContain('first-words');
  await window.getByRole('slider', { name: 'Position' }).press('End');
  await expect.poll(() => playerScreen(window)).toContain('last-words');
  await window.getByRole('slider', { name: 'Position' }).press('Home');
  await expect.poll(() => playerScreen(window)).toBe('');
  await window.getByRole('searchbox', { name: 'Search the output' }).fill('FIRST-words');
  await window.getByRole('searchbox', { name: 'Search the output' }).press('Enter');
  await expect(window.getByText('1 of 2', { exact: true })).toBeVisible();
  await expect.poll(() => playerScreen(window)).toContain('first-words');
  expect(await playerScreen(window)).not.toContain('last-words');
  await window.getByRole('button', { name: 'Next mark' }).click();
  await expect.poll(() => playerScreen(window)).toMatch(/\nfirst-words/);

  await window.getByRole('button', { name: 'Back to the history' }).click();
  await window.getByRole('button', { name: 'Details', exact: true }).first().click();
  const line = window.getByRole('region', { name: 'Recording' });
  await expect(line).toContainText('asciicast · output');
  const saving = window.waitForEvent('download');
  await line.getByRole('button', { name: 'Save as…' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe(file);
  expect(await readFile((await saved.path()) ?? '', 'utf8')).toBe(await readFile(join(folder, file), 'utf8'));
  await line.getByRole('button', { name: 'Delete recording' }).click();
  await line.getByRole('button', { name: 'Delete recording' }).click();
  await expect(line).toContainText('deleted');
  expect(await readdir(folder)).toEqual([]);
  await window.getByRole('button', { name: 'Hosts', exact: true }).click();
});

test('hostile recordings neither ask, nor open, nor name, nor hang anything', { tag: '@web' }, async ({ window }) => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-casts-'));
  const outgoing: string[] = [];
  window.on('websocket', (socket) => socket.on('framesent', ({ payload }) => outgoing.push(String(payload))));
  window.on('popup', (popup) => outgoing.push(`popup ${popup.url()}`));
  window.on('dialog', (dialog) => {
    outgoing.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  const title = await window.title();
  try {
    const queries = ['\u001b[c', '\u001b[>c', '\u001b[6n', '\u001b[5n', '\u001b[21t', '\u001b]0;PWNED\u0007', '\u001b]10;?\u0007', '\u001bP$qm\u001b\\', '\u001b]52;c;UFdORUQ=\u0007', '\u001b[?1000;1003;1006h'];
    const lines = ['{"version":2,"width":80,"height":24}', ...queries.map((query, index) => JSON.stringify([index / 100, 'o', query])), '[-3,"o","back in time "]', '["x"]', 'garbage', JSON.stringify([0.5, 'o', '\u001b]8;;https://evil.example/\u0007CLICK-ME\u001b]8;;\u0007 end-of-file'])];
    const hostile = join(folder, 'hostile.cast');
    await writeFile(hostile, `${lines.join('\n')}\n`);
    await history(window).click();
    await window.getByTestId('recording-file').setInputFiles(hostile);
    await expect.poll(() => playerScreen(window)).toContain('end-of-file');
    await expect(window.getByText('2 lines were no events and are left out.')).toBeVisible();
    outgoing.length = 0;
    await window.getByTestId('player-screen').getByText('CLICK-ME').first().click({ force: true });
    await window.getByTestId('player-screen').click({ force: true });
    await window.keyboard.type('typed');
    expect(await window.title()).toBe(title);
    expect(outgoing.filter((message) => !message.includes('instances.watch') && !message.includes('history.list'))).toEqual([]);

    for (const [name, contents, said] of [
      ['not.cast', '<html>', 'The file is no asciicast recording.'],
      ['new.cast', '{"version":9}\n', 'of a version that Postern does not know'],
      ['empty.cast', '', 'The file is empty.'],
    ] as const) {
      await writeFile(join(folder, name), contents);
      await window.getByRole('button', { name: 'Back to the history' }).click();
      await window.getByTestId('recording-file').setInputFiles(join(folder, name));
      await expect(window.getByRole('alert').filter({ hasText: said })).toBeVisible();
    }
    await window.getByRole('button', { name: 'Back to the history' }).click();
    const old = join(folder, 'old.json');
    await writeFile(old, JSON.stringify({ version: 1, width: 60, height: 10, stdout: [[0.1, 'version one']] }));
    await window.getByTestId('recording-file').setInputFiles(old);
    await expect.poll(() => playerScreen(window)).toBe('version one');
    await window.getByRole('button', { name: 'Back to the history' }).click();
    await window.getByRole('button', { name: 'Hosts', exact: true }).click();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a recording that cannot be written says so in its tab, and the session goes on', { tag: '@web' }, async ({ window, app }) => {
  // Where the folder should be, a file is in the way.
  await rm(join(app.dataDir, 'recordings'), { recursive: true, force: true });
  await writeFile(join(app.dataDir, 'recordings'), '');
  try {
    await openHost(window, 'web-1');
    await expectScreen(window, '$');
    await command(window, 'Record this session');
    await typeLine(window, 'echo still-here');
    await expectScreen(window, /\nstill-here/);
    await expect(window.getByRole('alert').filter({ hasText: 'The recording has stopped.' })).toContainText('could not be written');
    await expect(window.getByTestId('recording')).toContainText('Recording stopped');
    await window.getByRole('button', { name: 'Dismiss' }).click();
    await expect(window.getByTestId('recording')).toBeHidden();
  } finally {
    await rm(join(app.dataDir, 'recordings'), { force: true });
  }
});

test('the history is filtered and exported, with the person and without formulas', { tag: '@web' }, async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, '$');
  await history(window).click();
  await window.getByLabel('What is shown').selectOption('sessions');
  await expect(window.getByRole('table', { name: 'History' })).toContainText('web-1');
  await window.getByLabel('Search the history').fill('no-such-thing');
  await expect(window.getByText('Nothing in the history matches.')).toBeVisible();
  await window.getByLabel('Search the history').fill('web-1');
  await window.getByRole('button', { name: 'Export' }).click();
  const saving = window.waitForEvent('download');
  await window.getByRole('button', { name: 'As JSON lines' }).click();
  const lines = (await readFile((await (await saving).path()) ?? '', 'utf8')).trim().split('\n').map((text): unknown => JSON.parse(text));
  expect(lines[0]).toMatchObject({ kind: 'session', hostName: 'web-1', outcome: 'open' });
  expect(lines[0]).toHaveProperty('localUser');
  await window.getByRole('button', { name: 'Hosts', exact: true }).click();
});
