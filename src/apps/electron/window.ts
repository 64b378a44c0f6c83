/**
 * The desktop window: a sandboxed page that may show our files and talk over one MessagePort, and nothing else.
 *
 * @see https://www.electronjs.org/docs/latest/tutorial/security
 */
import { join } from 'node:path';
import type { WebContents, WebPreferences } from 'electron';
import { app, BrowserWindow, Menu, session, shell } from 'electron';
import { contextMenu } from './contextMenu.ts';
import { createPasteClicks } from './pasteClick.ts';
import { openInBrowser } from './openInBrowser.ts';
import { WINDOW_ORIGIN } from './windowProtocol.ts';

/** Copying, and telling of a command that ended, need them; everything else (camera, ...) is refused, and reading the clipboard but for a click or keys that paste. */
const allowedPermissions: readonly string[] = ['clipboard-sanitized-write', 'notifications'];
export const pasteClicks = createPasteClicks(() => performance.now());

function isAllowed(permission: string): boolean {
  return allowedPermissions.includes(permission) || (permission === 'clipboard-read' && pasteClicks.allowsReading());
}

export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1360,
    height: 860,
    minWidth: 600,
    minHeight: 400,
    title: 'Postern',
    show: false,
    webPreferences: pagePreferences(),
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${WINDOW_ORIGIN}/index.html`);
  return window;
}

/** What a page of ours may do, in the main window and in one for a single tab. */
function pagePreferences(): WebPreferences {
  return {
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
    devTools: !app.isPackaged,
  };
}

/** Denies permissions, navigation, new windows (but one for a tab of ours) and embedded pages for everything this process ever shows. */
export function lockDown(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, callback) => callback(isAllowed(permission)));
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  app.on('web-contents-created', (_event, contents) => guard(contents));
}

function guard(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('input-event', (_event, input) => pasteClicks.saw(input));
  contents.on('before-input-event', (_event, input) => pasteClicks.pressed(input));
  contents.on('context-menu', (_event, parameters) => {
    const items = contextMenu(parameters);
    if (items.length > 0) Menu.buildFromTemplate(items).popup();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isTabWindow(url)) return { action: 'allow', overrideBrowserWindowOptions: { width: 900, height: 600, minWidth: 400, minHeight: 240, title: 'Postern', webPreferences: pagePreferences() } };
    // The window has shown the person the true target before it asks for this.
    void openInBrowser(url, (address) => shell.openExternal(address));
    return { action: 'deny' };
  });
}

/** Our own page for one session, and nothing else: a tab that was moved to a window of its own. */
function isTabWindow(url: string): boolean {
  return url.startsWith(`${WINDOW_ORIGIN}/`) && /^\/index\.html\?session=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(url.slice(WINDOW_ORIGIN.length));
}
