/**
 * How long a keystroke takes to come back: through services and link beside bare ssh2 to the same host, and in the browser
 * until it is painted, also while another tab is flooded. Run: node bench/echo.ts
 */
import type { Browser, Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2 from 'ssh2';
import type { Instance } from '../src/contract/instance.ts';
import { startDemo } from '../src/demo/startDemo.ts';
import type { TerminalStream } from '../src/link/client.ts';
import { connectContract } from '../src/link/client.ts';
import { linkPair } from '../src/link/link.ts';
import { serveLink } from '../src/link/server.ts';
import { systemClock } from '../src/services/base/clock.ts';
import type { Cloud } from '../src/services/base/cloud.ts';
import { silentLog } from '../src/services/base/log.ts';
import { MemorySecretStore } from '../src/services/base/secret.ts';
import { createServices } from '../src/services/services.ts';
import { serveBareTerminal } from './bareTerminal.ts';
import { launchChromium, launchDemo, openHost, openPage, typeLine, waitForHosts } from './browserApp.ts';
import type { BenchFigure } from './figure.ts';
import { percentile, toLine } from './figure.ts';

const KEYS = 300;
const SIZE = { columns: 80, rows: 24 };
/** The kernel's terminal echoes, and nothing of the shell takes part. The prompt never contains the word in one piece. */
const READY_COMMAND = "echo rea''dy; exec cat >/dev/null";
const READY = /ready\r?\n/;
const SSH_HOST = 'bastion';
const SESSION_MANAGER_HOST = 'web-1';

/** A terminal whose keystrokes are timed, one at a time. */
interface Echo {
  write(bytes: Uint8Array): void;
  /** The next output; set before each key. */
  onOutput: (text: string) => void;
}

export async function benchEcho(): Promise<BenchFigure[]> {
  return [...(await echoThroughLink()), ...(await echoInBrowser())];
}

/** The demo's SSH server, its terminals and both clients share this process: what is equal for both stays out of the difference. */
async function echoThroughLink(): Promise<BenchFigure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  const cloud = await startDemo({ dataDir, log: silentLog });
  const services = await createServices({ app: 'web', version: '0.0.0', dataDir, secrets: new MemorySecretStore(), log: silentLog, clock: systemClock, clouds: [cloud] });
  try {
    const [near, far] = linkPair();
    serveLink(far, services);
    const client = connectContract(near);
    const instances = await services.local.allInstances();
    client.onEvent((event) => {
      if (event.name !== 'sessions.changed' || event.payload.state.name !== 'asking') return;
      void client.sessions.answer({ sessionId: event.payload.sessionId, questionId: event.payload.state.question.questionId, reply: { kind: 'host-key', accept: true } });
    });
    const open = async (name: string): Promise<Echo> => {
      const { sessionId } = await client.sessions.open({ instanceId: named(instances, name).instanceId, size: SIZE });
      return await startEcho(overLink(await client.sessions.terminal({ sessionId })));
    };
    const ours = await open(SSH_HOST);
    const bare = await startEcho(overStream(await openBare(cloud, named(instances, SSH_HOST))));
    const sessionManager = await open(SESSION_MANAGER_HOST);
    // Key by key in turn, so that a noisy moment of the machine meets both.
    const ourTimes: number[] = [];
    const bareTimes: number[] = [];
    const sessionManagerTimes: number[] = [];
    for (let key = 0; key < KEYS + 20; key += 1) {
      ourTimes.push(await timeOneKey(ours));
      bareTimes.push(await timeOneKey(bare));
      sessionManagerTimes.push(await timeOneKey(sessionManager));
      await wait(3);
    }
    const figures = (['p50', 'p99'] as const).flatMap((name): BenchFigure[] => {
      const of = (times: readonly number[]): number => percentile(times.slice(20), Number(name.slice(1)));
      const us = of(ourTimes);
      const them = of(bareTimes);
      return [
        { name: `echo through services and link, SSH, ${name}`, value: us, unit: 'ms', ratio: us / them, peer: `bare ssh2 to the same host, ${them.toFixed(2)} ms`, note: `${KEYS} keys` },
        { name: `echo added by us to SSH, ${name}`, value: us - them, unit: 'ms', goal: { of: 'value', atMost: name === 'p50' ? 1 : 5 } },
        { name: `echo through services and link, Session Manager, ${name}`, value: of(sessionManagerTimes), unit: 'ms', note: `${KEYS} keys` },
      ];
    });
    return figures.toSorted((a, b) => a.name.localeCompare(b.name));
  } finally {
    await services.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function named(instances: readonly Instance[], name: string): Instance {
  const found = instances.find((instance) => instance.name === name);
  if (found === undefined) throw new Error(`the demo has no ${name}`);
  return found;
}

function overLink(stream: TerminalStream): Echo {
  const echo: Echo = { write: (bytes) => stream.write(bytes), onOutput: () => undefined };
  stream.onData((bytes, parsed) => {
    echo.onOutput(Buffer.from(bytes).toString('latin1'));
    parsed();
  });
  return echo;
}

function overStream(stream: Duplex): Echo {
  const echo: Echo = { write: (bytes) => stream.write(bytes), onOutput: () => undefined };
  stream.on('data', (bytes: Buffer) => echo.onOutput(bytes.toString('latin1')));
  return echo;
}

/** ssh2 by itself, with the sockets that Postern gives it: TCP_NODELAY is set. */
async function openBare(cloud: Cloud, instance: Instance): Promise<Duplex> {
  const [key] = cloud.lentKeys;
  const sock = await cloud.dialer.dial(instance.publicIpAddress ?? '', 22, AbortSignal.timeout(5000));
  const connection = new ssh2.Client();
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('ready', () => connection.shell({ term: 'xterm-256color', cols: SIZE.columns, rows: SIZE.rows }, (error, channel) => (error === undefined ? resolve(channel) : reject(error))));
    connection.connect({ sock, username: 'ec2-user', privateKey: key?.privateKey.revealText() ?? '', hostVerifier: () => true });
  });
}

