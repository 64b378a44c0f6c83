/** `postern serve`: the window in a browser of this machine. Prints its address and runs until it is interrupted. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import { boundHeap } from '../../services/base/boundHeap.ts';
import { dataDir } from '../../services/base/dataDir.ts';
import type { Services } from '../../services/services.ts';
import { startWebServer } from '../web/server.ts';
import { printAnswer } from './output.ts';
import { createPlatform, selectNamed, startServices, untilInterrupted, watchSignals, type CommonOptions } from './run.ts';

export interface ServeOptions {
  readonly port: number;
  readonly bindAddress: string;
  readonly open: boolean;
}

/** A browser that has not started by then will not read the page any more. */
const OPEN_PAGE_LIFE_MS = 60_000;

/** Beside the bundle; from the sources, where the build puts it. */
const WINDOW_FOLDER = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../../out/renderer' : '../renderer');

/**
 * The browser loads the window while the services start: each takes as long as the other.
 *
 * @returns 0 when it is interrupted, which is how it ends: while it starts, too, where nothing more is begun then
 */
export async function serveCommand(options: CommonOptions & ServeOptions): Promise<number> {
  const { interrupted } = watchSignals();
  // Before a window is promised; what else there is to a platform is loaded behind it, as the services are.
  const folder = dataDir(process.env, process.platform);
  const started = Promise.withResolvers<Services>();
  // Told where it is waited for.
  started.promise.catch(() => undefined);
  const server = await startWebServer({ services: started.promise, windowFolder: WINDOW_FOLDER, port: options.port, bindAddress: options.bindAddress });
  let services: Services | undefined;
  let forgetPage: (() => Promise<void>) | undefined;
  const announce = async (): Promise<void> => {
    if (options.bindAddress !== '127.0.0.1' && options.bindAddress !== '::1') {
      process.stderr.write('Warning: this address can be reached from outside this machine, without encryption. Whoever has the link has your hosts.\n');
    }
    await printAnswer(server.url);
    process.stderr.write('Open that address in a browser of this machine. Ctrl+C ends it and all sessions.\n');
    if (options.open) forgetPage = await openBrowser(server.url, folder);
  };
  try {
    // What was named on the command line may be wrong, and no window opens for that.
    const named = (options.profile?.length ?? 0) + (options.region?.length ?? 0) > 0;
    if (!named) await announce();
    const platform = await createPlatform('web', options, interrupted);
    services = await startServices(platform, interrupted);
    await untilInterrupted(interrupted, selectNamed(services, options));
    // Not before: while code is loaded, the heap only grows.
    boundHeap();
    // What was last known is at hand by the time a browser asks. A failure is told to the window, which asks the same.
    services.scopes.list({}).catch(() => undefined);
    started.resolve(services);
    if (named) await announce();
    await new Promise<void>((resolve) => {
      if (interrupted.aborted) resolve();
      interrupted.addEventListener('abort', () => resolve(), { once: true });
    });
    return 0;
  } catch (thrown) {
    started.reject(thrown);
    if (interrupted.aborted && thrown instanceof PosternError && thrown.code === 'cancelled') return 0;
    throw thrown;
  } finally {
    await forgetPage?.();
    await server.close();
    await services?.close();
  }
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
