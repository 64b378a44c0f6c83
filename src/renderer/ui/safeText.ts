/**
 * Makes text from strangers safe to read: what cannot be seen, or changes the order of what is seen, is shown as an escape.
 *
 * Names, tags, prompts and titles come from AWS and from hosts. React keeps them from being markup; this keeps them from
 * lying (right-to-left overrides, zero-width characters, line breaks in a title).
 */

/** C0, DEL and C1 controls; soft hyphen and zero-width characters; bidi marks, embeddings, overrides and isolates; line and paragraph separators; byte order mark; tag characters. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The text with each invisible or reordering character written out, e.g. `\u{202e}`. Joiners inside emoji stay. */
export function safeText(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Text in which such characters are left out, for a title that must stay short. */
export function strippedText(text: string, maxLength: number): string {
  const stripped = text.replace(INVISIBLE, '');
  const characters = [...stripped];
  return characters.length <= maxLength ? stripped : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Like `safeText`, for a preview of several lines: line breaks and tabs stay as they are. */
export function safeLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.split('\t').map(safeText).join('\t'))
    .join('\n');
}
