/** `postern serve`: the window in a browser of this machine. Prints its address and runs until it is interrupted. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boundHeap } from '../../services/base/boundHeap.ts';
import { startWebServer } from '../web/server.ts';
import { printAnswer } from './output.ts';
import type { Running } from './run.ts';

export interface ServeOptions {
  readonly port: number;
  readonly bindAddress: string;
  readonly open: boolean;
}

/** A browser that has not started by then will not read the page any more. */
const OPEN_PAGE_LIFE_MS = 60_000;

/** Beside the bundle; from the sources, where the build puts it. */
const WINDOW_FOLDER = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../../out/renderer' : '../renderer');

export async function serveCommand({ services, dataDir, interrupted }: Running, options: ServeOptions): Promise<number> {
  boundHeap();
  // What was last known is at hand by the time a browser is there. A failure is told to the window, which asks the same.
  services.scopes.list({}).catch(() => undefined);
  const server = await startWebServer({ services, windowFolder: WINDOW_FOLDER, port: options.port, bindAddress: options.bindAddress });
  if (options.bindAddress !== '127.0.0.1' && options.bindAddress !== '::1') {
    process.stderr.write('Warning: this address can be reached from outside this machine, without encryption. Whoever has the link has your hosts.\n');
  }
  await printAnswer(server.url);
  process.stderr.write('Open that address in a browser of this machine. Ctrl+C ends it and all sessions.\n');
  const forgetPage = options.open ? await openBrowser(server.url, dataDir) : undefined;
  await new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await forgetPage?.();
  await server.close();
  return 0;
}

/**
 * Opens the system's browser at an address whose token must not be seen in the process list, which every user can read: the
 * browser is given a page only this person can read, and that page leads on.
 *
 * @returns removes the page; it is removed after a minute in any case
 */
async function openBrowser(url: string, dataDir: string): Promise<() => Promise<void>> {
  const page = join(dataDir, `open-${randomBytes(8).toString('hex')}.html`);
  await writeFile(page, `<!doctype html><meta charset="utf-8"><title>Postern</title><meta http-equiv="refresh" content="0; url=${url}">\n`, { mode: 0o600, flag: 'wx' });
  const forget = (): Promise<void> => rm(page, { force: true });
  setTimeout(() => void forget(), OPEN_PAGE_LIFE_MS).unref();
  const [command, ...args] = process.platform === 'darwin' ? ['open', page] : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', page] : ['xdg-open', page];
  const opener = spawn(command ?? 'xdg-open', args, { stdio: 'ignore', detached: true });
  // Without a browser the printed address is all there is.
  opener.once('error', () => {});
  opener.unref();
  return forget;
}
