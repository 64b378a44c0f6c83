/**
 * A keystroke until its cell is painted, in Chromium: idle, beside ttyd (the same shell, echoed by the kernel) and beside xterm.js
 * echoing to itself; while another tab floods; Ctrl+C during a flood; and the frames of a tab beside a flooded one.
 *
 * Idle at two paces. At a fast typist's each key finds a page at rest, and Chromium gives it a frame at once. At 40 a second, faster than
 * a key repeats that is held, it does not: Chromium takes two more frames after each that it drew (33 ms), and who changes something
 * after the second of them waits for the next, up to 17 ms. Nothing of a page can change that, so xterm.js by itself has it, too
 * (src/README.md, 2026-11-22).
 *
 * Ours shows a key before its echo (src/renderer/terminal/predictedEcho.ts), as soon as two different ones were echoed in a line; what the
 * echo itself takes is told beside it.
 *
 * The same for all: a pointer rests over the terminal, as a person's does (after each layout Chromium looks what is under it), and the
 * instruments do as much for each key. By SSH the host's server and terminal are in the process of the services: 0.2 ms of each
 * key, as bare ssh2 to it shows (bench/echo.ts). All take turns in one Chromium, five rounds, each second one the other way round; the
 * figures are the medians of the rounds. About seven minutes.
 * Run: node bench/keyToPaint.ts
 */
