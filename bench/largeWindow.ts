/**
 * The window with a large estate, in real Chromium against the shipped web app and a demo cloud in a process of its own: how it
 * arrives, from a key to its result on the screen, scrolling, and a restart while nobody answers.
 *
 * The page's own work is told in its main thread's time (Chromium's thread ticks), which a busy machine does not stretch; what a
 * person sees, by the clock. Run: node bench/largeWindow.ts [hosts], after a build.
 */
import type { Browser, CDPSession, Page } from '@playwright/test';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchApp, type RunningApp } from '../test/e2e/app.ts';
import { benchCloud } from './benchCloud.ts';
import { launchChromium, openPage } from './browserApp.ts';
import { median, percentile, toLine, type BenchFigure } from './figure.ts';
import { besideMachine } from './machine.ts';

/** As a person types them, letter by letter; each is taken back at once. The last finds nothing but by its letters in order. */
const QUERIES = ['web-1', 'running', 'i-0a', '10.0.12', 'prod web', 'state:running tag:role=web', 'type:t3 -state:running', 'wb01'];
const SCROLL_MS = 2000;
/** How long all facts of all hosts may take to arrive on a busy machine. */
const READ_MS = 300_000;
const FRAME_MS = 1000 / 60;

/** As they are typed into the palette, which opens over the list. */
const PALETTE_QUERIES = ['web-1', 'i-0a', 'state:stopped db', 'wb01'];

interface Key {
  /** From the key to the paint after the last change of the list it made, in ms by the clock. */
  readonly paintedMs: number;
  /** Of the page's main thread, until it was idle. */
  readonly threadMs: number;
}

