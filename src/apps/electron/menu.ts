/**
 * The application menu. Only roles that every desktop has: plain Ctrl+letter must reach the remote shell, so on Windows and
 * Linux nothing in it takes a key.
 */
import type { MenuItemConstructorOptions } from 'electron';

export function appMenu(platform: string, packaged: boolean): MenuItemConstructorOptions[] {
  const developer: MenuItemConstructorOptions[] = packaged ? [] : [{ label: 'Developer', submenu: [{ role: 'toggleDevTools', accelerator: 'F12' }] }];
  if (platform !== 'darwin') return [{ label: 'Postern', submenu: [{ label: 'Quit', role: 'quit', accelerator: 'Ctrl+Shift+Q' }] }, ...developer];
  return [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }, ...developer];
}
