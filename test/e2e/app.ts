/**
 * Launches the app that a project is about, with the demo cloud, in a home of its own: the web app, or Electron's built main and
 * preload under the stand-in `electron` module. One launch serves a worker; each test gets a fresh page of it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { test as base, expect } from '@playwright/test';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningApp {
  /** What a browser opens. */
  readonly url: string;
  readonly dataDir: string;
  readonly home: string;
  readonly pid: number;
  /** Everything it printed so far. */
  output(): string;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Reused when given: an app that starts again finds what the one before left. */
  readonly home?: string;
}

/** A value that must turn up nowhere but in the environment of the app (threats.md row 22). */
export const CANARY = 'canary-4f1d8e0b-do-not-show';

/** @param project `web` or `electron-stand-in` */
export async function launchApp(project: string, options: LaunchOptions = {}): Promise<RunningApp> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'postern-e2e-')));
  const dataDir = join(home, 'data');
  const rest = options.arguments ?? ['--demo'];
  const command = project === 'web' ? ['out/postern/postern.js', 'serve', ...rest] : ['--import', './test/e2e/standIn/register.mjs', 'out/main/index.js', ...rest];
  const { PATH, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = process.env;
  const environment = { PATH, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, HOME: home, POSTERN_DATA_DIR: dataDir, LANG: 'C.UTF-8', AWS_SECRET_ACCESS_KEY: CANARY, ...options.environment };
  const child = spawn(process.execPath, command, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const url = await firstAddress(child, (line) => (printed += `${line}\n`)).catch((cause: unknown) => {
    throw new Error(`the app did not start:\n${printed}`, { cause });
  });
  return {
    url,
    dataDir,
    home,
    pid: child.pid ?? 0,
    output: () => printed,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      if (options.home === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

function firstAddress(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('stdout is not piped');
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      onLine(line);
      const address = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(line)?.[0];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`it ended with status ${code}`)));
  });
}

export const test = base.extend<{ readonly window: Page }, { readonly app: RunningApp }>({
  app: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures wanted from this pattern
    async ({}, use, workerInfo) => {
      const app = await launchApp(workerInfo.project.name);
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  /** The window, loaded, with the demo's hosts listed. Sessions of the test before are closed. */
  window: async ({ page, app }, use) => {
    await page.goto(app.url);
    await expect(host(page, 'web-1')).toBeVisible();
    await use(page);
    await closeAllTabs(page);
  },
});

export { expect };

/** The row of a host in the list, by its exact name. */
export function host(page: Page, name: string) {
  return page.locator('[role=option][data-instance-id]').filter({ has: page.getByText(name, { exact: true }) }).first();
}

/** Filters by the name and presses a key on the best match. With Enter its tab is in front then; what it shows comes later. */
export async function openHost(page: Page, name: string, key: 'Enter' | 'Shift+Enter' = 'Enter'): Promise<void> {
  const filter = page.locator('#host-filter');
  await filter.fill(name);
  await expect(host(page, name)).toBeVisible();
  if (key === 'Shift+Enter') return filter.press(key);
  await inNewTab(page, () => filter.press(key));
  await expect(activeTab(page)).toContainText(name);
}

/** Runs the command palette's best match. */
export async function fromPalette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search hosts and actions' }).fill(words);
  await page.keyboard.press('Enter');
}

/** A shell of this machine, connected, in a tab of its own that is in front and has the keys. */
export async function openLocalShell(page: Page): Promise<void> {
  await inNewTab(page, () => fromPalette(page, 'New local shell'));
  await expect(activeTab(page)).toContainText('Local shell');
  await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
}

/**
 * A shell of this machine without line editing, whose screen is `$` alone. The prompt is waited for: a line that comes while bash
 * still reads ends in a carriage return, which the next shell takes for no end of a line.
 */
export async function openPlainShell(page: Page): Promise<void> {
  await openLocalShell(page);
  await typeLine(page, "exec env PS1='$ ' sh");
  await expectScreen(page, /^\$$/m);
  await typeLine(page, 'clear');
  await expect.poll(() => screen(page)).toBe('$');
}

/** Opens a tab and waits until it is in front: until then the tab before has the keys, and that one may well be connected too. */
export async function inNewTab(page: Page, open: () => Promise<void>): Promise<void> {
  const [before] = await activeTab(page).evaluateAll((tabs) => tabs.map((tab) => tab.dataset['sessionId']));
  await open();
  await expect(activeTab(page)).toHaveCount(1);
  await expect(activeTab(page)).not.toHaveAttribute('data-session-id', before ?? '');
}

/** The terminal in front. */
export function terminal(page: Page) {
  return page.getByTestId('terminal').filter({ visible: true });
}

/** The text of the terminal in front, without trailing spaces. */
export async function screen(page: Page): Promise<string> {
  const rows = await terminal(page).locator('.xterm-rows > div').allInnerTexts();
  return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n').trimEnd();
}

export async function expectScreen(page: Page, pattern: RegExp | string): Promise<void> {
  const matcher = expect.poll(() => screen(page), { message: `the terminal shows ${String(pattern)}` });
  await (typeof pattern === 'string' ? matcher.toContain(pattern) : matcher.toMatch(pattern));
}

/** Types a line into the terminal in front. */
export async function typeLine(page: Page, line: string): Promise<void> {
  await terminal(page).locator('textarea').focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** The tab in front, of the pane that has the keys. */
export function activeTab(page: Page) {
  return page.getByRole('tab').filter({ has: page.locator('.tab.active') });
}

export async function closeAllTabs(page: Page): Promise<void> {
  const close = page.locator('.tab-close');
  while ((await close.count()) > 0) await close.first().click();
}
