/**
 * Which keys the window takes for itself; all others belong to the remote shell. Plain Ctrl+letter and Alt+letter are never taken,
 * with the one exception that ux.md lists: Ctrl+K opens the palette (Ctrl+Shift+K sends the shell its Ctrl+K).
 */

export type WindowAction =
  | { readonly kind: 'palette' | 'new-tab' | 'close-tab' | 'next-tab' | 'previous-tab' | 'find' | 'zoom-in' | 'zoom-out' | 'zoom-reset' | 'filter' }
  | { readonly kind: 'split-right' | 'split-down' | 'pane-left' | 'pane-right' | 'pane-up' | 'pane-down' | 'maximise' | 'reopen-closed' }
  | { readonly kind: 'tab'; readonly index: number };

export type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export function isMac(platform: string): boolean {
  return platform === 'darwin';
}

/** The action a key press means, or undefined when it is not the window's. */
export function shortcutOf(event: Keys, platform: string): WindowAction | undefined {
  const mac = isMac(platform);
  const letter = event.key.toLowerCase();
  if (event.ctrlKey && !event.metaKey && !event.altKey && event.key === 'Tab') return { kind: event.shiftKey ? 'previous-tab' : 'next-tab' };
  const main = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (main && !event.altKey) {
    if (!event.shiftKey && letter === 'k') return { kind: 'palette' };
    if (letter === '=' || letter === '+') return { kind: 'zoom-in' };
    if (letter === '-') return { kind: 'zoom-out' };
    if (letter === '0') return { kind: 'zoom-reset' };
    if (event.shiftKey !== mac) {
      if (letter === 't') return { kind: 'new-tab' };
      if (letter === 'w') return { kind: 'close-tab' };
      if (letter === 'f') return { kind: 'find' };
    }
    if (event.shiftKey && letter === 'l') return { kind: 'filter' };
    if (event.shiftKey && letter === 'r') return { kind: 'reopen-closed' };
    if (event.shiftKey && letter === 'enter') return { kind: 'maximise' };
    if (mac ? letter === 'd' : event.shiftKey && (letter === 'd' || letter === 'e')) return { kind: (mac ? event.shiftKey : letter === 'e') ? 'split-down' : 'split-right' };
  }
  // Ctrl+Alt on Linux and Windows, Cmd+Alt on a Mac.
  if (main && event.altKey && !event.shiftKey) {
    const side = /^Arrow(Left|Right|Up|Down)$/.exec(event.key)?.[1]?.toLowerCase();
    if (side === 'left' || side === 'right' || side === 'up' || side === 'down') return { kind: `pane-${side}` };
  }
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  const numbered = mac ? event.metaKey && !event.ctrlKey && !event.altKey : event.altKey && !event.ctrlKey && !event.metaKey;
  if (digit !== undefined && numbered && !event.shiftKey) return { kind: 'tab', index: Number(digit) - 1 };
  return undefined;
}

/** The keys of an action, as its platform writes them. */
export function shortcutText(kind: WindowAction['kind'], platform: string): string | undefined {
  const mac = isMac(platform);
  const main = mac ? '⌘' : 'Ctrl+';
  const shifted = mac ? '⌘' : 'Ctrl+Shift+';
  switch (kind) {
    case 'palette':
      return `${main}K`;
    case 'new-tab':
      return `${shifted}T`;
    case 'close-tab':
      return `${shifted}W`;
    case 'find':
      return `${shifted}F`;
    case 'filter':
      return mac ? '⇧⌘L' : 'Ctrl+Shift+L';
    case 'next-tab':
      return 'Ctrl+Tab';
    case 'previous-tab':
      return 'Ctrl+Shift+Tab';
    case 'zoom-in':
      return `${main}=`;
    case 'zoom-out':
      return `${main}-`;
    case 'zoom-reset':
      return `${main}0`;
    case 'split-right':
      return `${shifted}D`;
    case 'split-down':
      return mac ? '⇧⌘D' : 'Ctrl+Shift+E';
    case 'pane-left':
      return mac ? '⌥⌘←' : 'Ctrl+Alt+←';
    case 'pane-right':
      return mac ? '⌥⌘→' : 'Ctrl+Alt+→';
    case 'pane-up':
      return mac ? '⌥⌘↑' : 'Ctrl+Alt+↑';
    case 'pane-down':
      return mac ? '⌥⌘↓' : 'Ctrl+Alt+↓';
    case 'maximise':
      return mac ? '⇧⌘⏎' : 'Ctrl+Shift+Enter';
    case 'reopen-closed':
      return mac ? '⇧⌘R' : 'Ctrl+Shift+R';
    case 'tab':
      return undefined;
  }
}
