/**
 * Makes text from strangers safe to read: what cannot be seen, or changes the order of what is seen, is shown as an escape.
 *
 * Names, tags, prompts and titles come from AWS and from hosts. React keeps them from being markup; this keeps them from
 * lying (right-to-left overrides, zero-width characters, line breaks in a title).
 */

/**
 * C0, DEL and C1 controls; soft hyphen, joiners' relatives and zero-width characters; fillers and blanks of Hangul, Khmer and Mongolian;
 * bidi marks, embeddings, overrides and isolates; line and paragraph separators; byte order mark; variation selectors; invisible
 * controls of shorthand and music; tag characters. What has a use stays where it has it: joiners and selectors of emoji, keycaps,
 * and variants of ideographs.
 */
const INVISIBLE =
  /[\u034f\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]|(?<!\p{Script=Han})(?!\ufe0f)\p{Variation_Selector}|(?<!\p{Extended_Pictographic})\ufe0f(?!\u20e3)|(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/** No writing stacks as many marks on a letter; more of them cover the lines above and below. */
const STACKED_MARKS = /(\p{Mark}{6})\p{Mark}+/gu;

/** The text with each invisible or reordering character written out, e.g. `\u{202e}`. Joiners inside emoji stay; of stacked marks the first six. */
export function safeText(text: string): string {
  return text.replace(STACKED_MARKS, '$1…').replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
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
