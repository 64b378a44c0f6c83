/**
 * Keys and clipboard of a terminal: which keys never reach xterm.js, and how text is copied and pasted.
 */
import type { Terminal } from '@xterm/xterm';
import { focusedActionOf, isWriting, type Overrides } from '../state/shortcuts.ts';
import { isWindowKey } from '../state/useShortcuts.ts';
import { i18n } from '../i18n/i18n.ts';
import { announce } from '../ui/announce.tsx';
import { copyText } from '../ui/copyText.ts';
import { checkPaste, toTerminalInput, type PasteCheck } from './paste.ts';

/** A paste that a person must see first, with the text as it was. */
export type AskedPaste = PasteCheck & { readonly original: string };

/** @returns false for keys that are not the shell's */
export function handleTerminalKey(terminal: Terminal, event: KeyboardEvent, platform: string, overrides: Overrides): boolean {
  if (isWindowKey(event)) return false;
  if (isWriting(event)) return true;
  const pressed = event.type === 'keydown';
  switch (focusedActionOf(event, platform, overrides)) {
    case 'copy':
      if (pressed && terminal.hasSelection()) void copyText(terminal.getSelection()).then((copied) => announce(i18n.t(copied ? 'common.copied' : 'common.notCopied')));
      event.preventDefault();
      return false;
    case 'paste':
      // The browser's own paste event follows; see takeOverPaste.
      if (isBrowsersPaste(event, platform)) return false;
      if (pressed) void pasteClipboard(terminal);
      event.preventDefault();
      return false;
    case 'send-ctrl-k':
      // Ctrl+K opens the palette; with Shift it is the shell's.
      if (pressed) terminal.input('\u000b');
      event.preventDefault();
      return false;
    default:
      // The person has chosen other keys: the browser pastes by its own all the same.
      if (isBrowsersPaste(event, platform)) event.preventDefault();
      return true;
  }
}

/** Keys that every browser turns into a paste event. */
function isBrowsersPaste({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, platform: string): boolean {
  const letter = key.toLowerCase() === 'v';
  return platform === 'darwin' ? letter && metaKey && !altKey : (letter && ctrlKey && shiftKey && !altKey) || (key === 'Insert' && shiftKey && !ctrlKey && !altKey);
}

/** Asks the browser for the clipboard, which may ask the person; what comes takes the way of every paste. */
export async function pasteClipboard(terminal: Terminal): Promise<void> {
  let text: string;
  try {
    text = await navigator.clipboard.readText();
  } catch {
    // The browser, or the person, said no.
    announce(i18n.t('terminal.pasteRefused'));
    return;
  }
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  terminal.textarea?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
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
