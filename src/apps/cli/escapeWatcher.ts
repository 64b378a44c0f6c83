/**
 * Finds `~.` at the start of a line, OpenSSH's way out of a session that no longer answers; `~~` sends one `~`.
 *
 * @see https://man.openbsd.org/ssh#ESCAPE_CHARACTERS
 */
const TILDE = 0x7e;
const DOT = 0x2e;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

export interface EscapeWatcher {
  /** What of the typed bytes goes to the remote side, and whether the person asked to leave. */
  read(typed: Uint8Array): { readonly forward: Uint8Array; readonly leave: boolean };
}

export function createEscapeWatcher(): EscapeWatcher {
  let atLineStart = true;
  let held = false;
  return {
    read(typed) {
      const forward: number[] = [];
      for (const byte of typed) {
        if (held) {
          held = false;
          if (byte === DOT) return { forward: Uint8Array.from(forward), leave: true };
          forward.push(TILDE);
          if (byte === TILDE) {
            atLineStart = false;
            continue;
          }
        } else if (atLineStart && byte === TILDE) {
          held = true;
          continue;
        }
        forward.push(byte);
        atLineStart = byte === CARRIAGE_RETURN || byte === LINE_FEED;
      }
      return { forward: Uint8Array.from(forward), leave: false };
    },
  };
}
