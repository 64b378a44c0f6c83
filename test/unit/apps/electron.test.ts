import { expect, test } from 'vitest';
import { appMenu } from '../../../src/apps/electron/menu.ts';

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
