/** Walks a window of the demo through its screens, dialogs, bars and menus, one after another: for what has to hold on each of them. */
import type { Locator, Page } from '@playwright/test';
import type { en } from '../../src/renderer/i18n/en.ts';
import type { Texts } from '../../src/renderer/i18n/texts.ts';
import { activeTab, expect, expectScreen, host, inNewTab, openHost, terminal, typeLine } from './app.ts';
import { clickFirstCell } from './pageTerminal.ts';

/** What the walk needs in the settings: a snippet with parameters, and a production account. */
export const walkSettings = {
  version: 1,
  restoreWorkspace: 'ask',
  accounts: { '111122223333': { label: 'Shop', production: true, colour: 'orange' } },
  snippets: [
    { name: 'say', text: "printf '<%s>\\n' {{what|sh}} {{plain:none}} {{level}}", choices: { level: ['low', 'high'] }, description: 'Prints its values' },
    { name: 'disk', text: 'df -h', description: 'Free space' },
  ],
};

export interface Screen {
  readonly name: string;
  /** What is new on it, as a selector. */
  readonly part: string;
}

const DIALOG = 'dialog[open]';
const POPOVER = '.popover:popover-open';
const CENTRE = '.centre';

/**
 * @param look called on every screen
 * @param step runs what leads to one; a throw-away script may go on where it fails
 */
