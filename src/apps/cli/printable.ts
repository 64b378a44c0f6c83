/** Makes text from AWS or from a host safe to print on a terminal (threats.md rows 12 and 26). */

/** Control characters, and the invisible ones that reorder or hide text. */
const unprintable = /(?!\ufe0f)[\u034f\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0]/gu;

/** Nothing to replace. */
const plain = /^[\x20-\x7e]*$/;

/** The text with every such character as a visible escape, e.g. `\u001b`. */
export function printable(text: string): string {
  // Most text is ASCII, and a list may have 50,000 rows.
  return plain.test(text) ? text : text.replace(unprintable, escaped);
}

/** JSON that means the same, with every such character inside its strings as JSON's own escape; its line ends stay. */
export function printableJson(json: string): string {
  return json.replace(unprintable, (character) => (character === '\n' ? character : escaped(character)));
}

/** By its UTF-16 units, as JSON writes them. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
}
