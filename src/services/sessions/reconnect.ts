/** When and how a dropped session is opened again: the waits, what they are woken by, and what the terminal says of it. */
import type { PosternError } from '../../contract/error.ts';
import type { Route } from '../../contract/route.ts';

/** So long after a drop no further attempt is begun: who comes back later presses a button. */
export const GIVE_UP_AFTER_MS = 15 * 60_000;
const FIRST_DELAY_MS = 1000;
const LAST_DELAY_MS = 30_000;
/** A hundred tabs that dropped together do not come back in the same instant. */
const JITTER = 0.2;

/** 1, 2, 4 s and so on to 30, each a fifth shorter or longer. @param attempt from 1 @param random from 0 to 1 */
export function reconnectDelayMs(attempt: number, random: number = Math.random()): number {
  return Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 10)) * (1 + JITTER * (2 * random - 1));
}

/** Whether time alone may mend it. What the host decided (its key, the sign-in) and what the person decided stands. */
export function mayPass({ code, retryable }: PosternError): boolean {
  return retryable && /^(ssh\.connection-lost$|route\.|aws\.|eice?\.|ssm\.)/.test(code);
}

/** A Session Manager shell comes back by itself, with what runs in it. */
export function reconnects(route: Route | undefined): boolean {
  return route !== undefined && route.kind !== 'session-manager';
}

/** A wait that ends early when it is woken. */
export class Wait {
  readonly #wakers = new Set<() => void>();

  /** @returns whether it was woken @throws nothing: an abort ends it, too */
  for(delayMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (woken: boolean): void => {
        clearTimeout(timer);
        this.#wakers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve(woken);
      };
      const wake = (): void => end(true);
      const timer = setTimeout(() => end(false), delayMs);
      this.#wakers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }

  wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }
}

/**
 * What the lost program left behind in the terminal: a sequence cut in the middle, the other screen, mouse reports, bracketed
 * paste, application keys, margins, a hidden cursor, colours. Undone one by one, as a reset would take the scrollback along.
 * Into the other screen and out of it leaves the cursor where it belongs in both cases; margins move it, so it is kept.
 */
const LEAVE_MODES =
  '\u0018\u000f\u001b[?1049h\u001b[?1049l\u001b7\u001b[?6l\u001b[r\u001b8\u001b[?1l\u001b>\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1004l\u001b[?1006l\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[4l\u001b[0m';

/** @param reason plain text: what hosts say in it has been cleaned */
export function droppedLine(atMs: number, reason: string): string {
  return `${LEAVE_MODES}\r\n\u001b[2m── ${timeOfDay(atMs)} ── ${reason} ──\u001b[0m\r\n`;
}

export function reconnectedLine(atMs: number): string {
  return `\u001b[2m── ${timeOfDay(atMs)} ── Connected again: a new shell ──\u001b[0m\r\n`;
}

/** `14:03:59` where the services run. */
function timeOfDay(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
