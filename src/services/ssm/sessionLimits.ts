/**
 * When the service will end a session by itself, as far as it can be known here.
 *
 * AWS counts as activity what the client sends: keys, a new size, a resumption. Output does not keep a session alive.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-timeout.html
 */
import type { SessionLimits } from '../../contract/session.ts';
import type { SessionPreferences } from '../../contract/sessionPreferences.ts';
import type { Clock } from '../base/clock.ts';

/** A limit that moves by less is not told anew: it is shown so much too early at most, and a busy typist tells the window little. */
const TOLD_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;

/** The limits of a port: which of its bytes count as activity is written nowhere. */
export function withoutIdle({ endsAt }: SessionLimits): SessionLimits {
  return endsAt === undefined ? {} : { endsAt };
}

/** What a session tells of itself: fits SsmSessionOptions. */
export interface LimitedSession {
  onStarted(): void;
  onActivity(): void;
}

export interface LimitsOptions {
  /** May reject: then no limit is told. */
  preferences(): Promise<SessionPreferences>;
  readonly clock: Clock;
  onLimits(limits: SessionLimits): void;
}

export function watchLimits({ preferences, clock, onLimits }: LimitsOptions): LimitedSession {
  let known: SessionPreferences | undefined;
  let startedAtMs = 0;
  let activeAtMs = 0;
  let toldAtMs = 0;

  const tell = (): void => {
    if (known === undefined) return;
    toldAtMs = activeAtMs;
    onLimits({
      idleEndsAt: new Date(activeAtMs + known.idleMinutes * MINUTE_MS).toISOString(),
      ...(known.maxMinutes === undefined ? {} : { endsAt: new Date(startedAtMs + known.maxMinutes * MINUTE_MS).toISOString() }),
    });
  };
  return {
    onStarted() {
      startedAtMs = clock.now();
      activeAtMs = startedAtMs;
      // Beside the start of the session, which does not wait for it.
      preferences().then(
        (read) => {
          known = read;
          tell();
        },
        // Not allowed, or not reached: the session works, and the host's panel says which permission is missing.
        () => undefined,
      );
    },
    onActivity() {
      activeAtMs = clock.now();
      if (activeAtMs - toldAtMs >= TOLD_EVERY_MS) tell();
    },
  };
}
