/**
 * A flood from a demo host by SSH, through services, link and browser, until its last line stands on the screen; beside
 * xterm.js's parser alone on the same bytes in the same Chromium. Run: node bench/flood.ts
 */
import type { Browser, Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveBareTerminal } from './bareTerminal.ts';
import { launchChromium, launchDemo, openHost, openPage, typeLine, waitForHosts } from './browserApp.ts';
import type { BenchFigure } from './figure.ts';
import { median, toLine } from './figure.ts';

const FLOOD_BYTES = 32 * 1024 * 1024;
const ROUNDS = 3;
/** Never in the command line in one piece. */
const LAST_LINE = 'settled-22';
const LAST_LINE_COMMAND = 'echo settled-$((20 + 2))';

export async function benchFlood(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'));
  const floods = { plain: fill(plainLine), coloured: fill(colouredLine) };
  await Promise.all(Object.entries(floods).map(([name, bytes]) => writeFile(join(folder, name), bytes)));
  const bare = await serveBareTerminal({ '/plain': floods.plain, '/coloured': floods.coloured });
  const browser = await launchChromium();
  const app = await launchDemo();
  try {
    const page = await openPage(browser);
    await page.goto(app.url);
    await waitForHosts(page);
    await openHost(page, 'bastion');
    const figures: BenchFigure[] = [];
    for (const name of ['plain', 'coloured'] as const) {
      const ours: number[] = [];
      const parser: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        ours.push(await timeOurs(page, join(folder, name)));
        parser.push(await timeParser(browser, bare.url, name));
      }
      const throughput = (ms: number): number => FLOOD_BYTES / 1e6 / (ms / 1000);
      figures.push({
        name: `flood of ${name} text to the settled screen, SSH`,
        value: throughput(median(ours)),
        unit: 'MB/s',
        ratio: median(parser) / median(ours),
        peer: `xterm.js's parser alone, ${throughput(median(parser)).toFixed(1)} MB/s`,
        goal: { of: 'ratio', atLeast: 0.4 },
        note: `${FLOOD_BYTES / 2 ** 20} MiB, median of ${ROUNDS}; app, demo host and shell on this machine`,
      });
    }
    return figures;
  } finally {
    await browser.close();
    await app.stop();
    await bare.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From Enter to the frame that shows the last line, in ms. */
async function timeOurs(page: Page, file: string): Promise<number> {
  await page.evaluate((lastLine) => {
    window.floodMs = undefined;
    const rows = document.querySelector('.terminal-tab:not([hidden]) .xterm-rows');
    if (rows === null) throw new Error('no terminal is in front');
    const observer = new MutationObserver(() => {
      if (!(rows.textContent ?? '').includes(lastLine)) return;
      observer.disconnect();
      window.afterPaint((nowMs) => (window.floodMs = nowMs - (window.stopwatch.enterMs ?? Number.NaN)));
    });
    addEventListener('keydown', () => observer.observe(rows, { subtree: true, childList: true, characterData: true }), { once: true, capture: true });
  }, LAST_LINE);
  // The line before may still be there: the screen is cleared first.
  await typeLine(page, `clear; cat ${file}; ${LAST_LINE_COMMAND}`);
  await page.waitForFunction(() => window.floodMs !== undefined, undefined, { timeout: 60_000 });
  return await page.evaluate(() => window.floodMs ?? Number.NaN);
}

/** A Terminal that is never opened, of the same size and scrollback, in ms. */
async function timeParser(browser: Browser, url: string, name: string): Promise<number> {
  const page = await openPage(browser);
  await page.goto(url);
  await page.waitForFunction(() => 'bareTerminal' in window);
  const time = await page.evaluate(async (path) => {
    const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
    const terminal = new window.bareTerminal({ cols: 100, rows: 40, scrollback: 10_000 });
    const start = performance.now();
    for (let at = 0; at < bytes.length; at += 65_536) {
      const written = new Promise<void>((resolve) => terminal.write(bytes.subarray(at, at + 65_536), resolve));
      // Half a mebibyte under way keeps the parser busy without filling its buffer.
      if (at % 524_288 === 0) await written;
    }
    await new Promise<void>((resolve) => terminal.write('', resolve));
    return performance.now() - start;
  }, `/${name}`);
  await page.close();
  return time;
}

declare global {
  interface Window {
    floodMs: number | undefined;
  }
}

function fill(line: (index: number) => string): Uint8Array {
  const lines: string[] = [];
  // Whole lines: an escape sequence cut in two would swallow what comes after it.
  for (let bytes = 0, index = 0; bytes < FLOOD_BYTES; index += 1) {
    const text = line(index);
    bytes += text.length;
    lines.push(text);
  }
  return Buffer.from(lines.join(''), 'latin1');
}

/** As a web server's log. */
function plainLine(index: number): string {
  return `10.0.${index % 256}.${index % 199} - - [22/Nov/2026:09:15:00 +0000] "GET /api/orders/${index} HTTP/1.1" 200 ${512 + (index % 9000)}\n`;
}

/** As `ls -l --color`: a colour or two in a line. */
function colouredLine(index: number): string {
  return `-rw-r--r-- 1 ec2-user ec2-user ${100_000 + index} \u001b[3${1 + (index % 6)}mNov 22 09:15\u001b[0m \u001b[01;34mfolder-${index % 977}\u001b[0m/\u001b[38;5;${index % 256}mfile-${index}.txt\u001b[0m\n`;
}

if (import.meta.main) for (const figure of await benchFlood()) process.stdout.write(`${toLine(figure)}\n`);
