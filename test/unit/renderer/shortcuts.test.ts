import { expect, test } from 'vitest';
import { shortcutOf, shortcutText, type Keys } from '../../../src/renderer/state/shortcuts.ts';

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
