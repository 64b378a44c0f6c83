import { expect, test } from 'vitest';
import { chordText, parseChord } from '../../../src/contract/chord.ts';
import { Shortcuts } from '../../../src/contract/shortcuts.ts';
import * as shortcuts from '../../../src/renderer/state/shortcuts.ts';
import type { ActionName, Keys } from '../../../src/renderer/state/shortcuts.ts';

const none = {};
const shortcutOf = (event: Keys, platform: string) => shortcuts.shortcutOf(event, platform, none);
const shortcutText = (name: ActionName, platform: string) => shortcuts.shortcutText(name, platform, none);

function keys(key: string, ...held: ('ctrl' | 'meta' | 'alt' | 'shift')[]): Keys {
  const code = /^\d$/.test(key) ? `Digit${key}` : /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
  return { key, code, ctrlKey: held.includes('ctrl'), metaKey: held.includes('meta'), altKey: held.includes('alt'), shiftKey: held.includes('shift') };
}

test('plain Ctrl+letter and Alt+letter reach the shell, all but Ctrl+K', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  expect(letters.filter((letter) => shortcutOf(keys(letter, 'ctrl'), 'linux') !== undefined)).toEqual(['k']);
  expect(letters.filter((letter) => shortcutOf(keys(letter, 'alt'), 'linux') !== undefined)).toEqual([]);
  expect(letters.filter((letter) => shortcutOf(keys(letter, 'ctrl'), 'darwin') !== undefined)).toEqual([]);
  expect(letters.filter((letter) => shortcutOf(keys(letter, 'alt'), 'darwin') !== undefined)).toEqual([]);
});

test('the defaults of Linux and Windows', () => {
  expect(shortcutOf(keys('k', 'ctrl'), 'linux')).toEqual({ kind: 'palette' });
  expect(shortcutOf(keys('T', 'ctrl', 'shift'), 'win32')).toEqual({ kind: 'new-tab' });
  expect(shortcutOf(keys('W', 'ctrl', 'shift'), 'linux')).toEqual({ kind: 'close-tab' });
  expect(shortcutOf(keys('F', 'ctrl', 'shift'), 'linux')).toEqual({ kind: 'find' });
  expect(shortcutOf(keys('Tab', 'ctrl'), 'linux')).toEqual({ kind: 'next-tab' });
  expect(shortcutOf(keys('Tab', 'ctrl', 'shift'), 'linux')).toEqual({ kind: 'previous-tab' });
  expect(shortcutOf(keys('3', 'alt'), 'linux')).toEqual({ kind: 'tab', index: 2 });
  expect(shortcutOf(keys('0', 'ctrl'), 'linux')).toEqual({ kind: 'zoom-reset' });
});

test('the defaults of macOS', () => {
  expect(shortcutOf(keys('k', 'meta'), 'darwin')).toEqual({ kind: 'palette' });
  expect(shortcutOf(keys('t', 'meta'), 'darwin')).toEqual({ kind: 'new-tab' });
  expect(shortcutOf(keys('w', 'meta'), 'darwin')).toEqual({ kind: 'close-tab' });
  expect(shortcutOf(keys('3', 'meta'), 'darwin')).toEqual({ kind: 'tab', index: 2 });
  expect(shortcutOf(keys('3', 'alt'), 'darwin')).toBeUndefined();
});

test('shortcuts are written as their platform writes them', () => {
  expect(shortcutText('palette', 'linux')).toBe('Ctrl+K');
  expect(shortcutText('palette', 'darwin')).toBe('⌘K');
  expect(shortcutText('close-tab', 'win32')).toBe('Ctrl+Shift+W');
});

test('panes are split, walked and maximised by keys that no shell is waiting for', () => {
  const arrow = (side: string, ...modifiers: Parameters<typeof keys>[1][]) => ({ ...keys('x', ...modifiers), key: `Arrow${side}`, code: `Arrow${side}` });
  expect(shortcutOf(keys('D', 'ctrl', 'shift'), 'linux')).toEqual({ kind: 'split-right' });
  expect(shortcutOf(keys('E', 'ctrl', 'shift'), 'linux')).toEqual({ kind: 'split-down' });
  expect(shortcutOf(keys('d', 'meta'), 'darwin')).toEqual({ kind: 'split-right' });
  expect(shortcutOf(keys('D', 'meta', 'shift'), 'darwin')).toEqual({ kind: 'split-down' });
  expect(shortcutOf(keys('R', 'ctrl', 'shift'), 'linux')).toEqual({ kind: 'reopen-closed' });
  expect(shortcutOf(keys('Enter', 'ctrl', 'shift'), 'linux')).toEqual({ kind: 'maximise' });
  for (const side of ['Left', 'Right', 'Up', 'Down']) {
    expect(shortcutOf(arrow(side, 'ctrl', 'alt'), 'linux')).toEqual({ kind: `pane-${side.toLowerCase()}` });
    expect(shortcutOf(arrow(side, 'meta', 'alt'), 'darwin')).toEqual({ kind: `pane-${side.toLowerCase()}` });
    expect(shortcutOf(arrow(side, 'ctrl'), 'linux')).toBeUndefined();
  }
  for (const letter of ['d', 'e', 'r']) expect(shortcutOf(keys(letter, 'ctrl'), 'linux')).toBeUndefined();
});

