/** When somebody is told that a command ended, and how a shell without marks is seen to wait again. Pure. */

export interface EndFacts {
  readonly durationMs: number;
  /** The person asked to be told of this very one. */
  readonly watched: boolean;
  /** Its tab is in view, of a window that is looked at. */
  readonly inView: boolean;
  readonly enabled: boolean;
  readonly afterSeconds: number;
}

export function isTold({ durationMs, watched, inView, enabled, afterSeconds }: EndFacts): boolean {
  return watched || (enabled && !inView && durationMs >= afterSeconds * 1000);
}

/** A prompt ends with one of these and perhaps a blank; a percent sign behind a digit is progress. */
const PROMPT_END = /(?:[$#>❯➜»λ]|(?<!\d)%)\s?$/u;

/** Output that stopped this long ago has stopped. */
export const QUIET_MS = 2000;

export interface QuietFacts {
  /** The line of the cursor, up to the cursor. */
  readonly line: string;
  /** A full-screen program has the screen. */
  readonly alternate: boolean;
  /** Absent: nothing was written since it is watched. */
  readonly quietMs: number | undefined;
}

/** Whether something ran since it is watched and the prompt is back: a guess, for shells that tell of nothing. */
export function isPromptBack({ line, alternate, quietMs }: QuietFacts): boolean {
  return !alternate && quietMs !== undefined && quietMs >= QUIET_MS && PROMPT_END.test(line);
}
