/**
 * What a tab costs: the page's heap with one tab and with nine, each with 10,000 full lines of 120 columns, and after all are
 * closed; what 200 tabs leave behind; whether `yes` in a hidden tab stays flat; and the services' resident memory for each session.
 * Run: node bench/memory.ts (POSTERN_LONG=1: an hour of `yes` instead of two minutes)
 */
import type { CDPSession, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { closeTab, launchChromium, launchDemo, openHost, openPage, typeLine, waitForHosts } from './browserApp.ts';
import type { BenchFigure } from './figure.ts';
import { toLine } from './figure.ts';

const TABS = 9;
const COLUMNS = 120;
/** The scrollback of a tab and its screen. */
const LINES = 10_100;
const MEGABYTE = 1e6;
const MANY_TABS = 200;
const HIDDEN_MS = process.env['POSTERN_LONG'] === '1' ? 3_600_000 : 120_000;
/** Before it counts: the scrollback is full by then, and both engines have compiled what they run. */
const WARM_UP_MS = 20_000;

export async function benchMemory(): Promise<BenchFigure[]> {
  const browser = await launchChromium();
  const app = await launchDemo();
  try {
    const page = await openPage(browser);
    await page.goto(app.url);
    await waitForHosts(page);
    const session = await page.context().newCDPSession(page);
    await openFullTab(page, 1);
    // The columns are known now; what the first tab loaded for all of them stays.
    await closeTab(page);
    const emptyBytes = await heapBytes(session);
    const appBefore = residentBytes(app.pid);
    await openFullTab(page, 1);
    const oneBytes = await heapBytes(session);
    for (let tab = 2; tab <= TABS; tab += 1) await openFullTab(page, tab);
    const allBytes = await heapBytes(session);
    const appAfter = residentBytes(app.pid);
    for (let tab = 0; tab < TABS; tab += 1) await closeTab(page);
    const closedBytes = await heapBytes(session);
    for (let tab = 0; tab < MANY_TABS; tab += 1) {
      await openHost(page, 'bastion');
      await closeTab(page);
    }
    const afterManyBytes = await heapBytes(session);
    const hidden = await floodHidden(page, session, app.pid);
    return [
      { name: `page's heap for each tab, ${COLUMNS} columns, 10,000 lines`, value: (allBytes - oneBytes) / (TABS - 1) / MEGABYTE, unit: 'MB', goal: { of: 'value', atMost: 20 }, note: `after collection, array buffers included; ${(oneBytes / MEGABYTE).toFixed(1)} MB with 1 tab, ${(allBytes / MEGABYTE).toFixed(1)} MB with ${TABS}` },
      { name: "page's heap without tabs", value: emptyBytes / MEGABYTE, unit: 'MB' },
      { name: "page's heap kept of each closed tab", value: (closedBytes - emptyBytes) / TABS / MEGABYTE, unit: 'MB', goal: { of: 'value', atMost: 0.5 }, note: `${(closedBytes / MEGABYTE).toFixed(1)} MB after ${TABS} tabs were closed, ${(emptyBytes / MEGABYTE).toFixed(1)} MB before` },
      { name: `page's heap kept of ${MANY_TABS} tabs opened and closed`, value: (afterManyBytes - closedBytes) / MEGABYTE, unit: 'MB', goal: { of: 'value', atMost: 5 } },
      { name: `page's heap gained by ${HIDDEN_MS / 60_000} min of \`yes\` in a hidden tab`, value: hidden.heapBytes / MEGABYTE, unit: 'MB', goal: { of: 'value', atMost: 2 }, note: 'counted from when its scrollback was full' },
      { name: "services' resident memory gained by the same", value: hidden.residentBytes / MEGABYTE, unit: 'MB', note: 'with the demo host, in one process' },
      { name: "services' resident memory for each session", value: (appAfter - appBefore) / TABS / MEGABYTE, unit: 'MB', note: `${(appAfter / MEGABYTE).toFixed(0)} MB with ${TABS}; the demo's SSH servers share the process, so it is more than a session's own` },
    ];
  } finally {
    await browser.close();
    await app.stop();
  }
}

/** What a hidden tab's flood adds, once it has gone on for a while. */
async function floodHidden(page: Page, session: CDPSession, pid: number): Promise<{ readonly heapBytes: number; readonly residentBytes: number }> {
  await openHost(page, 'bastion');
  await typeLine(page, 'yes');
  await openHost(page, 'bastion');
  await wait(WARM_UP_MS);
  const heap = await heapBytes(session);
  const resident = residentBytes(pid);
  await wait(HIDDEN_MS);
  return { heapBytes: (await heapBytes(session)) - heap, residentBytes: residentBytes(pid) - resident };
}

/** A tab by SSH whose buffer is full of lines as wide as the terminal. */
async function openFullTab(page: Page, tab: number): Promise<void> {
  await openHost(page, 'bastion');
  const columns = await fitColumns(page);
  if (columns !== COLUMNS) throw new Error(`the terminal has ${columns} columns`);
  await typeLine(page, `clear; head -c ${LINES * COLUMNS} /dev/zero | tr '\\0' x | fold -w ${COLUMNS}; echo; echo full-$((${tab} + 0))-tab`);
  await page.waitForFunction((text) => window.terminalText().includes(text), `full-${tab}-tab`);
}

/** Makes the window as wide as the terminal needs for 120 columns. @returns the columns there are then */
async function fitColumns(page: Page): Promise<number> {
  const widthOfRows = (): Promise<number> => page.evaluate(() => (document.querySelector('.terminal-tab:not([hidden]) .xterm-rows') ?? document.body).getBoundingClientRect().width);
  // The shell knows the columns: the window tells them to it.
  const askShell = async (): Promise<number> => {
    await typeLine(page, 'clear; echo size-$(stty size)-end');
    const columns = await page.waitForFunction(() => Number(/^size-\d+ (\d+)-end$/m.exec(window.terminalText())?.[1] ?? 0));
    return await columns.jsonValue();
  };
  let columns = await askShell();
  for (let attempt = 0; attempt < 4 && columns !== COLUMNS; attempt += 1) {
    const widthPx = await widthOfRows();
    const size = page.viewportSize();
    if (size === null) throw new Error('the page has no size');
    await page.setViewportSize({ width: Math.round(size.width + ((COLUMNS - columns) * widthPx) / columns + (COLUMNS > columns ? 1 : -1)), height: size.height });
    await page.waitForFunction((before) => (document.querySelector('.terminal-tab:not([hidden]) .xterm-rows') ?? document.body).getBoundingClientRect().width !== before, widthPx);
    columns = await askShell();
  }
  return columns;
}

/** What is left after two collections: objects, and the array buffers in which xterm.js keeps its cells. */
async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  return usedSize + backingStorageSize;
}

/** Of a process, from Linux's /proc. */
function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) * 1024;
}

if (import.meta.main) for (const figure of await benchMemory()) process.stdout.write(`${toLine(figure)}\n`);
