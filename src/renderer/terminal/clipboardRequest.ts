/** What a program asks of the clipboard by OSC 52 (xterm's ctlseqs): to read it, which is never done, or to write it. Pure. */

/** Of the text itself. More than a person means to copy on a host; a selection of tmux or vim is far below. */
export const MAX_COPIED_BYTES = 100_000;

export type ClipboardRequest =
  | { readonly kind: 'write'; readonly text: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'too-large'; readonly bytes: number }
  /** Nothing to copy, or no base64. Some terminals empty the clipboard at this; it is not the host's to empty. */
  | { readonly kind: 'nothing' };

/** @param data what stands between `OSC 52 ;` and its end: the selections, a semicolon, and base64 or `?` */
export function toClipboardRequest(data: string): ClipboardRequest {
  const separator = data.indexOf(';');
  const payload = separator === -1 ? '' : data.slice(separator + 1);
  if (payload === '?') return { kind: 'read' };
  if (payload.length > Math.ceil(MAX_COPIED_BYTES / 3) * 4) return { kind: 'too-large', bytes: Math.floor((payload.length * 3) / 4) };
  try {
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    return text === '' ? { kind: 'nothing' } : { kind: 'write', text };
  } catch {
    // No base64.
    return { kind: 'nothing' };
  }
}
