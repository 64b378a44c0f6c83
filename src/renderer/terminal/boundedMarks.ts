/**
 * Keeps a cell to as many combining marks as text has (threats.md row 25; CVE-2021-27135 was xterm's own such fault).
 *
 * xterm.js joins marks to one cell without end, and to draw a cell of a million of them stops the page for minutes. A mark too
 * many begins a new cell. Thirty are the most that Unicode's stream-safe text has (UAX #15, section 13).
 */
import type { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';

const MAX_JOINED = 30;

/** What xterm.js packs into one number for each character: whether it joins the cell before in bit 0, its width in the next two (UnicodeService.ts). */
const JOINS = 1;
const WIDTH = 0b110;
const WIDTH_OF_ONE = 0b010;
/** Above these the add-on keeps what the character was, for the one after it; Unicode's property Grapheme_Cluster_Break in the low four bits. */
const BREAK_SHIFT = 3;
const BREAK_MASK = 0xf;
const PREPEND = 1;
/** A character that joins nothing, one column wide. */
const PLAIN = WIDTH_OF_ONE;

interface Provider {
  charProperties(codePoint: number, preceding: number): number;
}

/** Once the add-on is loaded. It keeps its provider to itself; a version without it joins as before. */
export function boundMarks(graphemes: UnicodeGraphemesAddon): void {
  const provider: unknown = Reflect.get(graphemes, '_provider15Graphemes');
  if (!isProvider(provider)) return;
  const properties = provider.charProperties.bind(provider);
  let joined = 0;
  provider.charProperties = (codePoint, preceding) => {
    // Most of all output, and asked about for each character: the add-on does as much only where nothing but ASCII came before.
    if (codePoint >= 0x20 && codePoint < 0x7f && ((preceding >> BREAK_SHIFT) & BREAK_MASK) !== PREPEND) {
      joined = 0;
      return PLAIN;
    }
    const found = properties(codePoint, preceding);
    joined = (found & JOINS) === 0 ? 0 : joined + 1;
    if (joined <= MAX_JOINED) return found;
    joined = 0;
    const apart = found & ~JOINS;
    return (apart & WIDTH) === 0 ? apart | WIDTH_OF_ONE : apart;
  };
}

function isProvider(value: unknown): value is Provider {
  return typeof value === 'object' && value !== null && 'charProperties' in value && typeof value.charProperties === 'function';
}
