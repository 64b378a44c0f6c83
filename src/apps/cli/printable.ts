/** Makes text from AWS or from a host safe to print on a terminal (threats.md rows 12 and 26). */

/** Control characters, and the invisible ones that reorder or hide text. */
const unprintable = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** The text with every such character as a visible escape, e.g. `\u001b`. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
