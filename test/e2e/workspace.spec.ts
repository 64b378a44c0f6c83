/** Tabs in panes: split, dragged, named, closed and opened again, moved out, and brought back by the next start. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { activeTab, expect, expectScreen, fromPalette, host, inNewTab, launchApp, openHost, openLocalShell, screen, test, typeLine } from './app.ts';

const PROMPT = /\$ ?$/;

/** The groups of tabs, from left to right and from top to bottom, each with the names of its tabs. */
async function panes(page: Page): Promise<string[][]> {
  const groups = await page.locator('.dv-groupview').filter({ visible: true }).evaluateAll((elements) =>
    elements
      .map((element) => ({ box: element.getBoundingClientRect(), names: [...element.querySelectorAll('.tab-name')].map(({ textContent }) => textContent) }))
      .toSorted((a, b) => a.box.left - b.box.left || a.box.top - b.box.top)
      .map(({ names }) => names),
  );
  return groups;
}

async function boxOf(locator: Locator): Promise<{ readonly x: number; readonly y: number; readonly width: number; readonly height: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('there is nothing to drag');
  return box;
}

/** With the mouse, in steps as a hand moves it. */
async function dragTab(page: Page, name: RegExp, to: { readonly x: number; readonly y: number }): Promise<void> {
  const from = await boxOf(page.getByRole('tab', { name }));
  await page.mouse.move(from.x + 20, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 40, from.y + from.height / 2 + 4, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 10 });
  await page.mouse.move(to.x + 2, to.y + 2, { steps: 3 });
  await page.mouse.up();
}

/** The terminal of the pane that has the keys. */
function focused(page: Page) {
  return page.locator('.terminal-tab:has(textarea:focus)');
}

test('a split opens the same host by the same route beside the tab, and keys move between and maximise the panes', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  const first = await activeTab(window).getAttribute('data-session-id');
  await inNewTab(window, () => window.keyboard.press('Control+Shift+D'));
  await expect.poll(() => panes(window)).toEqual([['web-1'], ['web-1']]);
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
  await expect(activeTab(window)).toContainText('SSM');
  const second = await activeTab(window).getAttribute('data-session-id');
  await inNewTab(window, () => window.keyboard.press('Control+Shift+E'));
  await expect(window.getByRole('tab')).toHaveCount(3);
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');

  await window.keyboard.press('Control+Alt+ArrowUp');
  await expect(focused(window)).toHaveAttribute('data-session-id', second ?? '');
  await window.keyboard.press('Control+Alt+ArrowLeft');
  await expect(focused(window)).toHaveAttribute('data-session-id', first ?? '');
  await window.keyboard.type('echo here-$((6 * 7))\n');
  await expect.poll(() => focused(window).locator('.xterm-rows').innerText()).toContain('here-42');

  await window.keyboard.press('Control+Shift+Enter');
  await expect.poll(() => panes(window)).toEqual([['web-1']]);
  await expect(window.getByRole('button', { name: 'Show all panes' })).toBeVisible();
  await expectScreen(window, 'here-42');
  await window.keyboard.press('Control+Shift+Enter');
  await expect.poll(() => panes(window)).toEqual([['web-1'], ['web-1'], ['web-1']]);
});

