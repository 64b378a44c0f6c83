import { expect, test } from 'vitest';
import { contextMenu } from '../../../src/apps/electron/contextMenu.ts';
import { appMenu } from '../../../src/apps/electron/menu.ts';
import { createPasteClicks, PASTE_CLICK_MS } from '../../../src/apps/electron/pasteClick.ts';

test('on Windows and Linux no menu entry takes a plain Ctrl+letter from the remote shell', () => {
  for (const platform of ['linux', 'win32']) {
    const entries = appMenu(platform, true).flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []));
    expect(entries.map((entry) => entry.accelerator)).toEqual(['Ctrl+Shift+Q']);
  }
});

test('a packaged app has no developer tools in its menu', () => {
  expect(appMenu('linux', true).map((menu) => menu.label)).toEqual(['Postern']);
  expect(appMenu('linux', false).map((menu) => menu.label)).toEqual(['Postern', 'Developer']);
});

test('the clipboard may be read only in the second after a right or middle mouse button, or keys that type nothing, went down', () => {
  let nowMs = 5000;
  const clicks = createPasteClicks(() => nowMs);
  for (const input of [{ type: 'mouseDown', button: 'left' }, { type: 'mouseUp', button: 'right' }, { type: 'rawKeyDown' }, { type: 'rawKeyDown', modifiers: ['shift'] }, { type: 'rawKeyDown', modifiers: ['control'] }, { type: 'keyUp', modifiers: ['control', 'shift'] }]) clicks.saw(input);
  expect(clicks.allowsReading()).toBe(false);
  clicks.saw({ type: 'mouseDown', button: 'right' });
  expect(clicks.allowsReading()).toBe(true);
  nowMs += PASTE_CLICK_MS + 1;
  expect(clicks.allowsReading()).toBe(false);
  clicks.saw({ type: 'mouseDown', button: 'middle' });
  expect(clicks.allowsReading()).toBe(true);
  nowMs += PASTE_CLICK_MS + 1;
  clicks.saw({ type: 'rawKeyDown', modifiers: ['control', 'shift'] });
  expect(clicks.allowsReading()).toBe(true);
});

test('the right mouse button offers what can be done with text there, and no menu where nothing can', () => {
  const editFlags = { canCopy: true, canPaste: true, canSelectAll: true };
  expect(contextMenu({ isEditable: true, selectionText: 'x', editFlags }).map(({ role }) => role)).toEqual(['copy', 'paste', 'selectAll']);
  expect(contextMenu({ isEditable: false, selectionText: 'x', editFlags }).map(({ role }) => role)).toEqual(['copy']);
  expect(contextMenu({ isEditable: false, selectionText: '', editFlags: { ...editFlags, canCopy: false } })).toEqual([]);
});
