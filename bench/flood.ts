/**
 * A flood until its last line stands on the screen: in a local shell's tab beside ttyd (Debian's package, same Chromium, same shell,
 * same files) and beside xterm.js's parser alone, and from a demo host by SSH. Run: node bench/flood.ts
 *
 * A part of it, to find out where time goes: `--kinds plain,Unicode --megabytes 30 --rounds 2 --ssh-rounds 0`.
 */
import type { Browser, Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serveBareTerminal } from './bareTerminal.ts';
import { launchChromium, launchDemo, openHost, openLocalShell, openPage, typeLine, waitForHosts } from './browserApp.ts';
import type { BenchFigure } from './figure.ts';
import { median, toLine } from './figure.ts';
import { startTtyd } from './ttyd.ts';

/** How long the end of ttyd's flood may wait for the key that lets it out (timeCat). */
const NUDGE_MS = 200;
/** The same for both: no files of the person's are read. */
const SHELL = ['bash', '--norc'];

const kinds = ['plain', 'coloured', 'Unicode', 'cursor-moving'] as const;
type Kind = (typeof kinds)[number];
const overSsh: readonly Kind[] = ['plain', 'coloured'];

export interface FloodPart {
  readonly kinds: readonly Kind[];
  readonly floodBytes: number;
  readonly rounds: number;
  readonly sshRounds: number;
}

/** What issue 6 asks for. */
const whole: FloodPart = { kinds, floodBytes: 100_000_000, rounds: 5, sshRounds: 3 };
/** What fits beside the other benchmarks: the whole takes some ten minutes, most of them ttyd's. */
export const short: FloodPart = { kinds, floodBytes: 20_000_000, rounds: 3, sshRounds: 1 };

