/**
 * A program in a real local tab whose every byte the test decides and sees: what it writes goes the whole way (pseudo-terminal,
 * session stream, link, xterm.js in the page), and so does what the terminal answers.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { closeAllTabs, expect, expectScreen, host, launchApp, openLocalShell, test as base, type RunningApp } from './app.ts';

/** DECRQM of SRM, which never changes: its answer tells that all before it has been parsed. */
const DONE = '\u001b[12$p';
const IS_DONE = '\u001b[12;3$y';

export interface PtyProgram {
  /** To the terminal. Resolves once the pseudo-terminal has taken it: what the page does not read is not taken. */
  write(output: string | Uint8Array): Promise<void>;
  /** Writes and waits until the terminal has parsed all of it. @returns what the terminal sent meanwhile, as Latin-1 */
  ask(output: string | Uint8Array): Promise<string>;
  /** Everything the terminal sent so far, as Latin-1: a character a byte. */
  received(): string;
  /** Says the next so many bytes as they come, each by itself, as a host that is so far away. */
  echo(byteCount: number, roundTripMs: number): void;
  size(): { readonly columns: number; readonly rows: number };
}

export interface PtyPrograms {
  /** What `SHELL` has to be for the app. */
  readonly shell: string;
  /** Opens a local tab and answers with its program. */
  open(page: Page): Promise<PtyProgram>;
  /** Opens a local tab with an interactive bash. */
  openBash(page: Page): Promise<void>;
  close(): Promise<void>;
}

/** With an app whose local shells are such programs, for all tests of a worker; the page shows its window, and its tabs are closed after each. */
export const test = base.extend<{ readonly shown: void }, { readonly programs: PtyPrograms; readonly ownApp: RunningApp }>({
  programs: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures wanted from this pattern
    async ({}, use) => {
      const programs = await servePtyPrograms();
      await use(programs);
      await programs.close();
    },
    { scope: 'worker' },
  ],
  ownApp: [
    async ({ programs }, use, workerInfo) => {
      const ownApp = await launchApp(workerInfo.project.name, { environment: { SHELL: programs.shell } });
      await use(ownApp);
      await ownApp.stop();
    },
    { scope: 'worker' },
  ],
  shown: [
    async ({ page, ownApp }, use) => {
      await page.goto(ownApp.url);
      await expect(host(page, 'web-1')).toBeVisible();
      await use();
      await closeAllTabs(page);
    },
    { auto: true },
  ],
});

async function servePtyPrograms(): Promise<PtyPrograms> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-pty-'));
  const shell = join(folder, 'shell');
  const address = join(folder, 'socket');
  const bash = join(folder, 'bash');
  // Raw, so that neither way changes a byte.
  await writeFile(shell, `#!/bin/sh\n[ -e '${bash}' ] && exec bash --norc -i\nstty raw -echo\nexec '${process.execPath}' '${fileURLToPath(new URL('ptyProgramEnd.ts', import.meta.url))}' '${address}'\n`);
  await chmod(shell, 0o755);
  const waiting: ((program: PtyProgram) => void)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const program = toProgram(socket);
    void program.then((ready) => waiting.shift()?.(ready));
  });
  await new Promise<void>((resolve) => void server.listen(address, resolve));
  return {
    shell,
    async open(page) {
      const opened = new Promise<PtyProgram>((resolve) => waiting.push(resolve));
      await openLocalShell(page);
      return opened;
    },
    async openBash(page) {
      await writeFile(bash, '');
      try {
        await openLocalShell(page);
        await expectScreen(page, /[$#] ?$/);
      } finally {
        await rm(bash);
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function toProgram(socket: Socket): Promise<PtyProgram> {
  let received = '';
  let size = { columns: 0, rows: 0 };
  let told = '';
  let echoing = 0;
  let echoAfterMs = 0;
  const first = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    const lines = `${told}${chunk.toString()}`.split('\n');
    told = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as { readonly input?: string; readonly columns: number; readonly rows: number };
      if (message.input === undefined) size = { columns: message.columns, rows: message.rows };
      else {
        const input = Buffer.from(message.input, 'base64');
        received += input.toString('latin1');
        for (const byte of input.subarray(0, echoing)) setTimeout(() => socket.write(Uint8Array.of(byte)), echoAfterMs);
        echoing = Math.max(0, echoing - input.length);
      }
    }
    first.resolve();
    for (const listener of listeners) listener();
  });
  await first.promise;
  const write = (output: string | Uint8Array): Promise<void> => new Promise((resolve) => (socket.write(output) ? resolve() : void socket.once('drain', resolve)));
  return {
    write,
    async ask(output) {
      const before = received.length;
      await write(output);
      await write(DONE);
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (!received.slice(before).includes(IS_DONE)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      });
      const answer = received.slice(before);
      return answer.slice(0, answer.lastIndexOf(IS_DONE));
    },
    received: () => received,
    echo(byteCount, roundTripMs) {
      echoing = byteCount;
      echoAfterMs = roundTripMs;
    },
    size: () => size,
  };
}
