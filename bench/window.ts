/**
 * How long until the window can be used: from the start of the program, from the navigation, from Enter on a host to its
 * prompt; and the same with 10,000 hosts. Run: node bench/window.ts
 */
import type { Browser } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeTab, launchChromium, launchDemo, openHost, openPage, waitForHosts } from './browserApp.ts';
import type { BenchFigure } from './figure.ts';
import { median, toLine } from './figure.ts';

const ROUNDS = 5;
const MANY = 10_000;
/** A web server that does nothing and a page with one row: what Node and Chromium take of the same way. */
const BARE_SERVER = `
  const server = require('node:http').createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>bare</title><input aria-label="Filter hosts"><div role="option" data-instance-id="i">row</div>');
  });
  server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port + '/'));
`;

interface Round {
  /** From the start of the program, in ms. */
  readonly usableMs: number;
  /** From the start of the program to the address it prints, in ms. */
  readonly addressMs: number;
  /** From the navigation, in ms. */
  readonly firstRowMs: number;
  readonly sessionManagerMs: number;
  readonly sshMs: number;
}

export async function benchWindow(): Promise<BenchFigure[]> {
  const browser = await launchChromium();
  try {
    const ours: Round[] = [];
    const bare: { usableMs: number; firstRowMs: number }[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      ours.push(await measureOurs(browser));
      bare.push(await measureBare(browser));
    }
    const of = (key: keyof Round): number => median(ours.slice(1).map((round) => round[key]));
    const bareOf = (key: 'usableMs' | 'firstRowMs'): number => median(bare.slice(1).map((round) => round[key]));
    const rounds = `median of ${ROUNDS}`;
    return [
      { name: 'start of the program to a usable window (demo, web)', value: of('usableMs'), unit: 'ms', ratio: of('usableMs') / bareOf('usableMs'), peer: `an empty Node server and page, ${bareOf('usableMs').toFixed(0)} ms`, note: `${rounds}; its address after ${of('addressMs').toFixed(0)} ms` },
      { name: 'navigation to the first host painted', value: of('firstRowMs'), unit: 'ms', ratio: of('firstRowMs') / bareOf('firstRowMs'), peer: `an empty page, ${bareOf('firstRowMs').toFixed(0)} ms`, note: rounds },
      { name: 'Enter on a host to its prompt, Session Manager', value: of('sessionManagerMs'), unit: 'ms', note: rounds },
      { name: 'Enter on a host to its prompt, SSH', value: of('sshMs'), unit: 'ms', note: `${rounds}; host key known` },
      ...(await measureMany(browser)),
    ];
  } finally {
    await browser.close();
  }
}

async function measureOurs(browser: Browser): Promise<Round> {
  const startedMs = Date.now();
  const app = await launchDemo();
  try {
    const addressMs = Date.now() - startedMs;
    const { page, firstRowMs, navigatedMs } = await loadWindow(browser, app.url);
    const usableMs = navigatedMs + firstRowMs - startedMs;
    // Usable means that the filter takes what is typed: the focus is there without a click.
    await page.keyboard.type('bastion');
    await page.waitForFunction(() => document.querySelector('[role=option][data-instance-id]')?.textContent?.includes('bastion'));
    await waitForHosts(page);
    await openHost(page, 'bastion'); // Asks for the host key.
    await closeTab(page);
    const sessionManagerMs = await timeToPrompt(page, 'web-1');
    const sshMs = await timeToPrompt(page, 'bastion');
    await page.close();
    return { usableMs, addressMs, firstRowMs, sessionManagerMs, sshMs };
  } finally {
    await app.stop();
  }
}

async function measureBare(browser: Browser): Promise<{ usableMs: number; firstRowMs: number }> {
  const startedMs = Date.now();
  const child = spawn(process.execPath, ['-e', BARE_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { page, firstRowMs, navigatedMs } = await loadWindow(browser, line.toString().trim());
    await page.close();
    return { usableMs: navigatedMs + firstRowMs - startedMs, firstRowMs };
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

/** @returns also when the navigation began, in milliseconds since 1970: the page's clock and ours are the same machine's */
async function loadWindow(browser: Browser, url: string) {
  const page = await openPage(browser);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.stopwatch.firstRowMs !== undefined);
  const { firstRowMs, navigatedMs } = await page.evaluate(() => ({ firstRowMs: window.stopwatch.firstRowMs ?? Number.NaN, navigatedMs: performance.timeOrigin }));
  return { page, firstRowMs, navigatedMs };
}

async function timeToPrompt(page: Awaited<ReturnType<typeof openPage>>, name: string): Promise<number> {
  await openHost(page, name);
  const { enterMs, promptMs } = await page.evaluate(() => window.stopwatch);
  await closeTab(page);
  return (promptMs ?? Number.NaN) - (enterMs ?? Number.NaN);
}

/** A window on 10,000 hosts that the services have just begun to read. */
async function measureMany(browser: Browser): Promise<BenchFigure[]> {
  const rounds: { firstRowMs: number; lastRowMs: number; longestTaskMs: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    const app = await launchDemo(`--demo=${MANY}`);
    try {
      const { page, firstRowMs } = await loadWindow(browser, app.url);
      await waitForHosts(page, MANY);
      const { hosts, longestTaskMs } = await page.evaluate(() => window.stopwatch);
      rounds.push({ firstRowMs, lastRowMs: hosts?.ms ?? Number.NaN, longestTaskMs });
      await page.close();
    } finally {
      await app.stop();
    }
  }
  const of = (key: keyof (typeof rounds)[number]): number => median(rounds.map((round) => round[key]));
  return [
    { name: `window, ${MANY} hosts: navigation to the first row`, value: of('firstRowMs'), unit: 'ms', note: 'median of 3; the services start to read when the window asks' },
    { name: `window, ${MANY} hosts: navigation to the last row`, value: of('lastRowMs'), unit: 'ms', note: 'median of 3; demo cloud and services share one process' },
    { name: `window, ${MANY} hosts: longest task of the page's main thread`, value: of('longestTaskMs'), unit: 'ms', goal: { of: 'value', atMost: 50 }, note: "median of 3; the browser's long-task entries, by wall clock; 0 means none above 50 ms" },
  ];
}

if (import.meta.main) for (const figure of await benchWindow()) process.stdout.write(`${toLine(figure)}\n`);
