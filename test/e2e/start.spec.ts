/** What a window shows first when it comes back, and what it leaves for later. */
import type { Page } from '@playwright/test';
import { expect, expectScreen, openLocalShell, test, typeLine } from './app.ts';
import { holdStreams } from './heldStreams.ts';

declare global {
  interface Window {
    /** What was left for when the page has nothing to do. */
    leftForLater: (() => void)[];
  }
}

async function localShellThatSays(page: Page, text: string): Promise<void> {
  await openLocalShell(page);
  await expectScreen(page, /[$#] ?$/);
  await typeLine(page, `echo ${text}-'here'`);
  await expectScreen(page, `${text}-here`);
}

/** Hidden ones too. */
const terminals = (page: Page) => page.getByTestId('terminal');

test('after a reload the terminal in front is built first and hidden ones when they are looked at or their turn comes; each has its screen and takes keys', async ({ window }) => {
  await localShellThatSays(window, 'one');
  await localShellThatSays(window, 'two');
  await localShellThatSays(window, 'three');
  await expect(terminals(window)).toHaveCount(3);
  await window.addInitScript(() => {
    globalThis.window.leftForLater = [];
    globalThis.requestIdleCallback = (callback) => globalThis.window.leftForLater.push(() => callback({ didTimeout: false, timeRemaining: () => 50 }));
  });
  await window.reload();
  await expectScreen(window, 'three-here');
  await expect(window.getByRole('tab')).toHaveCount(3);
  // Also where the page went before it had kept where the last tab is.
  await expect(window.locator('.dv-tabs-and-actions-container')).toHaveCount(1);
  await expect(terminals(window)).toHaveCount(1);

  await window.getByRole('tab').first().click();
  await expectScreen(window, 'one-here');
  await typeLine(window, "echo again-'one'");
  await expectScreen(window, 'again-one');
  await expect(terminals(window)).toHaveCount(2);

  // The page is idle: the one that nobody looked at is there all the same, for the search over all output.
  await expect
    .poll(async () => {
      await window.evaluate(() => {
        for (const work of globalThis.window.leftForLater.splice(0)) work();
      });
      return terminals(window).count();
    })
    .toBe(3);
  await window.keyboard.press('Control+Shift+S');
  await window.locator('.output-search input[type=search]').fill('two-here');
  await expect(window.locator('.output-line').filter({ hasText: 'two-here' }).first()).toBeVisible();
});

test('a tab whose place the page had not kept when it was reloaded comes to the pane that is there', async ({ window }) => {
  await localShellThatSays(window, 'one');
  await localShellThatSays(window, 'two');
  await window.addInitScript(() => {
    const key = 'postern.workspace';
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as { readonly tabs: readonly { readonly tabId: string }[]; readonly layout: { readonly tabIds: readonly string[] } };
    const [first] = kept.tabs;
    sessionStorage.setItem(key, JSON.stringify({ ...kept, layout: { ...kept.layout, tabIds: [first?.tabId], activeTabId: first?.tabId } }));
  });
  await window.reload();
  await expectScreen(window, 'two-here');
  await expect(window.getByRole('tab')).toHaveCount(2);
  await expect(window.locator('.dv-tabs-and-actions-container')).toHaveCount(1);
});

test('what is typed before the stream of a terminal has come waits for it and arrives (a browser only)', async ({ window }, testInfo) => {
  test.skip(testInfo.project.name !== 'web', 'The desktop has no line that can be held.');
  await localShellThatSays(window, 'one');
  const streams = await holdStreams(window);
  await window.reload();
  await expect.poll(() => streams.count()).toBeGreaterThan(0);
  await typeLine(window, "echo early-'bird'");
  streams.release();
  await expectScreen(window, 'early-bird');
});