export async function walkScreens(page: Page, words: Texts, look: (screen: Screen) => Promise<void>, step: (name: string, run: () => Promise<void>) => Promise<void> = (_, run) => run()): Promise<void> {
  const button = (name: string): Locator => page.getByRole('button', { name, exact: true }).filter({ visible: true }).first();
  const dialog = page.locator(DIALOG);
  const search = dialog.getByRole('combobox');

  const focusIsLost = (): Promise<boolean> => page.evaluate(() => document.activeElement === document.body);

  /** Opens something, looks at it, and closes it by Escape, which gives the focus back. */
  const closing = (name: string, part: string, open: () => Promise<void>): Promise<void> =>
    step(name, async () => {
      const lost = await focusIsLost();
      await open();
      const shown = page.locator(part);
      await expect(shown).toBeVisible();
      await look({ name, part });
      await page.keyboard.press('Escape');
      await expect(shown).toBeHidden();
      if (!lost) await expect.poll(focusIsLost, { message: `the focus after ${name}` }).toBe(false);
    });
  const palette = async (query: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await search.fill(query);
  };
  const fromPalette = async (query: string): Promise<void> => {
    await palette(query);
    await page.keyboard.press('Enter');
  };
  const showView = async (view: 'hosts' | 'map' | 'tunnels' | 'keys' | 'history' | 'settings'): Promise<void> => {
    await page.locator('.view-switcher').getByRole('button', { name: words.window.views[view] }).click();
    if (view !== 'hosts') await expect(page.getByRole('main').getByRole('heading', { name: words.window.views[view], exact: true })).toBeVisible();
  };
  const filter = page.locator('#host-filter');

  await step('hosts', () => look({ name: 'hosts', part: 'body' }));
  await step('filter', async () => {
    await filter.fill('st');
    await expect(page.locator('.completions')).toBeVisible();
    await look({ name: 'filter-completions', part: '.left' });
    await filter.fill('nothing-like-it');
    await expect(page.locator('.hosts-panel')).toContainText('nothing-like-it');
    await look({ name: 'filter-no-match', part: '.left' });
    await filter.press('Escape');
  });
  await closing('view-menu', POPOVER, () => button(words.hosts.view).click());
  await step('selection', async () => {
    for (const name of ['web-1', 'web-2', 'web-3', 'bastion', 'db-1', 'batch-1']) await host(page, name).click({ modifiers: ['ControlOrMeta'] });
    await expect(button(words.hosts.clearSelection)).toBeVisible();
    await look({ name: 'selection', part: '.left' });
    await page.locator('.selection-bar').getByRole('button', { name: words.hosts.openSelected, exact: true }).click();
    await expect(dialog).toBeVisible();
    await look({ name: 'open-many', part: DIALOG });
    await page.keyboard.press('Escape');
    await page.locator('.selection-bar').getByRole('button', { name: words.hosts.clearSelection }).click();
  });
  await step('host', () => host(page, 'web-1').click());
  await closing('routes', DIALOG, async () => {
    await button(words.host.openAs).click();
    await expect(dialog).toContainText('SSM');
  });
  await closing('forward', DIALOG, () => button(words.host.forward).click());
  await closing('action', DIALOG, async () => void (await page.locator('aside.right').getByRole('combobox', { name: words.hostActions.actions }).selectOption({ label: words.hostActions.menu.stop })));
  await closing('scopes', DIALOG, () => fromPalette(words.palette.action.scopes));
  await closing('accounts', DIALOG, () => fromPalette(words.palette.action.accounts));

  for (const [name, query] of [['palette', ''], ['palette-help', '?'], ['palette-actions', '>'], ['palette-hosts', '@web'], ['palette-none', 'nothing-like-it'], ['palette-mixed', 'te']] as const) await closing(name, DIALOG, () => palette(query));

  // Terminals.
  await step('question', async () => {
    await openHost(page, 'web-3', 'Shift+Enter');
    await dialog.getByRole('radio', { name: /203\.0\.113\.33/ }).check();
    await dialog.getByRole('button', { name: words.routes.open, exact: true }).click();
    await expect(page.getByTestId('question')).toBeVisible();
    await look({ name: 'host-key-question', part: CENTRE });
  });
  await step('shell', async () => {
    await filter.fill('web-1');
    await filter.press('Enter');
    await expectScreen(page, /\$ ?$/);
    await page.keyboard.press('Escape');
    await look({ name: 'terminal', part: CENTRE });
  });
  await closing('tab-menu', POPOVER, () => button(words.workspace.menu).click());
  await closing('rename', DIALOG, () => fromPalette(words.workspace.rename));
  await step('local shell', async () => {
    await inNewTab(page, () => fromPalette(words.workspace.localShell));
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
    await typeLine(page, "exec env PS1='$ ' sh");
    // Until bash is gone: what it has not read yet would end in its own way.
    await expectScreen(page, /^\$$/m);
    await typeLine(page, 'clear; seq 40; echo alpha');
    await expectScreen(page, /^alpha$/m);
  });
  await step('split', async () => {
    await inNewTab(page, () => page.keyboard.press('Control+Shift+D'));
    await expect(page.getByTestId('terminal').filter({ visible: true })).toHaveCount(2);
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
    await look({ name: 'split', part: CENTRE });
    await page.keyboard.press('Control+Shift+Enter');
    await expect(button(words.workspace.unmaximise)).toBeVisible();
    await look({ name: 'maximised', part: CENTRE });
    await page.keyboard.press('Control+Shift+W');
    await expect(page.getByTestId('terminal').filter({ visible: true })).toHaveCount(1);
  });
  await step('find', async () => {
    await terminal(page).locator('textarea').focus();
    await page.keyboard.press('Control+Shift+F');
    await page.locator('.find-bar input').first().fill('alpha');
    await expect(page.locator('#find-results')).not.toBeEmpty();
    await look({ name: 'find', part: CENTRE });
    await page.locator('.find-bar input').first().press('Escape');
  });
  await step('output search', async () => {
    await page.keyboard.press('Control+Shift+S');
    await page.locator('.output-search input[type=search], .output-search input').first().fill('a');
    await expect(page.locator('.output-line').first()).toBeVisible();
    await look({ name: 'output-search', part: CENTRE });
    await page.locator('.output-search input').first().press('Escape');
    await expect(page.locator('.output-search')).toHaveCount(0);
  });
  await closing('snippets-palette', DIALOG, () => page.keyboard.press('Control+Shift+P'));
  await closing('snippet', DIALOG, async () => {
    await page.keyboard.press('Control+Shift+P');
    await dialog.getByRole('option', { name: /say/ }).click();
    await dialog.getByLabel('what', { exact: true }).fill('it works');
  });
  await closing('snippets', DIALOG, () => fromPalette(words.snippets.manage));
  await step('snippet editor', async () => {
    await fromPalette(words.snippets.manage);
    await dialog.getByRole('listitem').first().getByRole('button').first().click();
    await look({ name: 'snippet-editor', part: DIALOG });
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  });
  await step('broadcast', async () => {
    await terminal(page).locator('textarea').focus();
    await page.keyboard.press('Control+Shift+I');
    await expect(dialog.getByRole('checkbox').first()).toBeVisible();
    for (const box of await dialog.getByRole('checkbox').all()) if (await box.isEnabled()) await box.check();
    await look({ name: 'broadcast', part: DIALOG });
    for (const box of await dialog.getByRole('checkbox').all()) if (await box.isEnabled()) await box.check();
    await dialog.locator('.button.primary').click();
    await expect(page.getByTestId('broadcast-frame').filter({ visible: true }).first()).toBeVisible();
    await look({ name: 'broadcast-bar', part: CENTRE });
    await page.locator('.broadcast-bar button').last().click();
    await expect(page.locator('.broadcast-bar')).toBeHidden();
  });
  const paste = (text: string): Promise<void> =>
    terminal(page).locator('textarea').evaluate((element, data) => {
      const transfer = new DataTransfer();
      transfer.setData('text/plain', data);
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
    }, text);
  await closing('paste', DIALOG, () => paste(`cd /srv/www\n${'rm -r cache '.repeat(20)}\u0007\necho done\n`));
  const clickLink = async (address: string): Promise<void> => {
    await typeLine(page, `clear; printf '\\033]8;;${address}\\033\\\\a link to somewhere\\033]8;;\\033\\\\\\n'`);
    await expectScreen(page, /^a link to somewhere/m);
    await clickFirstCell(page);
  };
  await closing('link', DIALOG, () => clickLink('http://someone@docs.example/a/long/path?with=query'));
  await closing('link-refused', DIALOG, () => clickLink('file:///etc/passwd'));
  await closing('clipboard', DIALOG, () => typeLine(page, `printf '\\033]52;c;%s\\a' "$(printf 'curl http://x.example\\nsh' | base64)"`));
  await step('recording', async () => {
    await fromPalette(words.workspace.record);
    await expect(page.getByTestId('recording')).toBeVisible();
    await typeLine(page, 'clear; echo first-words; colours; ls');
    await expectScreen(page, /^first-words/m);
    await look({ name: 'recording', part: 'body' });
    await fromPalette(words.workspace.markRecording);
    await typeLine(page, 'echo last-words');
    await expectScreen(page, /^last-words/m);
    await fromPalette(words.workspace.stopRecording);
    await expect(page.getByTestId('recording')).toBeHidden();
  });
  await step('ended', async () => {
    await typeLine(page, 'exit');
    await expect(page.getByTestId('session-banner').filter({ visible: true })).toBeVisible();
    await look({ name: 'ended', part: CENTRE });
  });
  await step('failed', async () => {
    await openHost(page, 'stage-app-2', 'Shift+Enter');
    await dialog.getByRole('button', { name: words.routes.open, exact: true }).click();
    await expect(activeTab(page)).toHaveAttribute('data-state', 'failed');
    await look({ name: 'failed', part: CENTRE });
  });

  // Views.
  await step('map', async () => {
    await showView('map');
    await expect(page.locator('[data-map-id]').first()).toBeVisible();
    await look({ name: 'map', part: CENTRE });
  });
  await step('tunnels', async () => {
    await showView('tunnels');
    await look({ name: 'tunnels-none', part: CENTRE });
    await page.getByRole('main').getByRole('button', { name: words.tunnels.add }).click();
    await dialog.getByRole('spinbutton').first().fill('80');
    await dialog.locator('.button.primary').click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('main').locator('table')).toBeVisible();
    await look({ name: 'tunnels', part: CENTRE });
  });
  await step('keys', async () => {
    await showView('keys');
    await look({ name: 'keys', part: CENTRE });
  });
  await closing('key-generate', DIALOG, () => button(words.keys.generate).click());
  await closing('key-import', DIALOG, () => button(words.keys.import).click());
  await closing('key-create-ec2', DIALOG, () => button(words.ec2Keys.create).click());
  await closing('key-import-ec2', DIALOG, () => button(words.ec2Keys.import).click());
  await closing('key-delete-ec2', DIALOG, () => page.getByRole('main').locator('table').nth(1).getByRole('button', { name: words.ec2Keys.deleteNamed.replace('{{name}}', 'demo-key') }).first().click());
  await step('history', async () => {
    await showView('history');
    await expect(button(words.history.replay)).toBeVisible();
    await look({ name: 'history', part: CENTRE });
    await button(words.history.details).click();
    await look({ name: 'history-details', part: CENTRE });
  });
  await closing('history-export', POPOVER, () => button(words.history.export).click());
  await step('player', async () => {
    await button(words.history.replay).click();
    await expect(page.getByTestId('player-screen')).toBeVisible();
    const found = page.getByRole('searchbox', { name: words.player.search });
    await found.fill('words');
    await found.press('Enter');
    await expect(page.getByTestId('player-screen')).toContainText('words');
    await look({ name: 'player', part: CENTRE });
    await button(words.player.back).click();
  });
  for (const topic of Object.keys(words.settings.categories) as (keyof typeof en.settings.categories)[]) {
    await step(`settings ${topic}`, async () => {
      await showView('settings');
      await page.locator('.settings-categories').getByRole('button', { name: words.settings.categories[topic], exact: true }).click();
      await look({ name: `settings-${topic}`, part: CENTRE });
    });
  }
  await closing('settings-reset', DIALOG, () => button(words.settings.resetAllButton).click());
  await step('settings search', async () => {
    await page.getByRole('searchbox', { name: words.settings.search }).fill('keys');
    await look({ name: 'settings-search', part: CENTRE });
    await page.getByRole('searchbox', { name: words.settings.search }).fill('nothing-like-it');
    await look({ name: 'settings-no-match', part: CENTRE });
    await page.getByRole('searchbox', { name: words.settings.search }).fill('');
  });
  await step('key capture', async () => {
    await page.locator('.settings-categories').getByRole('button', { name: words.settings.categories.shortcuts, exact: true }).click();
    await page.locator('.shortcut-row').first().getByRole('button').first().click();
    await page.keyboard.press('Control+Shift+d');
    await expect(page.locator('.key-capture [role=alert]')).not.toBeEmpty();
    await look({ name: 'key-capture', part: CENTRE });
    await page.keyboard.press('Escape');
    await showView('hosts');
  });
}