test('shells that come back from behind a maximised pane are told no other size than their own', { tag: '@web' }, async ({ window }) => {
  const told: { readonly sessionId: string; readonly size: string }[] = [];
  await window.exposeFunction('tellSize', (sessionId: string, size: string) => {
    told.push({ sessionId, size });
  });
  await window.evaluate(() => {
    const { tellSize } = window as unknown as { tellSize(sessionId: string, size: string): void };
    const send = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'send')?.value as typeof WebSocket.prototype.send;
    WebSocket.prototype.send = function (this: WebSocket, data) {
      const [, sessionId, size] = /"sessions\.resize","input":\{"sessionId":"([^"]+)","size":(\{[^}]+\})/.exec(typeof data === 'string' ? data : '') ?? [];
      if (sessionId !== undefined && size !== undefined) tellSize(sessionId, size);
      send.call(this, data);
    };
  });
  const sizesOf = (sessionId: string): string[] => told.flatMap((one) => (one.sessionId === sessionId ? [one.size] : []));
  const openOne = async (open: () => Promise<void>): Promise<string> => {
    await open();
    await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
    await expect.poll(async () => (await focused(window).locator('.xterm-rows').innerText()).trim()).toMatch(PROMPT);
    return (await activeTab(window).getAttribute('data-session-id')) ?? '';
  };
  const left = await openOne(() => openHost(window, 'web-1'));
  const whole = sizesOf(left).at(-1);
  const above = await openOne(() => inNewTab(window, () => window.keyboard.press('Control+Shift+D')));
  const below = await openOne(() => inNewTab(window, () => window.keyboard.press('Control+Shift+E')));
  await expect.poll(() => sizesOf(below).at(-1)).toBe(sizesOf(above).at(-1));
  const [tall, small] = [sizesOf(left).at(-1), sizesOf(above).at(-1)];
  expect(new Set([whole, tall, small]).size).toBe(3);
  told.length = 0;
  for (const _turn of ['one', 'two', 'three']) {
    await window.keyboard.press('Control+Shift+Enter');
    await expect.poll(() => sizesOf(below).at(-1)).toBe(whole);
    await window.keyboard.press('Control+Shift+Enter');
    await expect.poll(() => sizesOf(below).at(-1)).toBe(small);
  }
  expect(sizesOf(left).filter((size) => size !== tall)).toEqual([]);
  expect(sizesOf(above).filter((size) => size !== small)).toEqual([]);
  expect(new Set(sizesOf(below))).toEqual(new Set([whole, small]));
});

test('a tab that is dragged to the side becomes a pane, and keeps its terminal, its screen and its place in it', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  // Short, so that nothing above wraps when the pane is half as wide.
  await typeLine(window, 'seq 1000 1300');
  await expectScreen(window, '1300\n');
  await openHost(window, 'batch-1');
  await expectScreen(window, PROMPT);
  await window.getByRole('tab', { name: /web-1/ }).click();
  await expectScreen(window, '1300\n');
  const terminal = window.getByTestId('terminal').filter({ visible: true });
  await terminal.evaluate((element) => element.setAttribute('data-same', 'yes'));
  await terminal.hover();
  await window.mouse.wheel(0, -3000);
  await expect.poll(() => screen(window)).not.toContain('1300');
  let scrolled: string | undefined;
  // The wheel's scroll takes a few frames.
  await expect.poll(async () => scrolled === (scrolled = (await screen(window)).split('\n')[0]), { intervals: [300] }).toBe(true);

  const area = await boxOf(window.locator('.workspace'));
  await dragTab(window, /web-1/, { x: area.x + area.width * 0.9, y: area.y + area.height / 2 });
  await expect.poll(() => panes(window)).toEqual([['batch-1'], ['web-1']]);
  const moved = window.locator('.terminal-tab:not([hidden])').filter({ has: window.locator('[data-same=yes]') });
  await expect(moved).toBeVisible();
  await expect.poll(async () => (await moved.locator('.xterm-rows > div').first().innerText()).replaceAll('\u00a0', ' ').trimEnd()).toBe(scrolled);

  const other = await boxOf(window.getByRole('tab', { name: /batch-1/ }));
  await dragTab(window, /web-1/, { x: other.x + other.width * 0.75, y: other.y + other.height / 2 });
  await expect.poll(async () => (await panes(window)).map((names) => names.toSorted())).toEqual([['batch-1', 'web-1']]);
});

test('tabs are walked and closed by keyboard, named by the person, and the last closed comes back by the same route', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await openHost(window, 'batch-1');
  await expectScreen(window, PROMPT);
  await expect(window.getByRole('tablist', { name: 'Open sessions' })).toBeVisible();
  await activeTab(window).focus();
  await window.keyboard.press('ArrowLeft');
  await expect(activeTab(window)).toHaveAccessibleName('web-1, SSM, connected');
  await expect(activeTab(window)).toBeFocused();
  await expect(activeTab(window)).toHaveAttribute('aria-selected', 'true');
  await window.keyboard.press('F2');
  const dialog = window.getByRole('dialog', { name: 'Rename tab' });
  await dialog.getByLabel('Title').fill('the front');
  await window.keyboard.press('Enter');
  await expect(activeTab(window)).toHaveAccessibleName('the front, SSM, connected');

  await activeTab(window).focus();
  await window.keyboard.press('Delete');
  await expect(window.getByRole('tab')).toHaveCount(1);
  await expect(activeTab(window)).toContainText('batch-1');
  await window.keyboard.press('Control+Shift+R');
  await expect(activeTab(window)).toHaveAccessibleName('the front, SSM, connected');
  await expect(activeTab(window)).toContainText('SSM');
  await fromPalette(window, 'Duplicate tab');
  await expect(window.locator('.tab-name')).toHaveText(['batch-1', 'the front', 'the front']);
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
});

