/**
 * Text from the far end as a terminal or a page may show it: banners, prompts and reasons come from whoever answered.
 */

/** Longest text shown, in characters. OpenSSH's own banner limit is of the same size. */
export const MAX_TEXT_CHARACTERS = 8192;

const ESCAPE = '\u001b';
/** What ends a string sequence: BEL, or ST in either form. */
const STRING_END = `(?:\u0007|${ESCAPE}\\\\|\u009c)`;
/** Whole escape sequences in their 7-bit and 8-bit forms: CSI; OSC, DCS and other strings; the short ones. ECMA-48 section 5.4. */
const escapeSequences = new RegExp(
  `(?:${ESCAPE}\\[|\u009b)[0-?]*[ -/]*[@-~]|(?:${ESCAPE}[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007${ESCAPE}\u009c]*${STRING_END}?|${ESCAPE}[ -/]*[0-~]?`,
  'g',
);
/** Other controls, the marks that turn the direction of text round, and what cannot be seen. Tab and newline stay. */
const unsafeCharacters = /(?![\t\n])\p{Cc}|[\p{Cf}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0]/gu;

/** `text` without escape sequences, control characters, direction marks and invisible characters, cut to `maxCharacters`. Lines end in \n. */
export function toPlainText(text: string, maxCharacters: number = MAX_TEXT_CHARACTERS): string {
  return text.slice(0, maxCharacters).replaceAll(escapeSequences, '').replaceAll(unsafeCharacters, '');
}
