/** Takes terminal output apart, piece by piece as it comes: text, control characters and control sequences. Pure. */

export interface TokenHandler {
  /** Printable characters. */
  print(text: string): void;
  /** One character of C0, C1 or DEL that is no part of a sequence. */
  control(character: string): void;
  /** A control sequence: its parameters with any private mark (`?25`), and its final characters (`h`, ` q`). */
  csi(parameters: string, final: string): void;
  /** Another escape sequence, without its escape, e.g. `7` or `(B`. */
  escape?(sequence: string): void;
}

const ESC = 0x1b;
const CSI = 0x9b;
/** The end of an operating system command or another string: BEL, ST in both forms, or what cancels it. */
const STRING_END = /[\u0007\u0018\u001a\u009c]|\u001b\\?/g;
/** A sequence that is longer is none. */
const MAX_SEQUENCE_CHARACTERS = 1024;

/** A scanner by hand: a regular expression takes ten times as long, and every byte of a recorded flood comes through here. */
export class TerminalTokens {
  /** The begin of a sequence at the end of the last piece. */
  #begun = '';
  #inString = false;

  read(text: string, handler: TokenHandler): void {
    const whole = this.#begun === '' ? text : this.#begun + text;
    this.#begun = '';
    let at = 0;
    while (at < whole.length) {
      if (this.#inString) {
        at = this.#skipString(whole, at);
        continue;
      }
      const code = whole.charCodeAt(at);
      if (code === ESC || code === CSI) {
        const end = this.#sequence(whole, at, handler);
        if (end === undefined) return;
        at = end;
      } else if (isControl(code)) {
        at += 1;
        if (isStringBegin(code)) this.#inString = true;
        else handler.control(whole.charAt(at - 1));
      } else {
        const begin = at;
        at += 1;
        while (at < whole.length && !isControl(whole.charCodeAt(at))) at += 1;
        handler.print(begin === 0 && at === whole.length ? whole : whole.slice(begin, at));
      }
    }
  }

  /** @returns where it goes on */
  #skipString(whole: string, at: number): number {
    STRING_END.lastIndex = at;
    const end = STRING_END.exec(whole);
    if (end === null) return whole.length;
    if (end[0] === '\u001b') {
      if (end.index === whole.length - 1) {
        // It may be half of ST.
        this.#begun = '\u001b';
        return whole.length;
      }
      // Another escape ends the string and begins a sequence of its own.
      this.#inString = false;
      return end.index;
    }
    this.#inString = false;
    return end.index + end[0].length;
  }

  /** A sequence that begins here. @returns where it ends; undefined when its rest has not come */
  #sequence(whole: string, at: number, handler: TokenHandler): number | undefined {
    const isCsi = whole.charCodeAt(at) === CSI || whole.charCodeAt(at + 1) === 0x5b;
    let end = at + (whole.charCodeAt(at) === ESC && isCsi ? 2 : 1);
    const parameters = end;
    if (isCsi) while (end < whole.length && inRange(whole.charCodeAt(end), 0x30, 0x3f)) end += 1;
    const intermediates = end;
    while (end < whole.length && inRange(whole.charCodeAt(end), 0x20, 0x2f)) end += 1;
    if (end - at > MAX_SEQUENCE_CHARACTERS) {
      handler.control(whole.charAt(at));
      return at + 1;
    }
    if (end >= whole.length) {
      this.#begun = whole.slice(at);
      return undefined;
    }
    const final = whole.charCodeAt(end);
    if (!inRange(final, isCsi ? 0x40 : 0x30, 0x7e)) {
      handler.control(whole.charAt(at));
      return at + 1;
    }
    if (isCsi) handler.csi(whole.slice(parameters, intermediates), whole.slice(intermediates, end + 1));
    // Of two characters: DCS, SOS, OSC, PM and APC.
    else if (end === at + 1 && isStringBegin(final + 0x40)) this.#inString = true;
    else handler.escape?.(whole.slice(at + 1, end + 1));
    return end + 1;
  }
}

function inRange(code: number, least: number, most: number): boolean {
  return code >= least && code <= most;
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/** DCS, SOS, OSC, PM, APC in their 8-bit form. */
function isStringBegin(code: number): boolean {
  return code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f);
}
