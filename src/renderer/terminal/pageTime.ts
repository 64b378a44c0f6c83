/** When the page has time: as soon as what came before is done, or when there is nothing better to do and nobody types. */

export interface PageTime {
  nowMs(): number;
  /** A task of its own, behind keys and frames; a timer would wait 4 ms each time. */
  soon(run: () => void): void;
  whenIdle(run: () => void): void;
  /** Tells how long the next frame takes, from its callbacks until it has been painted, in ms. */
  timeFrame(told: (frameMs: number) => void): void;
}

/** Between two keys of somebody who types. */
const TYPING_MS = 300;
/** While somebody types, whoever waits for an idle page is given a turn in so many milliseconds. */
const TYPING_PAUSE_MS = 10;
/** A page that is never idle lets those who wait go on all the same. */
const LONGEST_WAIT_MS = 50;

/** What this takes of a window. */
export interface TimedPage {
  addEventListener(type: 'keydown', listener: () => void, options: { readonly capture: true; readonly passive: true }): void;
  requestAnimationFrame(run: (nowMs: number) => void): number;
  /** Not in every browser. */
  readonly scheduler?: { postTask(run: () => void, options: { readonly priority: 'background' | 'user-visible' | 'user-blocking'; readonly delay: number }): Promise<unknown> };
}

export function createPageTime(page: TimedPage): PageTime {
  let lastKeyMs = Number.NEGATIVE_INFINITY;
  page.addEventListener('keydown', () => (lastKeyMs = performance.now()), { capture: true, passive: true });
  return {
    nowMs: () => performance.now(),
    soon: (run) => {
      if (page.scheduler === undefined) setTimeout(run);
      else void page.scheduler.postTask(run, { priority: 'user-visible', delay: 0 });
    },
    timeFrame: (told) => {
      page.requestAnimationFrame(() => {
        const startedMs = performance.now();
        // The first task after the frame, before all that wait.
        void page.scheduler?.postTask(() => told(performance.now() - startedMs), { priority: 'user-blocking', delay: 0 });
      });
    },
    whenIdle: (run) => {
      const delay = performance.now() - lastKeyMs < TYPING_MS ? TYPING_PAUSE_MS : 0;
      let ran = false;
      const runOnce = (): void => {
        if (ran) return;
        ran = true;
        clearTimeout(latest);
        run();
      };
      const latest = setTimeout(runOnce, page.scheduler === undefined ? delay : LONGEST_WAIT_MS);
      void page.scheduler?.postTask(runOnce, { priority: 'background', delay });
    },
  };
}
