/**
 * What was last known is shown before AWS is asked: loading the SDK and reading thousands of hosts takes as much of the processor as
 * the window needs to show the first of them, and they are minutes old in any case.
 */
import type { AppInfo } from '../contract/settings.ts';

/** A window that shows nothing by then, or none at all, is waited for no longer. */
const LONGEST_MS = 2000;
/** The hosts of restored tabs are told before those of the list, and the first keys come when the list stands. */
const STANDS_STILL_MS = 500;

export interface QuietStart {
  /** Settles when AWS may be asked about what is remembered. Nothing else waits for it. */
  readonly over: Promise<void>;
  /** A window says what is on its screen: it is over when no window says anything else for a while. */
  windowShows(instanceIds: readonly string[]): void;
}

/** A command line has no window to wait for. */
export function createQuietStart(app: AppInfo['app'], longestMs: number = LONGEST_MS, standsStillMs: number = STANDS_STILL_MS): QuietStart {
  if (app === 'cli') return { over: Promise.resolve(), windowShows: () => undefined };
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const end = (): void => {
    isOver = true;
    clearTimeout(longest);
    resolve();
  };
  const longest = setTimeout(end, longestMs).unref();
  let still: NodeJS.Timeout | undefined;
  return {
    over: promise,
    windowShows(instanceIds) {
      if (isOver || instanceIds.length === 0) return;
      clearTimeout(still);
      still = setTimeout(end, standsStillMs).unref();
    },
  };
}
