/** Find in a terminal: all of a long scrollback, what comes while it is open, and expressions that would never end. */
import { expect, expectScreen, openPlainShell, terminal, test, typeLine } from './app.ts';

test('find counts every match of a long scrollback and of what comes while it is open, marks those in view, and a hostile expression holds up nothing', { tag: '@web' }, async ({ window }) => {
  await openPlainShell(window);
  await typeLine(window, 'seq 9000; read go; seq 70 79; read go');
  await expectScreen(window, /^9000$/m);

  await window.keyboard.press('Control+Shift+F');
  const bar = window.getByRole('search', { name: 'Find in this terminal' });
  const field = bar.getByLabel('Find', { exact: true });
  const found = bar.getByRole('status');
  // 1 to 9000: 7000 to 7999 begin with it, 900 hundreds, 900 tens and 900 ones hold it; the command line holds two more.
  await field.fill('7');
  await expect(found).toHaveText('3,702 of 3,702');
  await field.fill('^8999$');
  await bar.getByLabel('Regular expression').check();
  await expect(found).toHaveText('1 of 1');
  await expect(terminal(window).locator('.found-active')).toHaveCount(1);
  await field.fill('^[78][0-9]$');
  await expect(found).toHaveText('20 of 20');
  await expectScreen(window, /^89$/m);
  await expect(terminal(window).locator('.found')).toHaveCount(20);

  // Not through the page's keys: the find bar has them, and keeps them.
  await terminal(window).locator('textarea').evaluate((element) => element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true })));
  await expect(found).toHaveText('20 of 30');
  await field.press('Shift+Enter');
  await expect(found).toHaveText('21 of 30');
  await expectScreen(window, /^70$/m);

  await field.fill(String.raw`(\d?\d?)+x`);
  await terminal(window).locator('textarea').focus();
  await window.keyboard.type('1234567890123456789012345678901234567890');
  await expectScreen(window, /1234567890123456789012345678901234567890$/);
  await expect(found).toHaveText('This regular expression takes too long on a line, and was stopped.');
  await field.press('Escape');
  await expect(bar).toBeHidden();
  await window.keyboard.press('Enter');
  await expectScreen(window, /\n\$$/);
});
