/**
 * Keys and clipboard of a terminal: which keys never reach xterm.js, and how text is copied and pasted.
 */
import type { Terminal } from '@xterm/xterm';
import { isWindowKey } from '../state/useShortcuts.ts';
import { i18n } from '../i18n/i18n.ts';
import { announce } from '../ui/announce.tsx';
import { copyText } from '../ui/copyText.ts';
import { checkPaste, toTerminalInput, type PasteCheck } from './paste.ts';

/** A paste that a person must see first, with the text as it was. */
export type AskedPaste = PasteCheck & { readonly original: string };

/** @returns false for keys that are not the shell's */
export function handleTerminalKey(terminal: Terminal, event: KeyboardEvent, platform: string): boolean {
  if (isWindowKey(event)) return false;
  const letter = event.key.toLowerCase();
  const mac = platform === 'darwin';
  const clipboardKeys = mac ? event.metaKey : event.ctrlKey && event.shiftKey;
  // The browser's own paste event follows; see takeOverPaste.
  if ((clipboardKeys && letter === 'v') || (event.shiftKey && event.key === 'Insert')) return false;
  if (clipboardKeys && letter === 'c') {
    if (event.type === 'keydown' && terminal.hasSelection()) void copyText(terminal.getSelection()).then((copied) => announce(i18n.t(copied ? 'common.copied' : 'common.notCopied')));
    event.preventDefault();
    return false;
  }
  if (!mac && event.ctrlKey && event.shiftKey && letter === 'k') {
    // Ctrl+K opens the palette; with Shift it is the shell's.
    if (event.type === 'keydown') terminal.input('\u000b');
    event.preventDefault();
    return false;
  }
  return true;
}

/** The type of data that a dragged tab of this window carries. */
export const DRAGGED_TAB = 'application/x-postern-tab';

/** What decides, beside the text itself, whether a paste is shown first. */
export interface PasteRules {
  /** Every paste is: the host is production. */
  readonly askAlways: boolean;
  readonly longCharacters: number;
}

/** Every way of pasting (keys, menu, middle click) ends in a paste event; none of them reaches xterm.js, which does not clean the text. */
export function takeOverPaste(element: HTMLElement, terminal: Terminal, ask: (paste: AskedPaste) => void, rules: () => PasteRules): () => void {
  const handlePaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const original = event.clipboardData?.getData('text/plain') ?? '';
    const { askAlways, longCharacters } = rules();
    const check = checkPaste(original, longCharacters);
    if (check.text === '' && check.removedControls === 0) return;
    if (check.ask || askAlways) ask({ ...check, original });
    else sendPaste(terminal, check.text);
  };
  // Dropped text would go in unseen.
  const handleDrop = (event: DragEvent): void => {
    event.preventDefault();
    // A tab that is dragged here is the workspace's.
    if (event.dataTransfer?.types.includes(DRAGGED_TAB) === true) return;
    event.stopImmediatePropagation();
    const original = event.dataTransfer?.getData('text/plain') ?? '';
    if (original !== '') ask({ ...checkPaste(original), original });
  };
  element.addEventListener('paste', handlePaste, { capture: true });
  element.addEventListener('drop', handleDrop, { capture: true });
  return () => {
    element.removeEventListener('paste', handlePaste, { capture: true });
    element.removeEventListener('drop', handleDrop, { capture: true });
  };
}

export function sendPaste(terminal: Terminal, text: string): void {
  terminal.input(toTerminalInput(text, terminal.modes.bracketedPasteMode));
}
