/** The terminal in front as xterm.js itself has it: its theme, its cells, its links. The page keeps no way in, so React's own tree is asked. */
import type { ITheme, Terminal } from '@xterm/xterm';
import type { JSHandle, Page } from '@playwright/test';
import { expect, terminal } from './app.ts';

/** The xterm.js object of the terminal in front. */
export async function pageTerminal(page: Page): Promise<JSHandle<Terminal>> {
  const found = await terminal(page).evaluateHandle((element) => {
    type Hook = { readonly memoizedState?: { readonly terminal?: unknown }; readonly next?: Hook };
    type Fiber = { readonly memoizedState?: Hook; readonly return?: Fiber; readonly alternate?: Fiber };
    const key = Object.keys(element).find((name) => name.startsWith('__reactFiber$')) ?? '';
    for (let fiber = Reflect.get(element, key) as Fiber | undefined | null; fiber; fiber = fiber.return) {
      // Which of the two is shown changes with every render.
      for (const hooks of [fiber.memoizedState, fiber.alternate?.memoizedState]) {
        for (let hook: Hook | undefined | null = hooks; typeof hook === 'object' && hook; hook = hook.next) {
          if (hook.memoizedState?.terminal !== undefined) return hook.memoizedState.terminal;
        }
      }
    }
    throw new Error('no terminal in this element');
  });
  return found as JSHandle<Terminal>;
}

export async function themeOf(page: Page): Promise<ITheme> {
  const found = await pageTerminal(page);
  return found.evaluate((screen) => screen.options.theme ?? {});
}

/** Clicks the link that begins in the screen's first cell. */
export async function clickFirstCell(page: Page): Promise<void> {
  const box = await terminal(page).locator('.xterm-screen').boundingBox();
  if (box === null) throw new Error('no screen');
  // xterm.js looks for links when the mouse moves.
  await page.mouse.move(box.x + 200, box.y + 100);
  await page.mouse.move(box.x + 12, box.y + 8, { steps: 3 });
  await expect(terminal(page).locator('.xterm-cursor-pointer')).toBeVisible();
  await page.mouse.click(box.x + 12, box.y + 8);
}