async function startEcho(echo: Echo): Promise<Echo> {
  let seen = '';
  await new Promise<void>((resolve) => {
    let typed = false;
    echo.onOutput = (text) => {
      seen += text;
      if (!typed && /\$ /.test(seen)) {
        typed = true;
        echo.write(Buffer.from(`${READY_COMMAND}\n`));
      }
      if (READY.test(seen)) resolve();
    };
  });
  return echo;
}

async function timeOneKey(echo: Echo): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve) => {
    echo.onOutput = (text) => {
      if (text.includes('x')) resolve();
    };
    echo.write(Buffer.from('x'));
  });
  return performance.now() - start;
}

interface KeyTimes {
  /** When the browser got each key, its echo's frame, had changed the rows, and had painted them; in ms. */
  readonly keys: readonly number[];
  readonly arrived: readonly number[];
  readonly drawn: readonly number[];
  readonly painted: readonly number[];
}

declare global {
  interface Window {
    keyTimes: { keys: number[]; arrived: number[]; drawn: number[]; painted: number[] };
  }
}

async function echoInBrowser(): Promise<BenchFigure[]> {
  const browser: Browser = await launchChromium();
  const app = await launchDemo();
  try {
    const bare = await typeInBareTerminal(browser);
    const page = await openPage(browser);
    await page.addInitScript(watchKeys);
    await page.goto(app.url);
    await waitForHosts(page);
    await openHost(page, SSH_HOST);
    await openEchoTerminal(page);
    const idle = await typeKeys(page);
    await openHost(page, SSH_HOST);
    await typeLine(page, 'yes this line fills a tab that nobody looks at');
    await page.waitForFunction(() => window.terminalText().split('\n').length > 10);
    await page.getByRole('tab').first().click();
    await page.waitForFunction(() => /^ready/m.test(window.terminalText()));
    await focusTerminal(page);
    const flooded = await typeKeys(page);
    const of = (times: KeyTimes, end: 'arrived' | 'drawn' | 'painted', percent: number): number => percentile(times[end].map((ms, index) => ms - (times.keys[index] ?? Number.NaN)), percent);
    return [50, 99].flatMap((percent): BenchFigure[] => {
      const painted = of(idle, 'painted', percent);
      const barePainted = of(bare, 'painted', percent);
      const amidFlood = of(flooded, 'painted', percent);
      return [
        { name: `key to echo in the browser, SSH, arrived, p${percent}`, value: of(idle, 'arrived', percent), unit: 'ms', note: `${KEYS} keys, idle; app, demo host and Chromium on this machine` },
        { name: `key to echo in the browser, SSH, on the rows, p${percent}`, value: of(idle, 'drawn', percent), unit: 'ms', note: 'xterm.js waits for an animation frame' },
        { name: `key to echo in the browser, SSH, painted, p${percent}`, value: painted, unit: 'ms', ratio: painted / barePainted, peer: `xterm.js echoing to itself in the same Chromium, ${barePainted.toFixed(1)} ms`, goal: { of: 'value', atMost: percent === 50 ? 6 : 20 } },
        { name: `the same while another tab is flooded, painted, p${percent}`, value: amidFlood, unit: 'ms', ratio: amidFlood / painted, peer: 'idle', ...(percent === 99 ? { goal: { of: 'ratio', atMost: 3 } } : {}) },
      ];
    });
  } finally {
    await browser.close();
    await app.stop();
  }
}

