/** What a person types before the host has echoed it: shown where the host echoes every key, and nowhere else. */
import type { Page } from '@playwright/test';
import { expect, expectScreen, screen, terminal } from './app.ts';
import { test } from './ptyProgram.ts';

/** A host on another continent. */
const FAR_MS = 100;

/** Whatever the last line of the terminal shows from here on, however short. */
async function watchLastLine(page: Page): Promise<() => Promise<readonly string[]>> {
  const lines = await terminal(page).locator('.xterm-rows').evaluateHandle((rows) => {
    const seen: string[] = [];
    new MutationObserver(() => {
      const text = [...rows.children].map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd()).findLast((line) => line !== '') ?? '';
      if (text !== seen.at(-1)) seen.push(text);
    }).observe(rows, { subtree: true, childList: true, characterData: true });
    return seen;
  });
  return () => lines.jsonValue();
}

test('a key is shown before its echo where the host echoes, taken back where it does not, and never shown at a password prompt', { tag: '@web' }, async ({ page, programs }) => {
  const program = await programs.open(page);
  await program.ask('login: ');
  await terminal(page).locator('textarea').focus();
  const lines = await watchLastLine(page);
  program.echo(2, FAR_MS);
  await page.keyboard.type('ro');
  await expectScreen(page, /^login: ro$/);
  // Of these the program says nothing, so they go again.
  await page.keyboard.type('ot');
  await expect.poll(lines).toContain('login: root');
  await expectScreen(page, /^login: ro$/);
  expect(program.received()).toMatch(/root$/);

  await program.ask('ot\r\nPassword: ');
  expect(await screen(page)).toBe('login: root\nPassword:');
  await page.keyboard.type('hunter2');
  await expect.poll(() => program.received()).toMatch(/hunter2$/);
  await program.ask('\r\n$ ');
  expect(await screen(page)).toBe('login: root\nPassword:\n$');
  expect((await lines()).filter((line) => line.startsWith('Password:'))).toEqual(['Password:']);
});

test('who switches it off sees what the host says alone', { tag: '@web' }, async ({ page, programs }) => {
  const views = page.getByRole('navigation', { name: 'Views' });
  const field = page.getByRole('switch', { name: 'Show typing at once' });
  const openSettings = async (): Promise<void> => {
    await views.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('navigation', { name: 'Settings by topic' }).getByRole('button', { name: 'Terminal' }).click();
  };
  await openSettings();
  await field.click();
  await expect(field).not.toBeChecked();
  await views.getByRole('button', { name: 'Hosts' }).click();
  const program = await programs.open(page);
  await program.ask('$ ');
  await terminal(page).locator('textarea').focus();
  const lines = await watchLastLine(page);
  program.echo(2, FAR_MS);
  await page.keyboard.type('ab');
  await expectScreen(page, /^\$ ab$/m);
  await page.keyboard.type('c');
  await expect.poll(() => program.received()).toMatch(/c$/);
  await program.ask('!');
  expect(await screen(page)).toBe('$ ab!');
  expect(await lines()).not.toContain('$ abc');
  // As the next test expects it.
  await openSettings();
  await field.click();
  await expect(field).toBeChecked();
  await views.getByRole('button', { name: 'Hosts' }).click();
});
