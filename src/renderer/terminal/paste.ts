/**
 * Makes pasted text harmless before it reaches a shell.
 *
 * A paste must not be able to end bracketed paste and go on as typing (xterm.js GHSA-h62m-39wp-xq3w; 6.0.0 wraps the text
 * unchanged), so every control character but tab and newline goes, in both its 7-bit and its 8-bit form. Because
 * a host can switch bracketed paste on to silence a warning, the question does not depend on the mode.
 */

/** C0 without tab, line feed and carriage return; DEL; C1, which holds the 8-bit CSI (U+009B). */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** What changes the order of text or cannot be seen. */
const DECEIVING = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
/** Longer than anybody types, or means to paste by accident. */
const LONG_CHARACTERS = 5000;

const PASTE_START = '\u001b[200~';
const PASTE_END = '\u001b[201~';

export interface PasteCheck {
  /** What would be sent, before any bracketing. */
  readonly text: string;
  readonly lineCount: number;
  readonly removedControls: number;
  /** Whether a person must see it first. */
  readonly ask: boolean;
}

/** The text with line breaks and tabs alone of what is no text. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, '');
}

/** @param longCharacters a longer text is asked about although it is one plain line (settings, `terminal.longPasteCharacters`) */
export function checkPaste(pasted: string, longCharacters = LONG_CHARACTERS): PasteCheck {
  const removedControls = pasted.match(CONTROLS)?.length ?? 0;
  const text = withoutControls(pasted).replace(/\r?\n/g, '\r');
  const lineBreaks = text.match(/\r/g)?.length ?? 0;
  return {
    text,
    lineCount: lineBreaks + (text.endsWith('\r') ? 0 : 1),
    removedControls,
    ask: lineBreaks > 0 || removedControls > 0 || pasted.length > longCharacters || DECEIVING.test(pasted),
  };
}

/** The text as the terminal sends it. */
export function toTerminalInput(text: string, bracketed: boolean): string {
  return bracketed ? `${PASTE_START}${text}${PASTE_END}` : text;
}