/** What Chromium and xterm.js take of a keystroke when its echo costs nothing. */
async function typeInBareTerminal(browser: Browser): Promise<KeyTimes> {
  const bare = await serveBareTerminal();
  const page = await openPage(browser);
  await page.addInitScript(watchKeys);
  await page.goto(bare.url);
  await page.waitForFunction(() => 'bareTerminal' in window);
  await page.evaluate(() => {
    const screen = document.getElementById('screen');
    if (screen === null) throw new Error('the page has no place for a terminal');
    const terminal = new window.bareTerminal({ cols: 100, rows: 40, fontSize: 13, fontFamily: '"DejaVu Sans Mono", monospace', lineHeight: 1.15 });
    terminal.open(screen);
    terminal.onData((text) => terminal.write(text));
    terminal.focus();
  });
  const times = await typeKeys(page);
  await page.close();
  await bare.close();
  return times;
}

async function openEchoTerminal(page: Page): Promise<void> {
  await typeLine(page, READY_COMMAND);
  await page.waitForFunction(() => /^ready/m.test(window.terminalText()));
  await focusTerminal(page);
}

async function focusTerminal(page: Page): Promise<void> {
  await page.getByTestId('terminal').filter({ visible: true }).locator('textarea').focus();
}

async function typeKeys(page: Page): Promise<KeyTimes> {
  await page.keyboard.press('Enter');
  await page.evaluate(() => (window.keyTimes = { keys: [], arrived: [], drawn: [], painted: [] }));
  for (let key = 1; key <= KEYS; key += 1) {
    await page.keyboard.press('x');
    // Uneven, so that keys do not keep step with the screen's frames.
    await wait(15 + ((key * 7) % 17));
  }
  await page.waitForFunction((count) => window.keyTimes.painted.length === count, KEYS);
  return await page.evaluate(() => window.keyTimes);
}

/** Runs in the page before anything of Postern: notes each `x` as a key, as a byte of a frame, on the rows, and painted. */
function watchKeys(): void {
  window.keyTimes = { keys: [], arrived: [], drawn: [], painted: [] };
  let before = 0;
  addEventListener('keydown', (event) => {
    const { keys } = window.keyTimes;
    if (event.key !== 'x') return;
    if (keys.length === 0) before = countOnRows();
    keys.push(event.timeStamp);
  }, { capture: true });
  const countOnRows = (): number => (document.querySelector('.terminal-tab:not([hidden]) .xterm-rows, #screen .xterm-rows')?.textContent ?? '').split('x').length - 1;
  const OriginalSocket = WebSocket;
  window.WebSocket = class extends OriginalSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (!(data instanceof ArrayBuffer) || data.byteLength > 5 + 64) return;
        for (const byte of new Uint8Array(data, 5)) if (byte === 0x78) window.keyTimes.arrived.push(performance.now());
      });
    }
  };
  const channel = new MessageChannel();
  channel.port1.addEventListener('message', () => {
    const { drawn, painted } = window.keyTimes;
    while (painted.length < drawn.length) painted.push(performance.now());
  });
  channel.port1.start();
  new MutationObserver(() => {
    const { keys, drawn } = window.keyTimes;
    if (drawn.length === keys.length) return;
    const count = countOnRows() - before;
    if (count <= drawn.length) return;
    while (drawn.length < count) drawn.push(performance.now());
    // xterm.js changes the rows within an animation frame: this message is handled when that frame has been drawn.
    channel.port2.postMessage(undefined);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

if (import.meta.main) for (const figure of await benchEcho()) process.stdout.write(`${toLine(figure)}\n`);