export async function benchLargeWindow(hosts = 50_000): Promise<BenchFigure[]> {
  const cloud = await benchCloud({ instances: hosts });
  const home = await mkdtemp(join(tmpdir(), 'postern-bench-window-'));
  const browser = await launchChromium();
  const title = `window, ${hosts} hosts`;
  let running: RunningApp | undefined;
  const launch = async (): Promise<RunningApp> => (running = await launchApp('web', { home, arguments: [], environment: { AWS_CONFIG_FILE: join(home, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'), AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' } }));
  try {
    // The cloud takes its own away when it ends.
    await Promise.all([copyFile(cloud.source.configFile, join(home, 'config')), copyFile(cloud.source.credentialsFile, join(home, 'credentials'))]);
    const app = await launch();
    const loading = await load(browser, app.url, hosts);
    const reloaded = await load(browser, app.url, hosts);
    await loading.page.close();
    const keys = await type(reloaded.page, reloaded.session, QUERIES, '#host-filter', '.host-list');
    const typing = await longestTask(reloaded.page);
    const searched = await palette(reloaded.page, reloaded.session);
    const heapBytes = await heap(reloaded.session);
    const scroll = await scrollList(reloaded.page, reloaded.session);
    await app.stop();
    await cloud.stop();
    const again = await launch();
    const restarts: number[] = [];
    for (let round = 0; round < 3; round += 1) restarts.push(await restart(browser, again.url));
    await again.stop();
    const longTask = (name: string, value: number): BenchFigure => ({ name: `${title}: longest task of the main thread, ${name}`, value, unit: 'ms', goal: { of: 'value', atMost: 50 }, note: "the browser's long-task entries, by the clock; 0: none above 50 ms" });
    return [
      { name: `${title}: navigation to the first row`, value: loading.firstRowMs, unit: 'ms', note: `while they are read; reloaded ${reloaded.firstRowMs.toFixed(0)} ms` },
      { name: `${title}: navigation to the last row`, value: loading.lastRowMs, unit: 'ms', note: `while they are read; reloaded ${reloaded.lastRowMs.toFixed(0)} ms` },
      { ...longTask('while they are read', loading.longestTaskMs), note: `${loading.threadMs.toFixed(0)} ms of the main thread in all` },
      { ...longTask('reloaded', reloaded.longestTaskMs), note: `${reloaded.threadMs.toFixed(0)} ms of the main thread in all` },
      { name: `${title}: key to its result on the screen, p95`, value: percentile(keys.map(({ paintedMs }) => paintedMs), 95), unit: 'ms', goal: { of: 'value', atMost: 33 }, note: `p50 ${median(keys.map(({ paintedMs }) => paintedMs)).toFixed(1)} ms, of ${keys.length} keys` },
      { name: `${title}: main thread's time for a key, p95`, value: percentile(keys.map(({ threadMs }) => threadMs), 95), unit: 'ms', goal: { of: 'value', atMost: 33 }, note: `p50 ${median(keys.map(({ threadMs }) => threadMs)).toFixed(1)} ms, most ${Math.max(...keys.map(({ threadMs }) => threadMs)).toFixed(1)} ms; layout and paint are in it` },
      longTask('typing', typing),
      { name: `${title}: palette, key to its result on the screen, p95`, value: percentile(searched.keys.map(({ paintedMs }) => paintedMs), 95), unit: 'ms', goal: { of: 'value', atMost: 33 }, note: `p50 ${median(searched.keys.map(({ paintedMs }) => paintedMs)).toFixed(1)} ms; opened in ${median(searched.openMs).toFixed(1)} ms` },
      { name: `${title}: the page's heap, after typing`, value: heapBytes / 1024 ** 2, unit: 'MiB', note: 'after a garbage collection' },
      { name: `${title}: frames dropped while scrolling`, value: scroll.droppedPercent, unit: '%', goal: { of: 'value', atMost: 5 }, note: `${scroll.threadMs.toFixed(1)} ms of the main thread a frame` },
      { name: `${title}: restart without AWS, first paint to the first row with its age`, value: median(restarts), unit: 'ms', goal: { of: 'value', atMost: 300 }, note: `median of ${restarts.length}, most ${Math.max(...restarts).toFixed(0)} ms` },
    ];
  } finally {
    await browser.close();
    await running?.stop();
    await cloud.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function load(browser: Browser, url: string, hosts: number) {
  const page = await openPage(browser);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction((wanted) => (document.querySelector('.status-bar')?.textContent ?? '').includes('fresh') && window.stopwatch.hosts?.count === wanted, hosts, { timeout: READ_MS });
  await idle(page);
  const { firstRowMs = Number.NaN, hosts: last } = await page.evaluate(() => window.stopwatch);
  return { page, session, firstRowMs, lastRowMs: last?.ms ?? Number.NaN, longestTaskMs: await longestTask(page), threadMs: await threadMs(session) };
}

/** What is typed letter by letter, and taken back again. The keys go to what has the focus: a search for the field is no work of the window's. */
async function type(page: Page, session: CDPSession, queries: readonly string[], field: string, results: string): Promise<Key[]> {
  await page.evaluate((selector) => {
    window.painted = [];
    addEventListener('keydown', (event) => {
      const index = window.painted.length;
      const tell = (): void => window.afterPaint((nowMs) => (window.painted[index] = nowMs - event.timeStamp));
      tell();
      const observer = new MutationObserver(tell);
      window.stopWatchingKey?.();
      for (const element of document.querySelectorAll(selector)) observer.observe(element, { subtree: true, childList: true, attributes: true, characterData: true });
      window.stopWatchingKey = () => observer.disconnect();
    }, { capture: true, signal: (window.typing = new AbortController()).signal });
  }, results);
  await page.locator(field).focus();
  const keys: Key[] = [];
  const press = async (key: string): Promise<void> => {
    const before = await threadMs(session);
    await page.keyboard.press(key);
    await page.waitForFunction((count) => window.painted.length === count, keys.length + 1);
    await idle(page);
    const { paintedMs } = await page.evaluate(() => {
      window.stopWatchingKey?.();
      return { paintedMs: window.painted.at(-1) ?? Number.NaN };
    });
    keys.push({ paintedMs, threadMs: (await threadMs(session)) - before });
  };
  for (const query of queries) {
    for (const letter of query) await press(letter === ' ' ? 'Space' : letter);
    const shown = await page.locator(`${results} [role=option]`).count();
    if (shown === 0) throw new Error(`"${query}" found nothing`);
    for (const _letter of query) await press('Backspace');
  }
  await page.evaluate(() => window.typing?.abort());
  return keys;
}

/** Its dialog, from the key to its paint; then what is typed into it. */
async function palette(page: Page, session: CDPSession): Promise<{ readonly openMs: readonly number[]; readonly keys: readonly Key[] }> {
  const openMs: number[] = [];
  await page.evaluate(() => addEventListener('keydown', (event) => {
    if (event.key === 'k') window.afterPaint((nowMs) => (window.openedMs = nowMs - event.timeStamp));
  }, { capture: true }));
  for (let round = 0; round < 5; round += 1) {
    await page.evaluate(() => delete window.openedMs);
    await page.keyboard.press('ControlOrMeta+k');
    await page.waitForFunction(() => window.openedMs !== undefined && document.querySelector('.palette-input') !== null);
    openMs.push(await page.evaluate(() => window.openedMs ?? Number.NaN));
    await idle(page);
    if (round < 4) await page.keyboard.press('Escape');
  }
  const keys = await type(page, session, PALETTE_QUERIES, '.palette-input', '.palette-list');
  await page.keyboard.press('Escape');
  // The first one loads the code of the palette, which no estate makes larger.
  return { openMs: openMs.slice(1), keys };
}

async function scrollList(page: Page, session: CDPSession): Promise<{ droppedPercent: number; threadMs: number }> {
  await page.getByRole('listbox', { name: 'Hosts' }).hover();
  await page.evaluate(() => {
    window.frames60 = [];
    const frame = (nowMs: number): void => {
      window.frames60.push(nowMs);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const before = await threadMs(session);
  const started = await page.evaluate(() => window.frames60.length);
  const until = performance.now() + SCROLL_MS;
  while (performance.now() < until) await page.mouse.wheel(0, 600);
  const after = await threadMs(session);
  const frames = (await page.evaluate(() => window.frames60)).slice(started);
  const wanted = ((frames.at(-1) ?? 0) - (frames[0] ?? 0)) / FRAME_MS;
  return { droppedPercent: Math.max(0, (1 - (frames.length - 1) / wanted) * 100), threadMs: (after - before) / frames.length };
}

/** From the first paint of anything to the first host with its age. */
async function restart(browser: Browser, url: string): Promise<number> {
  const page = await openPage(browser);
  await page.addInitScript(() => {
    new MutationObserver((_changes, observer) => {
      if (document.querySelector('.host-row.remembered[data-instance-id]') === null) return;
      observer.disconnect();
      window.afterPaint((nowMs) => (window.rememberedMs = nowMs));
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.rememberedMs !== undefined);
  const ms = await page.evaluate(() => (window.rememberedMs ?? Number.NaN) - (performance.getEntriesByName('first-paint')[0]?.startTime ?? Number.NaN));
  await page.close();
  return ms;
}

/** When the page has nothing to do. */
async function idle(page: Page): Promise<void> {
  await page.evaluate(() => new Promise<void>((resolve) => requestIdleCallback((deadline) => (deadline.timeRemaining() > 1 ? resolve() : requestIdleCallback(() => resolve())))));
}

async function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { longestTaskMs } = window.stopwatch;
    window.stopwatch.longestTaskMs = 0;
    return longestTaskMs;
  });
}

/** What the page's main thread worked since it began. */
async function threadMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
}

async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

declare global {
  interface Window {
    painted: number[];
    typing?: AbortController;
    stopWatchingKey?: () => void;
    openedMs?: number;
    frames60: number[];
    rememberedMs?: number;
  }
}

if (import.meta.main) for (const figure of await besideMachine(() => benchLargeWindow(process.argv[2] === undefined ? undefined : Number(process.argv[2])))) process.stdout.write(`${toLine(figure)}\n`);
