/**
 * What was last known is shown before AWS is asked: loading the SDK and reading thousands of hosts takes as much of the processor as
 * the window needs to show the first of them, and they are minutes old in any case.
 */
import type { AppInfo } from '../contract/settings.ts';

/** A window that shows nothing by then, or none at all, is waited for no longer. */
const LONGEST_MS = 2000;

export interface QuietStart {
  /** Settles when AWS may be asked about what is remembered. Nothing else waits for it. */
  readonly over: Promise<void>;
  /** A window says what is on its screen, once that stands still. */
  windowShows(instanceIds: readonly string[]): void;
}

/** A command line has no window to wait for. */
export function createQuietStart(app: AppInfo['app'], longestMs: number = LONGEST_MS): QuietStart {
  if (app === 'cli') return { over: Promise.resolve(), windowShows: () => undefined };
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, longestMs).unref();
  return {
    over: promise,
    windowShows(instanceIds) {
      if (instanceIds.length === 0) return;
      clearTimeout(timer);
      resolve();
    },
  };
}
