/**
 * Terminal output of a file that anybody may have written, for the person's own terminal: it draws and nothing else. What asks the
 * terminal something would have it type into the shell; titles, the clipboard, links and mouse modes are left out, too.
 */
import { TerminalTokens, type TokenHandler } from '../../asciicast/terminalTokens.ts';

/** Cursor, erasing, scrolling, colours, margins, and modes that draw. */
const DRAWS = /^[A-HJKLMPSTXZ@`adefmrg]$/;
/** Cursor keys, wrap, visible cursor, alternate screens. */
const MODES = /^\?(?:3|5|6|7|12|25|47|1047|1048|1049)$|^[420]{1,2}$/;

export class HarmlessOutput {
  readonly #tokens = new TerminalTokens();
  #out = '';
  readonly #handler: TokenHandler = {
    print: (text) => (this.#out += text),
    control: (character) => {
      if (/[\u0007-\u000f]/.test(character)) this.#out += character;
    },
    csi: (parameters, final) => {
      const draws = DRAWS.test(final) ? /^[\d;:]*$/.test(parameters) : final === 'h' || final === 'l' ? parameters.split(';').every((mode, index) => MODES.test(index === 0 || !parameters.startsWith('?') ? mode : `?${mode}`)) : final === ' q' && /^\d?$/.test(parameters);
      if (draws) this.#out += `\u001b[${parameters}${final}`;
    },
    escape: (sequence) => {
      if (/^(?:[78MDE]|[()][AB0])$/.test(sequence)) this.#out += `\u001b${sequence}`;
    },
  };

  filter(text: string): string {
    this.#tokens.read(text, this.#handler);
    const out = this.#out;
    this.#out = '';
    return out;
  }
}

/** Leaves the terminal as a shell expects it. */
export const LEAVE_REPLAY = '\u001b[0m\u001b[r\u001b[?1049l\u001b[?25h\u001b[?7h\u001b(B\r\n';