test('what a shell calls itself stands behind the name, and a hidden tab says that it spoke or rang', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await typeLine(window, String.raw`printf '\033]0;editing notes\007'`);
  await expect(activeTab(window).locator('.tab-shell-title')).toHaveText('editing notes');
  await expect(activeTab(window).locator('.tab-name')).toHaveText('web-1');
  await typeLine(window, String.raw`echo waits-$((6 * 7)); read go; echo said; read go; printf '\a'`);
  // Nothing more comes of itself.
  await expectScreen(window, /^waits-42$/m);
  await openHost(window, 'batch-1');
  await expectScreen(window, PROMPT);
  const quiet = window.getByRole('tab', { name: /web-1/ });
  await expect(quiet).toHaveAccessibleName('web-1, editing notes, SSM, connected');
  const { sessionId } = await quiet.evaluate((element) => ({ sessionId: element.dataset['sessionId'] ?? '' }));
  // The tab is not in view: its terminal's own input is.
  const type = async (): Promise<void> => {
    await window.locator(`.terminal-tab[data-session-id="${sessionId}"] textarea`).evaluate((element) => element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true })));
  };
  await type();
  await expect(quiet).toHaveAccessibleName('web-1, editing notes, SSM, connected, new output');
  await type();
  await expect(quiet).toHaveAccessibleName('web-1, editing notes, SSM, connected, bell');
  await quiet.click();
  await expect(quiet).toHaveAccessibleName('web-1, editing notes, SSM, connected');
});

test('a local shell is the person’s own, without what was meant for Postern', async ({ window, app }) => {
  // The filter has the keys at the start; what was chosen takes them.
  await expect(window.getByLabel('Filter hosts')).toBeFocused();
  await openLocalShell(window);
  await expect(window.getByTestId('terminal').filter({ visible: true }).locator('textarea')).toBeFocused();
  await typeLine(window, 'echo "home=$HOME data=[$POSTERN_DATA_DIR] term=$TERM_PROGRAM"');
  await expectScreen(window, `home=${app.home} data=[] term=postern`);
  await typeLine(window, 'exit 4');
  await expect(window.getByTestId('session-banner')).toContainText('with exit status 4');
});

test('a tab moved to a window of its own goes on there, and comes back when that window is closed', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await typeLine(window, 'kept=yes');
  await openHost(window, 'batch-1');
  await expectScreen(window, PROMPT);
  await window.getByRole('tab', { name: /web-1/ }).click();
  const opening = window.waitForEvent('popup');
  await fromPalette(window, 'Move to a new window');
  const own = await opening;
  await expect(window.getByRole('tab')).toHaveCount(1);
  await expect(own.getByRole('tab')).toHaveCount(1);
  await expectScreen(own, PROMPT);
  await typeLine(own, 'echo kept=$kept');
  await expectScreen(own, 'kept=yes');
  await own.close();
  await expect(window.getByRole('tab')).toHaveCount(2);
  await expectScreen(window, 'kept=yes');
});

test('a key that closes the list of tabs that have no room does not go to the shell too', { tag: '@web' }, async ({ window }) => {
  for (let count = 0; count < 5; count += 1) await openLocalShell(window);
  await typeLine(window, 'clear; exec cat -v');
  // Lines are whole from here on: bash would have left half of one behind.
  await expect.poll(() => screen(window)).toBe('');
  await window.keyboard.type('do');
  await expectScreen(window, /^do$/m);
  const list = window.locator('.dv-tabs-overflow-container');
  for (const key of ['Escape', 'Enter']) {
    await window.locator('.dv-tabs-overflow-dropdown-root').click();
    await expect(list).toBeVisible();
    await window.keyboard.press(key);
    await expect(list).toHaveCount(0);
  }
  await window.keyboard.type('ne');
  await window.keyboard.press('Enter');
  await expectScreen(window, /^done\ndone$/m);
});

