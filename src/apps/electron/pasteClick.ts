/**
 * Lets a page read the clipboard only right after the person pressed what may paste into a terminal: the right or the middle mouse
 * button, or the keys that they chose for it. A page cannot make such input events itself.
 *
 * @see https://www.electronjs.org/docs/latest/api/web-contents#event-input-event
 * @see https://www.electronjs.org/docs/latest/api/web-contents#event-before-input-event
 */
import type { Input } from 'electron';
import { chordText, parseChord, pressedChord } from '../../contract/chord.ts';

export const PASTE_CLICK_MS = 1000;

/** Without a choice of the person's: on a Mac these are not the browser's own. Those that are paste without reading. */
const DEFAULT_KEYS = ['Shift+Insert'];

export interface PasteClicks {
  /** Told of each input event of the page. */
  readonly saw: (input: { readonly type: string; readonly button?: string | undefined }) => void;
  /** Told of each key before the page is. */
  readonly pressed: (input: Pick<Input, 'type' | 'key' | 'code' | 'control' | 'alt' | 'shift' | 'meta'>) => void;
  /** @param texts the person's own keys for `paste`, as the settings have them; undefined: the defaults */
  readonly setKeys: (texts: readonly string[] | undefined) => void;
  readonly allowsReading: () => boolean;
}

export function createPasteClicks(nowMs: () => number): PasteClicks {
  let keys: ReadonlySet<string> = new Set(DEFAULT_KEYS);
  let clickedMs = -Infinity;
  return {
    saw: ({ type, button }) => {
      if (type === 'mouseDown' && (button === 'right' || button === 'middle')) clickedMs = nowMs();
    },
    pressed: ({ type, key, code, control: ctrl, alt, shift, meta }) => {
      const chord = type === 'keyDown' ? pressedChord({ key, code, ctrl, alt, shift, meta }) : undefined;
      if (chord !== undefined && keys.has(chordText(chord))) clickedMs = nowMs();
    },
    setKeys: (texts = DEFAULT_KEYS) => {
      // Written as a person may have written them.
      keys = new Set(texts.map(parseChord).flatMap((chord) => (chord === undefined ? [] : [chordText(chord)])));
    },
    allowsReading: () => nowMs() - clickedMs <= PASTE_CLICK_MS,
  };
}
