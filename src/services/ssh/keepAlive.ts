/** Asks a signed-in SSH server for signs of life: measures the way there and back, and notices when nothing answers any more. */

export interface KeepAliveOptions {
  /** Sends one ping. */
  readonly ping: (answered: () => void) => void;
  readonly intervalMs: number;
  /** Whether the way there is known to be down and being brought back: silence says nothing then. */
  readonly isAway?: (() => boolean) | undefined;
  /** Asks the way there for a sign of life of its own: false when it is down, and being brought back. Absent: it has none. */
  readonly isWayThere?: ((withinMs: number) => Promise<boolean>) | undefined;
  readonly onRoundTrip: (roundTripMs: number) => void;
  /** So many milliseconds without a byte from the server, although it was asked for one. Told once. */
  readonly onSilence: (silentMs: number) => void;
}

export interface KeepAlive {
  /** Bytes came in: whoever sends lives, whether or not it answers. */
  heard(): void;
  /** Ask now; no sign of life within so many milliseconds counts as silence. */
  probe(withinMs: number): void;
  stop(): void;
}

/** Pings in a row without a sign of life that make a connection dead. */
export const KEEP_ALIVE_COUNT = 3;
/** The first ping waits until the shell is under way: it must not stand before it. */
const FIRST_PING_MS = 1000;

export function startKeepAlive({ ping, intervalMs, isAway = () => false, isWayThere, onRoundTrip, onSilence }: KeepAliveOptions): KeepAlive {
  /** Whether anything came since the last ping. */
  let heardSince = true;
  let missed = 0;
  let stopped = false;
  let isProbing = false;
  let probing: NodeJS.Timeout | undefined;

  function ask(): void {
    heardSince = false;
    const sentAt = performance.now();
    ping(() => {
      if (!stopped) onRoundTrip(performance.now() - sentAt);
    });
  }

  function handleInterval(): void {
    if (isAway()) {
      missed = 0;
      return;
    }
    missed = heardSince ? 0 : missed + 1;
    if (missed >= KEEP_ALIVE_COUNT) fallSilent(intervalMs * KEEP_ALIVE_COUNT);
    else ask();
  }

  function fallSilent(silentMs: number): void {
    if (stopped) return;
    stop();
    onSilence(silentMs);
  }

  function stop(): void {
    stopped = true;
    clearTimeout(first);
    clearInterval(interval);
    endProbe();
  }

  function endProbe(): void {
    isProbing = false;
    clearTimeout(probing);
  }

  /** The server has its time from the moment on that the way there is known to be open. */
  function limitProbe(withinMs: number): void {
    probing = setTimeout(() => {
      isProbing = false;
      if (!isAway()) fallSilent(withinMs);
    }, withinMs);
  }

  const first = setTimeout(() => {
    if (heardSince) ask();
  }, Math.min(FIRST_PING_MS, intervalMs / 2));
  const interval = setInterval(handleInterval, intervalMs);

  return {
    heard() {
      heardSince = true;
      if (isProbing) endProbe();
    },
    probe(withinMs) {
      if (stopped || isProbing) return;
      isProbing = true;
      ask();
      if (isWayThere === undefined) {
        limitProbe(withinMs);
        return;
      }
      void isWayThere(withinMs).then((there) => {
        if (!isProbing) return;
        // The usual pings go on once the way is back.
        if (there) limitProbe(withinMs);
        else isProbing = false;
      });
    },
    stop,
  };
}
