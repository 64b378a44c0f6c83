/** Runs the real command line as a child process: over pipes, or on a terminal of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { spawn as spawnPty } from '@lydell/node-pty';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The bundle when it is newer than every source it is made of (0.4 s for `ls --demo` on a quiet machine), else the sources (1.2 s). */
export const program = isFresh() ? join(root, 'out/postern/postern.js') : join(root, 'src/apps/cli/main.ts');

/** A little before vitest's own limit, so that what was shown is seen. */
const HANGS_AFTER_MS = 50_000;

const leftovers = new Set<() => void>();

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CliOptions {
  readonly environment?: Environment;
  /** Written to stdin, which is then closed; absent: stdin is empty. */
  readonly input?: string | Uint8Array;
}

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

/** A home and a data folder of its own, no AWS config but what is named, and no keychain. */
export interface CliHome {
  readonly folder: string;
  readonly dataDir: string;
  readonly environment: Environment;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  start(args: readonly string[], options?: { readonly environment?: Environment }): RunningCli;
  onTerminal(args: readonly string[], options?: { readonly environment?: Environment; readonly columns?: number; readonly rows?: number }): CliTerminal;
  remove(): void;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly exited: Promise<CliResult>;
  /** Settles when stdout or stderr has this text; rejects when the program ended without it. */
  printed(text: string): Promise<void>;
}

export interface CliTerminal {
  readonly exited: Promise<number>;
  /** What it has shown so far, without escape sequences and carriage returns. */
  shown(): string;
  /** As it came. */
  printed(): string;
  /** Settles when something matches after what the last `until` matched; rejects when the program ended without it. */
  until(pattern: RegExp): Promise<string>;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
}

export function createCliHome(): CliHome {
  const folder = mkdtempSync(join(tmpdir(), 'postern-cli-'));
  const dataDir = join(folder, 'data');
  const environment = { PATH: process.env['PATH'], HOME: folder, POSTERN_DATA_DIR: dataDir, LANG: 'C.UTF-8', TMPDIR: folder };
  const start: CliHome['start'] = (args, options) => startProgram(process.execPath, [program, ...args], { ...environment, ...options?.environment });
  return {
    folder,
    dataDir,
    environment,
    start,
    run(args, { input = '', environment: more = {} } = {}) {
      const running = start(args, { environment: more });
      running.child.stdin?.on('error', () => undefined);
      running.child.stdin?.end(input);
      return running.exited;
    },
    onTerminal: (args, options = {}) => startOnTerminal(process.execPath, [program, ...args], { ...environment, ...options.environment }, options.columns, options.rows),
    remove() {
      // What a failed test left running.
      for (const end of leftovers) end();
      leftovers.clear();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function startProgram(file: string, args: readonly string[], environment: Environment): RunningCli {
  const child = spawn(file, args, { env: environment, stdio: 'pipe' });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const text = (): string => Buffer.concat([...stdout, ...stderr]).toString();
  const look = (): void => waiting.forEach((check) => check());
  child.stdout.on('data', (chunk: Buffer) => (stdout.push(chunk), look()));
  child.stderr.on('data', (chunk: Buffer) => (stderr.push(chunk), look()));
  const exited = once(child, 'close').then(([status]): CliResult => {
    ended = true;
    look();
    const stdoutBytes = Buffer.concat(stdout);
    return { status: status as number | null, stdout: stdoutBytes.toString(), stdoutBytes, stderr: Buffer.concat(stderr).toString() };
  });
  leftovers.add(() => {
    if (!ended) child.kill('SIGKILL');
  });
  return {
    child,
    exited,
    printed: (wanted) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (text().includes(wanted)) resolve();
          else if (ended) reject(new Error(`it ended without saying "${wanted}":\n${text()}`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
  };
}

export function startOnTerminal(file: string, args: readonly string[], environment: Environment, columns = 100, rows = 30): CliTerminal {
  const pty = spawnPty(file, [...args], { cols: columns, rows, name: 'xterm-256color', env: { ...environment } });
  const waiting = new Set<() => void>();
  let printed = '';
  let seen = 0;
  let ended = false;
  const look = (): void => waiting.forEach((check) => check());
  const shown = (): string => stripVTControlCharacters(printed).replaceAll(/\r+\n\r?/g, '\n');
  pty.onData((chunk) => {
    printed += chunk;
    look();
  });
  leftovers.add(() => {
    if (!ended) pty.kill('SIGKILL');
  });
  const exited = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      ended = true;
      look();
      resolve(signal === undefined || signal === 0 ? exitCode : 128 + signal);
    });
  });
  return {
    exited,
    shown,
    printed: () => printed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`it did not show ${String(pattern)}:\n${shown()}`)), HANGS_AFTER_MS);
        const check = (): void => {
          const match = pattern.exec(shown().slice(seen));
          if (match !== null) {
            seen += match.index + match[0].length;
            resolve(match[0]);
          } else if (ended) reject(new Error(`it ended without showing ${String(pattern)}:\n${shown()}`));
          else return;
          waiting.delete(check);
          clearTimeout(timer);
        };
        waiting.add(check);
        check();
      }),
    type: (text) => pty.write(text),
    resize: (newColumns, newRows) => pty.resize(newColumns, newRows),
    kill: (signal) => pty.kill(signal),
  };
}

function isFresh(): boolean {
  const built = join(root, 'out/built');
  const sources = ['contract', 'link', 'services', 'demo', 'apps/cli', 'apps/web'].map((name) => join(root, 'src', name));
  return existsSync(built) && sources.every((folder) => newest(folder) <= statSync(built).mtimeMs);
}

/** Latest modification below a path; a folder's own date tells of removed files. */
function newest(path: string): number {
  const stat = statSync(path);
  return stat.isDirectory() ? Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name)))) : stat.mtimeMs;
}
