/**
 * From the start of the program to a window that can be used: 5,000 hosts known from the last time, ten restored tabs; and what the
 * page loads for it. Chromium runs already. Run: node bench/start.ts, after a build.
 */
import type { Browser, Page } from '@playwright/test';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LOCAL_SHELL_ID, type SavedWorkspace } from '../src/contract/workspace.ts';
import { launchApp, type RunningApp } from '../test/e2e/app.ts';
import { benchCloud } from './benchCloud.ts';
import { launchChromium, openPage } from './browserApp.ts';
import { median, toLine, type BenchFigure } from './figure.ts';

const HOSTS = 5000;
const TABS = 10;
const ROUNDS = 5;

export async function benchStart(): Promise<BenchFigure[]> {
  const cloud = await benchCloud({ instances: HOSTS });
  const home = await mkdtemp(join(tmpdir(), 'postern-bench-start-'));
  const browser = await launchChromium();
  let running: RunningApp | undefined;
  const launch = async (): Promise<RunningApp> => (running = await launchApp('web', { home, arguments: [], environment: { AWS_CONFIG_FILE: join(home, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'), AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' } }));
  try {
    // The cloud takes its own away when it ends.
    await Promise.all([copyFile(cloud.source.configFile, join(home, 'config')), copyFile(cloud.source.credentialsFile, join(home, 'credentials'))]);
    const first = await launch();
    const page = await openPage(browser);
    await page.goto(first.url);
    await page.waitForFunction((wanted) => (document.querySelector('.status-bar')?.textContent ?? '').includes('fresh') && window.stopwatch.hosts?.count === wanted, HOSTS, { timeout: 120_000 });
    const bytes = await loadedBytes(page);
    await page.close();
    await first.stop();
    await keepTabs(first.dataDir);
    const totals: number[] = [];
    const pages: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { totalMs, pageMs } = await start(browser, launch);
      totals.push(totalMs);
      pages.push(pageMs);
      await running?.stop();
    }
    return [
      { name: `start to a usable window, ${TABS} restored tabs, ${HOSTS} known hosts`, value: median(totals), unit: 'ms', goal: { of: 'value', atMost: 1500 }, note: `median of ${ROUNDS}, most ${Math.max(...totals).toFixed(0)} ms; of it the page ${median(pages).toFixed(0)} ms; a key in the filter has found its hosts by then` },
      { name: 'first load of the page, gzipped', value: bytes / 1000, unit: 'kB', goal: { of: 'value', atMost: 600 }, note: 'document, scripts and styles of a window without tabs' },
    ];
  } finally {
    await browser.close();
    await running?.stop();
    await cloud.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function keepTabs(dataDir: string): Promise<void> {
  const tabs: SavedWorkspace['tabs'] = Array.from({ length: TABS }, (_, index) => ({ tabId: `tab-${index}`, sessionId: `gone-${index}`, instanceId: LOCAL_SHELL_ID, name: `kept ${index}` }));
  await writeFile(join(dataDir, 'workspace.json'), JSON.stringify({ version: 1, tabs, activeTabId: 'tab-0' }));
  await writeFile(join(dataDir, 'settings.json'), '{ "restoreWorkspace": "always" }');
}

/** From the program's start until all tabs stand, all hosts are known, and a letter in the filter has been answered by painted rows: tabs wait for no hosts, nor these for tabs. */
async function start(browser: Browser, launch: () => Promise<RunningApp>): Promise<{ totalMs: number; pageMs: number }> {
  const page = await openPage(browser);
  const startedMs = performance.now();
  const app = await launch();
  const servedMs = performance.now();
  await page.goto(app.url, { waitUntil: 'commit' });
  await page.waitForFunction(([tabs, hosts]) => document.querySelectorAll('.tab').length === tabs && document.querySelector('[role=option][data-instance-id]') !== null && window.stopwatch.hosts?.count === hosts, [TABS, HOSTS] as const);
  const before = await page.locator('.status-bar').textContent();
  await page.getByLabel('Filter hosts').press('1');
  await page.waitForFunction(() => [...document.querySelectorAll('[role=status]')].some(({ textContent }) => /^[\d,]+ of [\d,]+$/.test(textContent)));
  await page.evaluate(() => new Promise<void>((resolve) => window.afterPaint(() => resolve())));
  const endMs = performance.now();
  await page.close();
  if (before?.includes('5,000 hosts') !== true) throw new Error(`the window knew: ${before ?? 'nothing'}`);
  return { totalMs: endMs - startedMs, pageMs: endMs - servedMs };
}

async function loadedBytes(page: Page): Promise<number> {
  const paths = await page.evaluate(() => ['index.html', ...performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname.slice(1))]);
  const files = [...new Set(paths)].filter((path) => /\.(html|js|css)$/.test(path));
  const sizes = await Promise.all(files.map(async (path) => gzipSync(await readFile(new URL(`../out/renderer/${path}`, import.meta.url))).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

if (import.meta.main) for (const figure of await benchStart()) process.stdout.write(`${toLine(figure)}\n`);
