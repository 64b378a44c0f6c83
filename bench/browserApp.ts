/**
 * The built web app and Chromium for the benchmarks, as the end-to-end suite starts them (build/playwright.config.ts), and the
 * stopwatch that runs inside the page.
 */
import type { Browser, Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import type { RunningApp } from '../test/e2e/app.ts';
import { launchApp } from '../test/e2e/app.ts';
import config from '../build/playwright.config.ts';

export type { RunningApp } from '../test/e2e/app.ts';

/** What happened in the page, in milliseconds since its navigation began. */
export interface Stopwatch {
  /** The first row of a host was on the screen. */
  firstRowMs?: number;
  /** The number of hosts in the status bar changed for the last time, and to what. */
  hosts?: { readonly count: number; readonly ms: number };
  /** The last Enter. */
  enterMs?: number;
  /** A prompt stood at the end of the terminal in front, after that Enter. */
  promptMs?: number;
  /** The longest task of the main thread that the browser reported (those above 50 ms), in milliseconds. */
  longestTaskMs: number;
  /** Looks at nothing for now. */
  rests: boolean;
}

declare global {
  interface Window {
    stopwatch: Stopwatch;
    /** Calls back when what the page shows now has been painted. */
    afterPaint(callback: (nowMs: number) => void): void;
    /** The rows of the terminal in front. */
    terminalText(): string;
  }
}

export async function launchChromium(): Promise<Browser> {
  const { executablePath, args } = config.use?.launchOptions ?? {};
  return chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), ...(args === undefined ? {} : { args }) });
}

export async function launchDemo(demoArgument = '--demo'): Promise<RunningApp> {
  return launchApp('web', { arguments: [demoArgument] });
}

/** A page with the stopwatch, in a profile of its own, so that nothing is cached. */
export async function openPage(browser: Browser, size: { readonly width: number; readonly height: number } = { width: 1280, height: 800 }): Promise<Page> {
  const page = await browser.newPage({ viewport: size });
  page.on('crash', () => {
    throw new Error('the page crashed');
  });
  await page.addInitScript(startStopwatch);
  return page;
}

/** Filters by the name of a host and presses Enter; trusts a host key at first contact. Ends with the prompt on the screen. */
export async function openHost(page: Page, name: string): Promise<void> {
  const filter = page.getByLabel('Filter hosts');
  await filter.fill(name);
  await page.locator('[role=option][data-instance-id]').filter({ has: page.getByText(name, { exact: true }) }).first().waitFor();
  await page.evaluate(() => {
    delete window.stopwatch.promptMs;
    delete window.stopwatch.enterMs;
  });
  await filter.press('Enter');
  const trust = page.getByRole('button', { name: 'Trust this key and connect' }).filter({ visible: true });
  await Promise.race([prompt(page), trust.waitFor().catch(() => undefined)]);
  if (await trust.isVisible()) await trust.click();
  await prompt(page);
}

/** By the palette. Ends with the prompt on the screen. */
export async function openLocalShell(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox', { name: 'Search hosts and actions' }).fill('New local shell');
  await page.getByRole('option', { name: /^New local shell/ }).click();
  await page.waitForFunction(() => document.querySelector('.terminal-tab:not([hidden])')?.getAttribute('data-state') === 'connected' && window.terminalText() !== '');
}

export async function typeLine(page: Page, line: string): Promise<void> {
  await page.getByTestId('terminal').filter({ visible: true }).locator('textarea').focus();
  await page.keyboard.insertText(line);
  await page.keyboard.press('Enter');
}

export async function closeTab(page: Page): Promise<void> {
  const tabs = page.locator('.tab');
  const before = await tabs.count();
  await page.locator('.tab.active .tab-close').click();
  await page.waitForFunction((count) => document.querySelectorAll('.tab').length < count, before);
}

/** Every scope was read: the ways into a host are known. */
export async function waitForHosts(page: Page, count?: number): Promise<void> {
  await page.waitForFunction((wanted) => (document.querySelector('.status-bar')?.textContent ?? '').includes('fresh') && (wanted === undefined || window.stopwatch.hosts?.count === wanted), count, { timeout: 60_000 });
}

async function prompt(page: Page): Promise<void> {
  await page.waitForFunction(() => window.stopwatch.promptMs !== undefined).catch(async (cause: unknown) => {
    const shown = await page.evaluate(() => document.querySelector('.terminal-tab:not([hidden]) .connect-overlay')?.textContent ?? window.terminalText());
    throw new Error(`no prompt came; the tab shows: ${shown.slice(0, 500)}`, { cause });
  });
}

/** Runs in the page before anything of Postern. */
function startStopwatch(): void {
  const marks: Stopwatch = { longestTaskMs: 0, rests: false };
  window.stopwatch = marks;
  window.terminalText = () =>
    [...document.querySelectorAll('.terminal-tab:not([hidden]) .xterm-rows > div')]
      .map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  // A message posted in an animation frame is handled when that frame has been drawn; so is one posted while its layout is told
  // (a ResizeObserver's change is drawn in the same frame). What changes in a task behind the frame waits for the next.
  let inFrame = false;
  window.afterPaint = (callback) => {
    const whenDrawn = (): void => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => callback(performance.now()));
      port1.start();
      port2.postMessage(undefined);
    };
    if (inFrame) {
      whenDrawn();
      return;
    }
    requestAnimationFrame(() => {
      inFrame = true;
      // The first task behind the frame.
      void window.scheduler.postTask(() => (inFrame = false), { priority: 'user-blocking' });
      whenDrawn();
    });
  };
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter') marks.enterMs = event.timeStamp;
  }, { capture: true });
  let rowSeen = false;
  const look = (): void => {
    if (marks.rests) return;
    if (!rowSeen && document.querySelector('[role=option][data-instance-id]') !== null) {
      rowSeen = true;
      window.afterPaint((nowMs) => (marks.firstRowMs = nowMs));
    }
    const count = Number(/([\d,]+) hosts?\b/.exec(document.querySelector('.status-bar')?.textContent ?? '')?.[1]?.replaceAll(',', '') ?? 0);
    if (count !== (marks.hosts?.count ?? 0)) marks.hosts = { count, ms: performance.now() };
    if (marks.promptMs === undefined && marks.enterMs !== undefined && window.terminalText().endsWith('$')) {
      window.afterPaint((nowMs) => (marks.promptMs ??= nowMs));
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) marks.longestTaskMs = Math.max(marks.longestTaskMs, duration);
  }).observe({ type: 'longtask', buffered: true });
}