/** As a browser tells a press of keys that are written `Ctrl+Shift+T`. */
function press(text: string): Keys {
  const chord = parseChord(text);
  if (chord === undefined) throw new Error(`${text} names no keys`);
  const { key, ctrl, alt, shift, meta } = chord;
  const typed = key === 'Plus' ? '+' : key === 'Space' ? ' ' : /^[A-Z]$/.test(key) && !shift ? key.toLowerCase() : key;
  return { key: typed, code: /^\d$/.test(key) ? `Digit${key}` : /^[A-Z]$/.test(key) ? `Key${key}` : key, ctrlKey: ctrl, altKey: alt, shiftKey: shift, metaKey: meta };
}

test.each(['linux', 'win32', 'darwin'])('every default of %s starts its action, is no other\'s, and takes nothing from the shell', (platform) => {
  const all = shortcuts.shortcutActions.flatMap(({ name }) => shortcuts.keysOf(name, platform, none).map((chord) => ({ name, text: chordText(chord), chord })));
  const started = (text: string): string | undefined => {
    const action = shortcutOf(press(text), platform);
    return action?.kind === 'tab' ? `tab-${action.index + 1}` : (action?.kind ?? shortcuts.focusedActionOf(press(text), platform, none));
  };
  expect(all.filter(({ name, text }) => started(text) !== name)).toEqual([]);
  expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
  const defined = shortcuts.shortcutActions.flatMap(({ keys: other, mac }) => (platform === 'darwin' ? mac : other));
  expect(all).toHaveLength(defined.length);
});

test('no choice of the person takes a plain Ctrl+letter, Alt+letter, a control character, typing or the clipboard', () => {
  const refused = [...'ABCDEFGHIJLMNOPQRSTUVWXYZ'].flatMap((letter) => [`Ctrl+${letter}`, `Alt+${letter}`, `Alt+Shift+${letter}`, letter, `Shift+${letter}`]);
  refused.push('Alt+K', 'Ctrl+[', 'Ctrl+\\', 'Ctrl+]', 'Ctrl+Space', 'Ctrl+/', 'Ctrl+3', 'Enter', 'Shift+Tab', 'ArrowUp', 'Escape', 'Ctrl+Shift+C', 'Ctrl+Shift+V', 'Cmd+C', 'Cmd+V');
  expect(refused.filter((text) => Shortcuts.safeParse({ find: [text] }).success)).toEqual([]);
  for (const text of refused) expect(shortcuts.shortcutOf(press(text), 'linux', { find: [text] })).toBeUndefined();
  const allowed = ['Ctrl+K', 'F5', 'Shift+F2', 'Ctrl+Shift+A', 'Ctrl+Alt+A', 'Ctrl+Enter', 'Alt+1', 'Cmd+A', 'ctrl + shift + a', 'Control+Option+Up'];
  expect(allowed.filter((text) => !Shortcuts.safeParse({ find: [text] }).success)).toEqual([]);
});