import type { Browser, Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { serveBareTerminal } from './bareTerminal.ts';
import { launchChromium, launchDemo, openHost, openLocalShell, openPage, typeLine, waitForHosts } from './browserApp.ts';
import type { BenchFigure } from './figure.ts';
import { median, percentile, toLine } from './figure.ts';
import { besideMachine } from './machine.ts';
import { startTtyd } from './ttyd.ts';

interface Pace {
  readonly keys: number;
  /** From pressing to letting go. At once, the release would stand in the way of the echo, as it does for nobody who types. */
  readonly heldMs: number;
  readonly leastMs: number;
  /** Uneven, so that keys do not keep step with the screen's frames. */
  readonly spreadMs: number;
}

/** As one frame after the other. */
const FAST: Pace = { keys: 100, heldMs: 8, leastMs: 7, spreadMs: 17 };
/** Ten a second: 120 words a minute. */
const TYPIST: Pace = { keys: 100, heldMs: 40, leastMs: 20, spreadMs: 83 };
const ROUNDS = 5;
const MORE_THAN_ROWS = 60;
/** Before the first key, for what the round before left to be done. */
const REST_MS = 500;
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

/** What is typed in, and what was measured in each round. */
interface Subject {
  toFront(): Promise<Page>;
  readonly typist: KeyTimes[];
  readonly fast: KeyTimes[];
}

declare global {
  interface Window {
    keyTimes: { keys: number[]; arrived: number[]; drawn: number[]; painted: number[] };
    interruptMs: number | undefined;
    /** How many keys the terminal in front shows. */
    keysOnRows(): number;
  }
}

export async function benchKeyToPaint(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  const ttyd = await startTtyd(folder, ['bash', '--norc']);
  const browser = await launchChromium();
  const app = await launchDemo();
  try {
    const bare = await openBareTerminal(browser);
    const theirs = await openTtyd(browser, ttyd.url);
    const page = await openPage(browser);
    await page.addInitScript(watchKeys);
    await page.goto(app.url);
    await waitForHosts(page);
    await openLocalShell(page);
    await typeLine(page, 'exec bash --norc');
    await openEchoTerminal(page);
    await openHost(page, 'bastion');
    await openEchoTerminal(page);
    const subjects = { bare: subject(bare.toFront), theirs: subject(theirs), local: subject(() => toTab(page, 0)), ssh: subject(() => toTab(page, 1)) };
    for (let round = 0; round < ROUNDS; round += 1) {
      const turns = Object.values(subjects);
      for (const { toFront, typist, fast } of round % 2 === 0 ? turns : turns.toReversed()) {
        const shown = await toFront();
        typist.push(await typeKeys(shown, TYPIST));
        fast.push(await typeKeys(shown, FAST));
      }
    }
    // The same again by the echo alone: what the services and the link take of a key.
    await writeFile(join(app.dataDir, 'settings.json'), JSON.stringify({ version: 1, terminal: { predictEcho: false } }));
    const echoed = subject(() => toTab(page, 0));
    const peersAgain = subject(theirs);
    for (let round = 0; round < 2; round += 1) {
      for (const { toFront, typist, fast } of [echoed, peersAgain]) {
        const shown = await toFront();
        typist.push(await typeKeys(shown, TYPIST));
        fast.push(await typeKeys(shown, FAST));
      }
    }
    await bare.close();
    await toTab(page, 1);
    await page.evaluate(() => (window.stopwatch.rests = false));
    await openHost(page, 'bastion');
    await typeLine(page, FLOOD_COMMAND);
    await page.waitForFunction(() => window.terminalText().split('\n').length > 10);
    await toTab(page, 1);
    const flooded: KeyTimes[] = [];
    for (let round = 0; round < ROUNDS; round += 1) flooded.push(await typeKeys(page, FAST));
    await page.evaluate(() => (window.stopwatch.rests = false));
    const longestGap = await longestFrameGap(page);
    await page.getByRole('tab').nth(2).click();
    await focusTerminal(page);
    const interrupts = await timeInterrupts(page);
    const { local, ssh, theirs: peers, bare: alone } = subjects;
    return [
      ...(['typist', 'fast'] as const).flatMap((pace) =>
        [50, 99].flatMap((percent): BenchFigure[] => {
          const [how, goal] = [pace === 'fast' ? ', 40 keys a second' : ', 10 keys a second', { of: 'value', atMost: percent === 50 ? 6 : 20 } as const];
          const of = ({ [pace]: rounds }: Subject, end: End = 'painted'): number => medianOf(rounds, percent, end);
          const stages = (one: Subject): string => `arrived ${of(one, 'arrived').toFixed(1)}, on the rows ${of(one, 'drawn').toFixed(1)} ms`;
          const rounds = (one: Subject): string => one[pace].map((times) => percentileOf(times, percent, 'painted').toFixed(1)).join(' ');
          return [
            { name: `key to painted cell, local shell${how}, p${percent}`, value: of(local), unit: 'ms', ratio: of(local) / of(peers), peer: `${ttyd.version}, ${of(peers).toFixed(1)} ms`, goal: { of: 'ratio', atMost: 1 }, note: `rounds ${rounds(local)}; ${stages(local)}; ttyd's rounds ${rounds(peers)}; ${stages(peers)}` },
            { name: `key to painted cell, local shell itself${how}, p${percent}`, value: of(local), unit: 'ms', goal },
            { name: `key to painted cell, local shell${how}, by its echo alone, p${percent}`, value: of(echoed), unit: 'ms', ratio: of(echoed) / of(peersAgain), peer: `${ttyd.version}, ${of(peersAgain).toFixed(1)} ms`, note: `two rounds in turns, after the others, with terminal.predictEcho off: ${rounds(echoed)}; ${stages(echoed)}` },
            { name: `key to painted cell, SSH${how}, p${percent}`, value: of(ssh), unit: 'ms', ratio: of(ssh) / of(alone), peer: `xterm.js echoing to itself in the same Chromium, ${of(alone).toFixed(1)} ms`, goal, note: `rounds ${rounds(ssh)}; ${stages(ssh)}; app, demo host and Chromium on this machine` },
          ];
        }),
      ),
      { name: 'key to painted cell while another tab is flooded, SSH, p95', value: medianOf(flooded, 95, 'painted'), unit: 'ms', ratio: medianOf(flooded, 95, 'painted') / medianOf(ssh.fast, 95, 'painted'), peer: 'idle', goal: { of: 'value', atMost: 60 } },
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

type End = 'arrived' | 'drawn' | 'painted';

function subject(toFront: Subject['toFront']): Subject {
  return { toFront, typist: [], fast: [] };
}

function percentileOf(times: KeyTimes, percent: number, end: End): number {
  return percentile(times[end].map((ms, index) => ms - (times.keys[index] ?? Number.NaN)), percent);
}

function medianOf(rounds: readonly KeyTimes[], percent: number, end: End): number {
  return median(rounds.map((times) => percentileOf(times, percent, end)));
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
async function openBareTerminal(browser: Browser): Promise<{ toFront(): Promise<Page>; close(): Promise<void> }> {
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
  });
  return { toFront: () => toFront(page), close: bare.close };
}

/** ttyd, with the kernel's terminal echoing as in ours. */
async function openTtyd(browser: Browser, url: string): Promise<() => Promise<Page>> {
  const page = await openPage(browser);
  await page.addInitScript(watchKeys);
  await page.goto(url);
  const text = () => document.querySelector('.xterm-rows')?.textContent ?? '';
  await page.waitForFunction(`/[#$]/.test((${text.toString()})())`);
  await toFront(page);
  await page.keyboard.insertText(READY_COMMAND);
  await page.keyboard.press('Enter');
  await page.waitForFunction(`/ready\\s*$/.test((${text.toString()})())`);
  return () => toFront(page);
}

/** A page of one terminal. */
async function toFront(page: Page): Promise<Page> {
  await page.bringToFront();
  await page.locator('textarea.xterm-helper-textarea').focus();
  return page;
}

async function toTab(page: Page, index: number): Promise<Page> {
  await page.bringToFront();
  await page.getByRole('tab').nth(index).click();
  await page.waitForFunction((wanted) => document.querySelectorAll('[role=tab]')[wanted]?.getAttribute('aria-selected') === 'true', index);
  await focusTerminal(page);
  return page;
}

async function openEchoTerminal(page: Page): Promise<void> {
  await typeLine(page, READY_COMMAND);
  await page.waitForFunction(() => /^ready/m.test(window.terminalText()));
  await focusTerminal(page);
}

async function focusTerminal(page: Page): Promise<void> {
  await page.getByTestId('terminal').filter({ visible: true }).locator('textarea').focus();
}

async function typeKeys(page: Page, pace: Pace): Promise<KeyTimes> {
  // Keys of a round before are out of sight: they would leave the rows while keys are counted there.
  for (let row = 0; row < MORE_THAN_ROWS; row += 1) await page.keyboard.press('Enter');
  await page.waitForFunction(() => window.keysOnRows() === 0);
  await page.mouse.move(640, 400);
  // The stopwatch would look at each change of the rows: at more of it in our page than in others.
  await page.evaluate(() => (window.stopwatch.rests = true));
  await page.evaluate(() => (window.keyTimes = { keys: [], arrived: [], drawn: [], painted: [] }));
  await wait(REST_MS);
  for (let key = 1; key <= pace.keys; key += 1) {
    await page.keyboard.press(key % 2 === 0 ? 'x' : 'z', { delay: pace.heldMs });
    await wait(pace.leastMs + ((key * 7) % pace.spreadMs));
  }
  await page.waitForFunction((count) => window.keyTimes.painted.length === count, pace.keys);
  return await page.evaluate(() => window.keyTimes);
}

/** Runs in the page before anything of Postern: notes each `x` and `z` as a key, as a byte of a frame, on the rows, and painted. */
function watchKeys(): void {
  window.keyTimes = { keys: [], arrived: [], drawn: [], painted: [] };
  addEventListener('keydown', (event) => {
    if (event.key === 'x' || event.key === 'z') window.keyTimes.keys.push(event.timeStamp);
  }, { capture: true });
  window.keysOnRows = () => ((document.querySelector('.terminal-tab:not([hidden]) .xterm-rows') ?? document.querySelector('.xterm-rows'))?.textContent ?? '').match(/[xz]/g)?.length ?? 0;
  const OriginalSocket = WebSocket;
  window.WebSocket = class extends OriginalSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (!(data instanceof ArrayBuffer) || data.byteLength > 5 + 64) return;
        // What stands before the text: ours says which stream, ttyd's only that it is output. Past the end of a frame this would throw, for each key, in the peer's page alone.
        const headBytes = Math.min(this.protocol === 'tty' ? 1 : 5, data.byteLength);
        for (const byte of new Uint8Array(data, headBytes)) if (byte === 0x78 || byte === 0x7a) window.keyTimes.arrived.push(performance.now());
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
  // The first task after the frame. A message would wait longer: behind a key that asked for a frame Chromium holds most tasks back.
  const told = (): void => {
    const { drawn, painted } = window.keyTimes;
    while (painted.length < drawn.length) painted.push(performance.now());
  };
  new MutationObserver(() => {
    const { keys, drawn } = window.keyTimes;
    if (drawn.length === keys.length) return;
    const count = window.keysOnRows();
    if (count <= drawn.length) return;
    while (drawn.length < count) drawn.push(performance.now());
    const tell = (): void => void window.scheduler.postTask(told, { priority: 'user-blocking' });
    if (inFrame) tell();
    else requestFrame(tell);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

if (import.meta.main) for (const figure of await besideMachine(benchKeyToPaint)) process.stdout.write(`${toLine(figure)}\n`);
