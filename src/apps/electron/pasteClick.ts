/**
 * Lets a page read the clipboard only right after the person pressed the right or the middle mouse button over it, which may paste
 * into a terminal. A page cannot make such input events itself.
 *
 * @see https://www.electronjs.org/docs/latest/api/web-contents#event-input-event
 */
export const PASTE_CLICK_MS = 1000;

export interface PasteClicks {
  /** Told of each input event of the page. */
  readonly saw: (input: { readonly type: string; readonly button?: string | undefined }) => void;
  readonly allowsReading: () => boolean;
}

export function createPasteClicks(nowMs: () => number): PasteClicks {
  let clickedMs = -Infinity;
  return {
    saw: ({ type, button }) => {
      if (type === 'mouseDown' && (button === 'right' || button === 'middle')) clickedMs = nowMs();
    },
    allowsReading: () => nowMs() - clickedMs <= PASTE_CLICK_MS,
  };
}
