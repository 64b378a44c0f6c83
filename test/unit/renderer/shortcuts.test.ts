import { expect, test } from 'vitest';
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