test('a narrow window shows one group, and the panes come back when it is wide again', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await inNewTab(window, () => window.keyboard.press('Control+Shift+D'));
  await expect.poll(() => panes(window)).toEqual([['web-1'], ['web-1']]);
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
  const size = window.viewportSize() ?? { width: 1280, height: 720 };
  // A menu would stay behind where its button was.
  await window.getByRole('button', { name: 'Tab menu' }).last().click();
  await expect(window.getByRole('dialog', { name: 'Tab menu' })).toBeVisible();
  await window.setViewportSize({ width: size.width - 100, height: size.height });
  await expect(window.getByRole('dialog', { name: 'Tab menu' })).toBeHidden();
  expect(await panes(window)).toEqual([['web-1'], ['web-1']]);
  await window.setViewportSize({ width: 480, height: 720 });
  await expect.poll(() => panes(window)).toEqual([['web-1', 'web-1']]);
  await window.setViewportSize(size);
  await expect.poll(() => panes(window)).toEqual([['web-1'], ['web-1']]);
});

test('the next start offers the tabs of the last one in their panes, and connects none before it is told to', async ({ page }, { project }) => {
  const home = await mkdtemp(join(tmpdir(), 'postern-e2e-'));
  try {
    let app = await launchApp(project.name, { home });
    await page.goto(app.url);
    await expect(host(page, 'web-1')).toBeVisible();
    await openHost(page, 'web-1');
    await expectScreen(page, PROMPT);
    await inNewTab(page, () => page.keyboard.press('Control+Shift+D'));
    await expect.poll(() => panes(page)).toEqual([['web-1'], ['web-1']]);
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
    await openHost(page, 'batch-1');
    await expectScreen(page, PROMPT);
    await fromPalette(page, 'Rename tab');
    await page.getByLabel('Title').fill('nightly');
    await page.keyboard.press('Enter');
    const file = join(app.dataDir, 'workspace.json');
    await expect.poll(() => readFile(file, 'utf8')).toMatch(/"via": "session-manager"[^}]*"title": "nightly"/);
    await app.stop();

    app = await launchApp(project.name, { home });
    await page.evaluate(() => sessionStorage.clear());
    await page.goto('about:blank');
    await page.goto(app.url);
    const offer = page.getByRole('status').filter({ hasText: 'The last time' });
    await expect(offer).toContainText('The last time, 3 tabs were open: web-1, nightly.');
    await expect(page.getByRole('tab')).toHaveCount(0);
    await offer.getByRole('button', { name: 'Restore', exact: true }).click();
    await expect.poll(() => panes(page)).toEqual([['web-1'], ['web-1', 'nightly']]);
    await expect(page.getByRole('button', { name: 'Reconnect' })).toHaveCount(2);
    await expect(page.getByTestId('terminal')).toHaveCount(0);
    await page.getByRole('tabpanel', { name: 'nightly' }).getByRole('button', { name: 'Reconnect' }).click();
    await expect(activeTab(page)).toHaveAccessibleName('nightly, SSM, connected');
    await expectScreen(page, PROMPT);
    await app.stop();

    // A newer Postern wrote it: nothing is offered, nothing is lost, and it is said.
    await writeFile(file, `{"version": 99, "tabs": "another form"}`);
    app = await launchApp(project.name, { home });
    await page.evaluate(() => sessionStorage.clear());
    await page.goto('about:blank');
    await page.goto(app.url);
    await expect(page.getByText(/workspace\.json was written by a newer Postern\. It was kept as workspace\.json\.newer-/)).toBeVisible();
    await expect(offer).toHaveCount(0);
    const kept = (await readdir(app.dataDir)).find((name) => name.startsWith('workspace.json.newer-'));
    expect(await readFile(join(app.dataDir, kept ?? ''), 'utf8')).toBe(`{"version": 99, "tabs": "another form"}`);
    await app.stop();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