test('a focused terminal and a focused tab have keys of their own, which can be others: those that copy, paste, or write nowhere', () => {
  const focused = (text: string, mine: shortcuts.Overrides = none) => shortcuts.focusedActionOf(press(text), 'linux', mine);
  expect(['Ctrl+Shift+C', 'Ctrl+Shift+V', 'Shift+Insert', 'Ctrl+Shift+K', 'F2', 'Delete'].map((text) => focused(text))).toEqual(['copy', 'paste', 'paste', 'send-ctrl-k', 'rename-tab', 'close-focused-tab']);
  const mine = { copy: ['Ctrl+Shift+Y'], paste: ['Ctrl+Shift+V', 'Alt+5'], 'rename-tab': ['R'], 'close-focused-tab': [] };
  expect(Shortcuts.safeParse(mine).success).toBe(true);
  expect(['Ctrl+Shift+C', 'Ctrl+Shift+Y', 'Shift+Insert', 'Alt+5', 'F2', 'R', 'Delete'].map((text) => focused(text, mine))).toEqual([undefined, 'copy', undefined, 'paste', undefined, 'rename-tab', undefined]);
  // Nowhere else do they do anything: a text field copies by itself, and F2 is the shell's.
  for (const text of ['Ctrl+Shift+C', 'F2', 'Delete']) expect(shortcutOf(press(text), 'linux')).toBeUndefined();
  for (const [action, text] of [['rename-tab', 'ArrowLeft'], ['rename-tab', 'Enter'], ['close-focused-tab', 'Ctrl+D'], ['copy', 'Ctrl+C'], ['paste', 'Insert'], ['send-ctrl-k', 'Shift+Insert']] as const) {
    expect(Shortcuts.safeParse({ [action]: [text] }).success).toBe(false);
    expect(focused(text, { [action]: [text] })).not.toBe(action);
  }
  expect(shortcuts.ariaKeys(['close-focused-tab', 'rename-tab'], 'linux', none)).toBe('Delete F2');
  expect(shortcuts.ariaKeys(['close-focused-tab', 'rename-tab'], 'linux', { 'close-focused-tab': [], 'rename-tab': ['Ctrl+Shift+Y'] })).toBe('Control+Shift+Y');
});

test('the person\'s keys take the place of the defaults, win over those of others, and are shown everywhere', () => {
  const mine = { find: ['Ctrl+Shift+D'], palette: [], 'no-such-action': ['Ctrl+Shift+X'] };
  expect(shortcuts.shortcutOf(press('Ctrl+Shift+D'), 'linux', mine)).toEqual({ kind: 'find' });
  expect(shortcuts.shortcutOf(press('Ctrl+Shift+F'), 'linux', mine)).toBeUndefined();
  expect(shortcuts.shortcutOf(press('Ctrl+K'), 'linux', mine)).toBeUndefined();
  expect(shortcuts.shortcutOf(press('Ctrl+Shift+X'), 'linux', mine)).toBeUndefined();
  const shown = (name: ActionName) => shortcuts.shortcutText(name, 'linux', mine);
  expect([shown('find'), shown('split-right'), shown('palette'), shown('split-down')]).toEqual(['Ctrl+Shift+D', undefined, undefined, 'Ctrl+Shift+E']);
  expect(shortcuts.shortcutText('find', 'darwin', { find: ['Ctrl+Alt+ArrowUp'] })).toBe('⌃⌥↑');
  expect(shortcuts.shortcutText('find', 'win32', { find: ['Cmd+F'] })).toBe('Win+F');
});

test('text that is being composed, AltGr and the number pad with Alt start nothing', () => {
  expect(shortcutOf({ ...press('Ctrl+Shift+T'), isComposing: true }, 'linux')).toBeUndefined();
  expect(shortcutOf({ ...press('Ctrl+K'), key: 'Process' }, 'linux')).toBeUndefined();
  expect(shortcutOf({ ...press('Ctrl+Alt+ArrowUp'), getModifierState: (modifier) => modifier === 'AltGraph' }, 'win32')).toBeUndefined();
  expect(shortcutOf({ ...press('Alt+1'), code: 'Numpad1' }, 'win32')).toBeUndefined();
});

test('letters count by what the layout writes, and by their place where it writes no Latin ones; digits by their place', () => {
  expect(shortcutOf({ ...press('Ctrl+Shift+T'), code: 'KeyK' }, 'linux')).toEqual({ kind: 'new-tab' });
  expect(shortcutOf({ ...press('Ctrl+Shift+T'), key: 'Е' }, 'linux')).toEqual({ kind: 'new-tab' });
  expect(shortcutOf({ ...press('Alt+2'), key: 'é' }, 'linux')).toEqual({ kind: 'tab', index: 1 });
});

test('a key that writes means nothing to the window, whatever is chosen; with Ctrl, Alt or Cmd it is asked about', () => {
  const writing = [...'x1 /é日'].map((key) => keys(key));
  expect(writing.map((event) => shortcuts.isWriting(event))).toEqual(writing.map(() => true));
  expect(writing.map((event) => shortcuts.shortcutOf(event, 'linux', { palette: ['X', '1', 'Space', '/'] }))).toEqual(writing.map(() => undefined));
  expect([keys('k', 'ctrl'), keys('k', 'alt'), keys('k', 'meta'), keys('F5')].map((event) => shortcuts.isWriting(event))).toEqual([false, false, false, false]);
  // A tab that has the focus is renamed by any key: nothing is written there.
  expect(shortcuts.focusedActionOf(keys('x'), 'linux', { 'rename-tab': ['X'] })).toBe('rename-tab');
});
