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

/** Text up to the next control, a whole control sequence, the begin of a string, another escape sequence, or a control. */
const TOKEN = /([^\u0000-\u001f\u007f-\u009f]+)|(?:\u001b\[|\u009b)([0-?]*)([ -/]*[@-~])|(\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])|\u001b([ -/]*[0-~])|([\u0000-\u001f\u007f-\u009f])/y;
/** What may be the begin of a sequence whose rest has not come. */
const BEGUN = /^(?:\u001b[ -/]*|(?:\u001b\[|\u009b)[0-?]*[ -/]*)$/;
/** The end of an operating system command or another string: BEL, ST in both forms, or what cancels it. */
const STRING_END = /[\u0007\u0018\u001a\u009c]|\u001b\\?/;
/** A sequence that is longer is none. */
const MAX_SEQUENCE_CHARACTERS = 1024;

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
        const end = STRING_END.exec(whole.slice(at));
        if (end === null) return;
        // An escape at the very end may be half of ST.
        if (end[0] === '\u001b' && at + end.index === whole.length - 1) {
          this.#begun = '\u001b';
          return;
        }
        this.#inString = false;
        // Another escape ends the string and begins a sequence of its own.
        at += end.index + (end[0] === '\u001b' ? 0 : end[0].length);
        continue;
      }
      const rest = whole.charCodeAt(at) === 0x1b || whole.charCodeAt(at) === 0x9b ? whole.slice(at, at + MAX_SEQUENCE_CHARACTERS) : '';
      if (rest !== '' && rest.length === whole.length - at && BEGUN.test(rest)) {
        this.#begun = rest;
        return;
      }
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(whole);
      if (token === null) {
        at += 1;
        continue;
      }
      at = TOKEN.lastIndex;
      const [, printed, parameters, final, string, escape, control] = token;
      if (printed !== undefined) handler.print(printed);
      else if (final !== undefined) handler.csi(parameters ?? '', final);
      else if (string !== undefined) this.#inString = true;
      else if (escape !== undefined) handler.escape?.(escape);
      else if (control !== undefined) handler.control(control);
    }
  }
}
