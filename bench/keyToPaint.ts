/**
 * A keystroke until its cell is painted, in Chromium: idle, beside ttyd (the same shell, echoed by the kernel) and beside xterm.js
 * echoing to itself; while another tab floods; Ctrl+C during a flood; and the frames of a tab beside a flooded one.
 *
 * Idle at two paces. At a fast typist's each key finds a page at rest, and Chromium gives it a frame at once. At 40 a second, faster than
 * a key repeats that is held, it does not: Chromium takes two more frames after each that it drew (33 ms), and who changes something
 * after the second of them waits for the next, up to 17 ms. Nothing of a page can change that, so xterm.js by itself has it, too
 * (src/README.md, 2026-11-22).
 *
 * The same for all: a pointer rests over the terminal, as a person's does (after each layout Chromium looks what is under it), and the
 * instruments do as much for each key. By SSH the host's server and terminal are in the process of the services: 0.2 ms of each
 * key, as bare ssh2 to it shows (bench/echo.ts).
 * Run: node bench/keyToPaint.ts
 */
import type { Browser, Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { serveBareTerminal } from './bareTerminal.ts';
import { launchChromium, launchDemo, openHost, openLocalShell, openPage, typeLine, waitForHosts } from './browserApp.ts';
import type { BenchFigure } from './figure.ts';
import { median, percentile, toLine } from './figure.ts';
import { startTtyd } from './ttyd.ts';

interface Pace {
  readonly keys: number;
  readonly leastMs: number;
  /** Uneven, so that keys do not keep step with the screen's frames. */
  readonly spreadMs: number;
}

/** As one frame after the other. */
const FAST: Pace = { keys: 300, leastMs: 15, spreadMs: 17 };
/** Ten a second: 120 words a minute. */
const TYPIST: Pace = { keys: 150, leastMs: 60, spreadMs: 83 };
const INTERRUPTS = 9;
const FRAMES_MS = 5000;
/** The kernel's terminal echoes, and nothing of the shell takes part. The prompt never contains the word in one piece. */
const READY_COMMAND = "echo rea''dy; exec cat >/dev/null";
const FLOOD_COMMAND = 'yes this line fills a tab that nobody looks at';

interface KeyTimes {
  /** When the browser got each key, its echo's frame, had changed the rows, and had painted them; in ms. */
  readonly keys: readonly number[];
  readonly arrived: readonly number[];
  readonly drawn: readonly number[];
  readonly painted: readonly number[];
}

interface BothPaces {
  readonly typist: KeyTimes;
  readonly fast: KeyTimes;
}

declare global {
  interface Window {
    keyTimes: { keys: number[]; arrived: number[]; drawn: number[]; painted: number[] };
    interruptMs: number | undefined;
  }
}

export async function benchKeyToPaint(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  const ttyd = await startTtyd(folder, ['bash', '--norc']);
  const browser = await launchChromium();
  const app = await launchDemo();
  try {
    const bare = await typeInBareTerminal(browser);
    const theirs = await typeInTtyd(browser, ttyd.url);
    const page = await openPage(browser);
    await page.addInitScript(watchKeys);
    await page.goto(app.url);
    await waitForHosts(page);
    await openLocalShell(page);
    await typeLine(page, 'exec bash --norc');
    await openEchoTerminal(page);
    const local = await typeAtBothPaces(page);
    await openHost(page, 'bastion');
    await openEchoTerminal(page);
    const idle = await typeAtBothPaces(page);
    await openHost(page, 'bastion');
    await typeLine(page, FLOOD_COMMAND);
    await page.waitForFunction(() => window.terminalText().split('\n').length > 10);
    await page.getByRole('tab').nth(1).click();
    await page.waitForFunction(() => /^ready/m.test(window.terminalText()));
    await focusTerminal(page);
    const flooded = await typeKeys(page, FAST);
    const longestGap = await longestFrameGap(page);
    await page.getByRole('tab').nth(2).click();
    await focusTerminal(page);
    const interrupts = await timeInterrupts(page);
    const of = (times: KeyTimes, percent: number, end: 'arrived' | 'drawn' | 'painted' = 'painted'): number => percentile(times[end].map((ms, index) => ms - (times.keys[index] ?? Number.NaN)), percent);
    return [
      ...(['typist', 'fast'] as const).flatMap((pace) =>
        [50, 99].flatMap((percent): BenchFigure[] => {
          const [ours, ssh, peer, alone] = [local[pace], idle[pace], theirs[pace], bare[pace]];
          const [how, goal] = [pace === 'fast' ? ', 40 keys a second' : ', 10 keys a second', { of: 'value', atMost: percent === 50 ? 6 : 20 } as const];
          const stages = (times: KeyTimes): string => `${times.keys.length} keys; arrived ${of(times, percent, 'arrived').toFixed(1)}, on the rows ${of(times, percent, 'drawn').toFixed(1)} ms`;
          return [
            { name: `key to painted cell, local shell${how}, p${percent}`, value: of(ours, percent), unit: 'ms', ratio: of(ours, percent) / of(peer, percent), peer: `${ttyd.version}, ${of(peer, percent).toFixed(1)} ms`, goal: { of: 'ratio', atMost: 1 }, note: `${stages(ours)}; ttyd's arrived ${of(peer, percent, 'arrived').toFixed(1)}, on the rows ${of(peer, percent, 'drawn').toFixed(1)} ms` },
            { name: `key to painted cell, local shell itself${how}, p${percent}`, value: of(ours, percent), unit: 'ms', goal },
            { name: `key to painted cell, SSH${how}, p${percent}`, value: of(ssh, percent), unit: 'ms', ratio: of(ssh, percent) / of(alone, percent), peer: `xterm.js echoing to itself in the same Chromium, ${of(alone, percent).toFixed(1)} ms`, goal, note: `${stages(ssh)}; app, demo host and Chromium on this machine` },
          ];
        }),
      ),
      { name: 'key to painted cell while another tab is flooded, SSH, p95', value: of(flooded, 95), unit: 'ms', ratio: of(flooded, 95) / of(idle.fast, 95), peer: 'idle', goal: { of: 'value', atMost: 60 } },
      { name: 'longest gap between frames beside a flooded tab', value: longestGap, unit: 'ms', goal: { of: 'value', atMost: 100 }, note: `${FRAMES_MS / 1000} s` },
      { name: 'Ctrl+C during `yes` to the prompt painted', value: median(interrupts), unit: 'ms', goal: { of: 'value', atMost: 150 }, note: `median of ${INTERRUPTS}, worst ${Math.max(...interrupts).toFixed(0)} ms` },
    ];
  } finally {
    await browser.close();
    await app.stop();
    await ttyd.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function longestFrameGap(page: Page): Promise<number> {
  return page.evaluate(
    (forMs) =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        let before = start;
        let longest = 0;
        const look = (now: number): void => {
          longest = Math.max(longest, now - before);
          before = now;
          if (now - start > forMs) resolve(longest);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    FRAMES_MS,
  );
}

/** The tab in front is flooded: each time it is stopped, timed until its prompt stands painted, and flooded again. */
async function timeInterrupts(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < INTERRUPTS; turn += 1) {
    // Uneven, and long enough that everything on the way is full.
    await wait(700 + turn * 37);
    await page.evaluate(() => {
      window.interruptMs = undefined;
      const watch = (keyMs: number): void => {
        const observer = new MutationObserver(() => {
          if (!window.terminalText().endsWith('$')) return;
          observer.disconnect();
          window.afterPaint((nowMs) => (window.interruptMs = nowMs - keyMs));
        });
        observer.observe(document, { subtree: true, childList: true, characterData: true });
      };
      const handle = (event: KeyboardEvent): void => {
        if (event.key !== 'c' || !event.ctrlKey) return;
        removeEventListener('keydown', handle, { capture: true });
        watch(event.timeStamp);
      };
      addEventListener('keydown', handle, { capture: true });
    });
    await page.keyboard.press('Control+c');
    await page.waitForFunction(() => window.interruptMs !== undefined);
    times.push(await page.evaluate(() => window.interruptMs ?? Number.NaN));
    await typeLine(page, FLOOD_COMMAND);
    await page.waitForFunction(() => !window.terminalText().endsWith('$'));
  }
  return times;
}

/** What Chromium and xterm.js take of a keystroke when its echo costs nothing. */
async function typeInBareTerminal(browser: Browser): Promise<BothPaces> {
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
    // As the kernel's terminal echoes Enter.
    terminal.onData((text) => terminal.write(text === '\r' ? '\r\n' : text));
    terminal.focus();
  });
  const times = await typeAtBothPaces(page);
  await page.close();
  await bare.close();
  return times;
}

/** ttyd, with the kernel's terminal echoing as in ours. */
async function typeInTtyd(browser: Browser, url: string): Promise<BothPaces> {
  const page = await openPage(browser);
  await page.addInitScript(watchKeys);
  await page.goto(url);
  const text = () => document.querySelector('.xterm-rows')?.textContent ?? '';
  await page.waitForFunction(`/[#$]/.test((${text.toString()})())`);
  await page.locator('textarea.xterm-helper-textarea').focus();
  await page.keyboard.insertText(READY_COMMAND);
  await page.keyboard.press('Enter');
  await page.waitForFunction(`/ready\\s*$/.test((${text.toString()})())`);
  const times = await typeAtBothPaces(page);
  await page.close();
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

/** First as a typist, then fast. */
async function typeAtBothPaces(page: Page): Promise<BothPaces> {
  return { typist: await typeKeys(page, TYPIST), fast: await typeKeys(page, FAST) };
}

async function typeKeys(page: Page, pace: Pace): Promise<KeyTimes> {
  await page.keyboard.press('Enter');
  await page.mouse.move(640, 400);
  // The stopwatch would go on looking for a prompt with each change of the rows: in our page only.
  await page.evaluate(() => (window.stopwatch.promptMs ??= 0));
  await page.evaluate(() => (window.keyTimes = { keys: [], arrived: [], drawn: [], painted: [] }));
  for (let key = 1; key <= pace.keys; key += 1) {
    await page.keyboard.press('x');
    await wait(pace.leastMs + ((key * 7) % pace.spreadMs));
  }
  await page.waitForFunction((count) => window.keyTimes.painted.length === count, pace.keys);
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
  const countOnRows = (): number => ((document.querySelector('.terminal-tab:not([hidden]) .xterm-rows') ?? document.querySelector('.xterm-rows'))?.textContent ?? '').split('x').length - 1;
  const OriginalSocket = WebSocket;
  window.WebSocket = class extends OriginalSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (!(data instanceof ArrayBuffer) || data.byteLength > 5 + 64) return;
        // What stands before the text: ours says which stream, ttyd's only that it is output. Past the end of a frame this would throw, for each key, in the peer's page alone.
        const headBytes = Math.min(this.protocol === 'tty' ? 1 : 5, data.byteLength);
        for (const byte of new Uint8Array(data, headBytes)) if (byte === 0x78) window.keyTimes.arrived.push(performance.now());
      });
    }
  };
  // What changes in a frame is painted with that frame, what changes before with the next.
  let inFrame = false;
  const requestFrame = requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    requestFrame((nowMs) => {
      inFrame = true;
      try {
        callback(nowMs);
      } finally {
        // Behind the observer of what the callback changed.
        queueMicrotask(() => (inFrame = false));
      }
    });
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
    // This message is handled when the frame that it was posted in has been drawn.
    const tell = (): void => channel.port2.postMessage(undefined);
    if (inFrame) tell();
    else requestFrame(tell);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

if (import.meta.main) for (const figure of await benchKeyToPaint()) process.stdout.write(`${toLine(figure)}\n`);
