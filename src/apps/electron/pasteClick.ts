/**
 * Lets a page read the clipboard only right after the person pressed the right or the middle mouse button over it, or keys that type
 * nothing (Ctrl+Shift, Ctrl+Alt or Cmd with another): either may paste into a terminal. A page cannot make such input events itself.
 *
 * @see https://www.electronjs.org/docs/latest/api/web-contents#event-input-event
 */
export const PASTE_CLICK_MS = 1000;

export interface PasteClicks {
  /** Told of each input event of the page. */
  readonly saw: (input: { readonly type: string; readonly button?: string | undefined; readonly modifiers?: readonly string[] }) => void;
  readonly allowsReading: () => boolean;
}

export function createPasteClicks(nowMs: () => number): PasteClicks {
  let clickedMs = -Infinity;
  return {
    saw: ({ type, button, modifiers = [] }) => {
      const held = (...names: readonly string[]): boolean => names.some((name) => modifiers.includes(name));
      const chord = held('meta', 'command', 'cmd') || (held('control', 'ctrl') && held('shift', 'alt'));
      if ((type === 'mouseDown' && (button === 'right' || button === 'middle')) || (type === 'rawKeyDown' && chord)) clickedMs = nowMs();
    },
    allowsReading: () => nowMs() - clickedMs <= PASTE_CLICK_MS,
  };
}
