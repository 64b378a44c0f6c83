import { expect, test } from 'vitest';
import { contextMenu } from '../../../src/apps/electron/contextMenu.ts';
import { appMenu } from '../../../src/apps/electron/menu.ts';
import { parseChord } from '../../../src/contract/chord.ts';
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

test('the clipboard may be read only in the second after a right or middle mouse button, or the keys chosen for pasting, went down', () => {
  let nowMs = 5000;
  const clicks = createPasteClicks(() => nowMs);
  const press = (text: string, type = 'keyDown'): void => {
    const { key, ctrl: control, ...held } = parseChord(text) ?? expect.fail(text);
    clicks.pressed({ type, key, code: /^[A-Z]$/.test(key) ? `Key${key}` : key, control, ...held });
  };
  const allowed = (): boolean => {
    const answer = clicks.allowsReading();
    nowMs += PASTE_CLICK_MS + 1;
    return answer;
  };
  for (const input of [{ type: 'mouseDown', button: 'left' }, { type: 'mouseUp', button: 'right' }, { type: 'rawKeyDown' }]) clicks.saw(input);
  for (const text of ['V', 'Ctrl+Shift+T', 'Ctrl+Shift+V', 'Ctrl+Alt+P', 'Cmd+K', 'F6', 'Ctrl+Insert']) press(text);
  expect(allowed()).toBe(false);
  for (const button of ['right', 'middle']) {
    clicks.saw({ type: 'mouseDown', button });
    nowMs += PASTE_CLICK_MS;
    expect(clicks.allowsReading(), button).toBe(true);
    nowMs += 1;
    expect(clicks.allowsReading(), button).toBe(false);
  }
  press('Shift+Insert');
  expect(allowed()).toBe(true);
  press('Shift+Insert', 'keyUp');
  expect(allowed()).toBe(false);

  clicks.setKeys(['control+INSERT', 'F6', 'alt+1', 'no keys']);
  for (const text of ['Ctrl+Insert', 'F6', 'Alt+1']) {
    press(text);
    expect(allowed(), text).toBe(true);
  }
  for (const text of ['Shift+Insert', 'Ctrl+Shift+T', 'Shift+F6', 'Alt+2']) press(text);
  expect(allowed()).toBe(false);
  clicks.setKeys([]);
  for (const text of ['Shift+Insert', 'F6']) press(text);
  expect(allowed()).toBe(false);
  clicks.setKeys(undefined);
  press('Shift+Insert');
  expect(allowed()).toBe(true);
});

test('the right mouse button offers what can be done with text there, and no menu where nothing can', () => {
  const editFlags = { canCopy: true, canPaste: true, canSelectAll: true };
  expect(contextMenu({ isEditable: true, selectionText: 'x', editFlags }).map(({ role }) => role)).toEqual(['copy', 'paste', 'selectAll']);
  expect(contextMenu({ isEditable: false, selectionText: 'x', editFlags }).map(({ role }) => role)).toEqual(['copy']);
  expect(contextMenu({ isEditable: false, selectionText: '', editFlags: { ...editFlags, canCopy: false } })).toEqual([]);
});
