/** What is typed while a new tab opens: it is for that tab's shell, and for no other. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { activeTab, expect, expectScreen, fromPalette, host, launchApp, openHost, openPlainShell, screen, terminal, test, typeLine } from './app.ts';

interface HeldOpening {
  /** Whether a tab has been asked for. */
  asked(): boolean;
  /** It goes to the app now, and all that followed. */
  release(alter?: (message: string) => string): void;
}

/** Holds the next tab that this page asks for back, once the page has been loaded anew. */
async function holdOpening(page: Page): Promise<{ readonly hold: () => HeldOpening }> {
  let held: ((alter?: (message: string) => string) => void)[] | undefined;
  await page.routeWebSocket(/\/link$/, (socket) => {
    const app = socket.connectToServer();
    socket.onMessage((message) => {
      if (held !== undefined && (held.length > 0 || String(message).includes('"sessions.open"'))) held.push((alter) => app.send(typeof message === 'string' ? (alter?.(message) ?? message) : message));
      else app.send(message);
    });
  });
  await page.reload();
  await expect(page.getByTestId('link')).toHaveAttribute('data-state', 'open');
  return {
    hold() {
      held = [];
      return {
        asked: () => (held?.length ?? 0) > 0,
        release(alter) {
          const passing = held ?? [];
          held = undefined;
          for (const pass of passing) pass(alter);
        },
      };
    },
  };
}

/** The first tab's shell was typed nothing into, and takes keys. */
async function expectUntouched(page: Page): Promise<void> {
  await page.getByRole('tab').first().click();
  await expect.poll(() => screen(page)).toBe('$');
  await typeLine(page, 'echo here-$((2 + 2))');
  await expect.poll(() => screen(page)).toBe('$ echo here-$((2 + 2))\nhere-4\n$');
}

test('what is typed while a new shell is waited for runs in that one, and the shell before sees nothing of it', { tag: '@web' }, async ({ window }) => {
  const { hold } = await holdOpening(window);
  await openPlainShell(window);
  const opening = hold();
  await fromPalette(window, 'New local shell');
  await expect.poll(opening.asked).toBe(true);
  await expect(terminal(window).locator('textarea')).toBeFocused();
  await window.keyboard.type('echo for-the-neq');
  await window.keyboard.press('Backspace');
  await window.keyboard.type('w-$((1 + 1))\n');
  opening.release();
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
  await expectScreen(window, 'for-the-new-2');
  await typeLine(window, 'echo goes-$((1 + 2))');
  await expectScreen(window, 'goes-3');
  await expectUntouched(window);
});

test('a person who types right behind the key that opens a shell types into the new one alone', async ({ window }) => {
  await openPlainShell(window);
  await fromPalette(window, 'New local shell');
  await window.keyboard.type('echo at-once-$((3 + 4))\n');
  await expectScreen(window, 'at-once-7');
  await expect(window.getByRole('tab')).toHaveCount(2);
  await expectUntouched(window);
});

test('what was typed for a tab that cannot be opened goes nowhere, and the shell before has the keys again', { tag: '@web' }, async ({ window }) => {
  const { hold } = await holdOpening(window);
  await openPlainShell(window);
  const opening = hold();
  await fromPalette(window, 'New local shell');
  await expect.poll(opening.asked).toBe(true);
  await window.keyboard.type('echo for-nobody\n');
  opening.release((message) => message.replace('"local:shell"', '"i-0123456789abcdef0"'));
  await expect(window.getByRole('complementary', { name: 'Notices' }).getByRole('alert')).toContainText('i-0123456789abcdef0');
  await typeLine(window, 'echo here-$((2 + 2))');
  await expect.poll(() => screen(window)).toBe('$ echo here-$((2 + 2))\nhere-4\n$');
});

test('what is typed before a production tab has come is not sent there, nor anywhere else', { tag: '@web' }, async ({ page }, testInfo) => {
  const home = await mkdtemp(join(tmpdir(), 'postern-ahead-'));
  await mkdir(join(home, 'data'), { recursive: true });
  await writeFile(join(home, 'data', 'settings.json'), JSON.stringify({ version: 1, restoreWorkspace: 'never', accounts: { '111122223333': { production: true } } }));
  const app = await launchApp(testInfo.project.name, { home });
  try {
    await page.goto(app.url);
    const { hold } = await holdOpening(page);
    await expect(host(page, 'web-1')).toBeVisible();
    await openHost(page, 'web-1');
    await expectScreen(page, /\$ ?$/);
    await typeLine(page, "exec env PS1='$ ' sh");
    await expectScreen(page, /^\$$/m);
    const opening = hold();
    await page.keyboard.press('Control+Shift+D');
    await expect.poll(opening.asked).toBe(true);
    await page.keyboard.type('echo by-surprise\n');
    opening.release();
    await expect(page.getByRole('tab')).toHaveCount(2);
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
    for (const tab of await page.getByRole('tabpanel').getByTestId('terminal').all()) {
      await tab.locator('textarea').focus();
      await page.keyboard.type('echo here-$((2 + 2))\n');
      await expect(tab).toContainText('here-4');
      await expect(tab).not.toContainText('by-surprise');
    }
  } finally {
    await app.stop();
    await rm(home, { recursive: true, force: true });
  }
});
