/**
 * Tells the services which hosts this window shows, so that their status is kept fresh: soon after it changes, and again before
 * the services would think that the window is gone. A hidden window shows nothing.
 */

/** While somebody scrolls, only where they stop is told. */
const SETTLE_MS = 250;
/** Half of what the services wait for a window that says nothing any more. */
export const RENEW_MS = 30_000;
/** As many as one call takes. */
const MAX_INSTANCES = 500;

export interface ShownHosts {
  /** What a part of the window shows now, the most important part first: see `parts`. */
  show(part: ShownPart, instanceIds: readonly string[]): void;
  /** There is a new connection, or the page was hidden or shown. */
  tellNow(): void;
  close(): void;
}

const parts = ['selected', 'tabs', 'list'] as const;
export type ShownPart = (typeof parts)[number];

export interface ShownHostsOptions {
  /** Calls `instances.watch`; without a connection it does nothing. */
  readonly tell: (instanceIds: string[]) => void;
  readonly isHidden: () => boolean;
}

export function createShownHosts({ tell, isHidden }: ShownHostsOptions): ShownHosts {
  const shown = new Map<ShownPart, readonly string[]>();
  let told = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wanted = (): string[] => (isHidden() ? [] : [...new Set(parts.flatMap((part) => shown.get(part) ?? []))].slice(0, MAX_INSTANCES));

  function tellNow(): void {
    clearTimeout(timer);
    timer = undefined;
    const instanceIds = wanted();
    const text = instanceIds.join();
    // Nothing is said once: the services ask for nothing until something is shown.
    if (text !== '' || told !== '') tell(instanceIds);
    told = text;
    if (text !== '') timer = setTimeout(tellNow, RENEW_MS);
  }

  return {
    show(part, instanceIds) {
      shown.set(part, instanceIds);
      if (wanted().join() === told) return;
      clearTimeout(timer);
      timer = setTimeout(tellNow, SETTLE_MS);
    },
    tellNow,
    close() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