/** @param tell of each figure as it is known: the whole takes long */
export async function benchFlood({ kinds, floodBytes, rounds, sshRounds }: FloodPart = whole, tell: (figure: BenchFigure) => void = () => undefined): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  const floods = Object.fromEntries(kinds.map((kind) => [kind, fill(lines[kind], floodBytes)])) as Record<Kind, Uint8Array>;
  await Promise.all(kinds.map((kind) => writeFile(join(folder, kind), floods[kind])));
  const bare = await serveBareTerminal(Object.fromEntries(kinds.map((kind) => [`/${kind}`, floods[kind]])));
  const ttyd = await startTtyd(folder, SHELL);
  const browser = await launchChromium();
  const app = await launchDemo();
  try {
    const page = await openPage(browser);
    await page.goto(app.url);
    await waitForHosts(page);
    await openLocalShell(page);
    await typeLine(page, `exec ${SHELL.join(' ')}`);
    const size = await askSize(page, POSTERN_ROWS);
    const peer = await openPage(browser);
    await peer.goto(ttyd.url);
    await peer.waitForFunction(() => /[#$]/.test(document.querySelector('.xterm-rows')?.textContent ?? ''));
    await peer.evaluate(({ columns, rows }) => window.term.resize(columns, rows), size);
    const peerSize = await askSize(peer, TTYD_ROWS);
    if (peerSize.columns !== size.columns || peerSize.rows !== size.rows) throw new Error(`ttyd has ${JSON.stringify(peerSize)}, Postern ${JSON.stringify(size)}`);
    const figures: BenchFigure[] = [];
    const add = (...found: readonly BenchFigure[]): void => {
      figures.push(...found);
      for (const figure of found) tell(figure);
    };
    const parserMs = new Map<Kind, number>();
    for (const kind of kinds) {
      const ours: number[] = [];
      const theirs: number[] = [];
      const parser: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await page.bringToFront();
        ours.push(await timeCat(page, POSTERN_ROWS, join(folder, kind)));
        await peer.bringToFront();
        theirs.push(await timeCat(peer, TTYD_ROWS, join(folder, kind)));
        parser.push(await timeParser(browser, bare.url, kind, size));
      }
      parserMs.set(kind, median(parser));
      const note = `${floodBytes / 1e6} MB, median of ${rounds}, ${size.columns}x${size.rows}; up to ${NUDGE_MS / 1000} s of ttyd's may be its wait for a key`;
      add(
        { name: `flood of ${kind} text to the settled screen, local shell`, value: median(ours) / 1000, unit: 's', ratio: median(ours) / median(theirs), peer: `${ttyd.version}, ${(median(theirs) / 1000).toFixed(2)} s`, goal: { of: 'ratio', atMost: 0.8 }, note },
        { name: `rate of the same`, value: rate(floodBytes, median(ours)), unit: 'MB/s', ratio: median(parser) / median(ours), peer: `xterm.js's parser alone, ${rate(floodBytes, median(parser)).toFixed(1)} MB/s`, goal: { of: 'ratio', atLeast: 0.4 } },
      );
    }
    if (sshRounds === 0) return figures;
    await page.bringToFront();
    await openHost(page, 'bastion');
    for (const kind of overSsh.filter((one) => kinds.includes(one))) {
      const ours: number[] = [];
      for (let round = 0; round < sshRounds; round += 1) ours.push(await timeCat(page, POSTERN_ROWS, join(folder, kind)));
      const parser = parserMs.get(kind) ?? Number.NaN;
      add({ name: `flood of ${kind} text to the settled screen, SSH`, value: rate(floodBytes, median(ours)), unit: 'MB/s', ratio: parser / median(ours), peer: `xterm.js's parser alone, ${rate(floodBytes, parser).toFixed(1)} MB/s`, goal: { of: 'ratio', atLeast: 0.4 }, note: `median of ${sshRounds}; app, demo host and shell on this machine` });
    }
    return figures;
  } finally {
    await browser.close();
    await app.stop();
    await ttyd.stop();
    await bare.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const POSTERN_ROWS = '.terminal-tab:not([hidden]) .xterm-rows';
const TTYD_ROWS = '.xterm-rows';

function rate(floodBytes: number, ms: number): number {
  return floodBytes / 1e6 / (ms / 1000);
}

let turns = 0;

/** From Enter to the frame that shows the last line, in ms. */
async function timeCat(page: Page, rowsSelector: string, file: string): Promise<number> {
  // Another last line each time, as the one before may still be on the screen; and never in the command line in one piece.
  turns += 1;
  const lastLine = `settled-${turns}-end`;
  await page.evaluate(({ lastLine, selector }) => {
    window.floodMs = undefined;
    const rows = document.querySelector(selector);
    if (rows === null) throw new Error('no terminal is in front');
    const observer = new MutationObserver(() => {
      if (!(rows.textContent ?? '').includes(lastLine)) return;
      observer.disconnect();
      window.afterPaint((nowMs) => (window.floodMs = nowMs - (window.stopwatch.enterMs ?? Number.NaN)));
    });
    addEventListener('keydown', () => observer.observe(rows, { subtree: true, childList: true, characterData: true }), { once: true, capture: true });
  }, { lastLine, selector: rowsSelector });
  await enter(page, rowsSelector, `clear; cat ${file}; echo; echo settled-$((${turns} + 0))-end`);
  let settled = false;
  const waiting = page.waitForFunction(() => window.floodMs !== undefined, undefined, { timeout: 120_000 }).finally(() => (settled = true));
  // ttyd 1.7.7 often keeps the end of a flood to itself until it hears of a key, whichever.
  while (rowsSelector === TTYD_ROWS && !settled) await Promise.race([waiting, wait(NUDGE_MS).then(() => page.keyboard.press('Space'))]);
  await waiting;
  return await page.evaluate(() => window.floodMs ?? Number.NaN);
}

async function askSize(page: Page, rowsSelector: string): Promise<{ readonly columns: number; readonly rows: number }> {
  await enter(page, rowsSelector, 'clear; echo size-$(stty size)-end');
  const size = await page.waitForFunction((selector) => {
    const found = /size-(\d+) (\d+)-end/.exec((document.querySelector(selector)?.textContent ?? '').replaceAll('\u00a0', ' '));
    return found === null ? undefined : { rows: Number(found[1]), columns: Number(found[2]) };
  }, rowsSelector);
  const value = await size.jsonValue();
  if (value === undefined) throw new Error('the shell told no size');
  return value;
}

async function enter(page: Page, rowsSelector: string, line: string): Promise<void> {
  if (rowsSelector === POSTERN_ROWS) return typeLine(page, line);
  await page.locator('textarea.xterm-helper-textarea').focus();
  await page.keyboard.insertText(line);
  await page.keyboard.press('Enter');
}

/** A Terminal that is never opened, of the same size and scrollback, in ms. */
async function timeParser(browser: Browser, url: string, kind: Kind, size: { readonly columns: number; readonly rows: number }): Promise<number> {
  const page = await openPage(browser);
  await page.goto(url);
  await page.waitForFunction(() => 'bareTerminal' in window);
  const time = await page.evaluate(async ({ path, columns, rows }) => {
    const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
    const terminal = new window.bareTerminal({ cols: columns, rows, scrollback: 10_000 });
    const start = performance.now();
    for (let at = 0; at < bytes.length; at += 65_536) {
      const written = new Promise<void>((resolve) => terminal.write(bytes.subarray(at, at + 65_536), resolve));
      // Half a mebibyte under way keeps the parser busy without filling its buffer.
      if (at % 524_288 === 0) await written;
    }
    await new Promise<void>((resolve) => terminal.write('', resolve));
    return performance.now() - start;
  }, { path: `/${kind}`, ...size });
  await page.close();
  return time;
}

declare global {
  interface Window {
    floodMs: number | undefined;
    /** ttyd's own terminal. */
    term: { resize(columns: number, rows: number): void };
  }
}

function fill(line: (index: number) => string, floodBytes: number): Uint8Array {
  const chunks: Buffer[] = [];
  // Whole lines: an escape sequence cut in two would swallow what comes after it.
  for (let bytes = 0, index = 0; bytes < floodBytes; index += 1) {
    const chunk = Buffer.from(line(index));
    bytes += chunk.length;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const lines: Readonly<Record<Kind, (index: number) => string>> = {
  // As a web server's log.
  plain: (index) => `10.0.${index % 256}.${index % 199} - - [22/Nov/2026:09:15:00 +0000] "GET /api/orders/${index} HTTP/1.1" 200 ${512 + (index % 9000)}\n`,
  // As `ls -l --color`: a colour or two in a line.
  coloured: (index) => `-rw-r--r-- 1 ec2-user ec2-user ${100_000 + index} \u001b[3${1 + (index % 6)}mNov 22 09:15\u001b[0m \u001b[01;34mfolder-${index % 977}\u001b[0m/\u001b[38;5;${index % 256}mfile-${index}.txt\u001b[0m\n`,
  // Japanese, Greek, box drawing, combining marks and emoji, with and without joiners.
  Unicode: (index) => `${index} 注文を受け付けました（東京） Ελληνικά ├──┤ cafe\u0301 ✅ 👩‍💻 🇯🇵 完了までお待ちください\n`,
  // As a full-screen program that draws here and there; the last of each screen ends the line, so that it goes on from anywhere.
  'cursor-moving': (index) => `\u001b[${1 + (index % 24)};${1 + ((index * 7) % 70)}H\u001b[${30 + (index % 8)}mcell ${index}\u001b[0m\u001b[K${index % 24 === 23 ? '\r\n' : ''}`,
};

function readPart(): FloodPart {
  const { values } = parseArgs({ options: { kinds: { type: 'string' }, megabytes: { type: 'string' }, rounds: { type: 'string' }, 'ssh-rounds': { type: 'string' } } });
  const chosen = values.kinds?.split(',');
  return {
    kinds: chosen === undefined ? whole.kinds : kinds.filter((kind) => chosen.includes(kind)),
    floodBytes: values.megabytes === undefined ? whole.floodBytes : Number(values.megabytes) * 1e6,
    rounds: Number(values.rounds ?? whole.rounds),
    sshRounds: Number(values['ssh-rounds'] ?? whole.sshRounds),
  };
}

if (import.meta.main) await benchFlood(readPart(), (figure) => process.stdout.write(`${toLine(figure)}\n`));
