/** What a person types before the host has echoed it: shown where the host echoes every key, and nowhere else. */
import { expect, expectScreen, screen, terminal } from './app.ts';
import { test } from './ptyProgram.ts';

test('a key is shown before its echo where the host echoes, taken back where it does not, and never shown at a password prompt', { tag: '@web' }, async ({ page, programs }) => {
  const program = await programs.open(page);
  await program.ask('login: ');
  await terminal(page).locator('textarea').focus();
  await page.keyboard.type('r');
  await expect.poll(() => program.received()).toMatch(/r$/);
  expect(await screen(page)).toBe('login:');
  await program.write('r');
  await expectScreen(page, /^login: r$/);
  // Nothing more has been said.
  await page.keyboard.type('oot');
  await expectScreen(page, /^login: root$/);
  await program.write('o');
  await program.ask('ot\r\nPassword: ');
  await page.keyboard.type('hunter2');
  await expect.poll(() => program.received()).toMatch(/hunter2$/);
  await program.ask('');
  expect(await screen(page)).toBe('login: root\nPassword:');

  await program.ask('\r\n$ ');
  await page.keyboard.type('a');
  await expect.poll(() => program.received()).toMatch(/a$/);
  await program.write('a');
  await expectScreen(page, /^\$ a$/m);
  await page.keyboard.type('bc');
  await expectScreen(page, /^\$ abc$/m);
  // It echoes no more: the guess goes by itself.
  await expectScreen(page, /^\$ a$/m);
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
  await page.keyboard.type('a');
  await expect.poll(() => program.received()).toMatch(/a$/);
  await program.write('a');
  await expectScreen(page, /^\$ a$/m);
  await page.keyboard.type('b');
  await expect.poll(() => program.received()).toMatch(/b$/);
  expect(await screen(page)).toBe('$ a');
  // As the next test expects it.
  await openSettings();
  await field.click();
  await expect(field).toBeChecked();
  await views.getByRole('button', { name: 'Hosts' }).click();
});
