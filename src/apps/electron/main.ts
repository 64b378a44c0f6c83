/**
 * The desktop app: one process that holds the services, and windows that reach them over one MessagePort each.
 */
import { join } from 'node:path';
import type { IpcMainEvent } from 'electron';
import { app, BrowserWindow, dialog, ipcMain, Menu, MessageChannelMain } from 'electron';
import { forWindow } from '../../services/forWindow.ts';
import type { NodePlatformOptions } from '../../services/nodePlatform.ts';
import type { Services } from '../../services/services.ts';
import { messagePortLink } from './messagePortLink.ts';
import { appMenu } from './menu.ts';
import { lockDown, openWindow, pasteClicks } from './window.ts';
import { registerWindowScheme, serveWindow, WINDOW_ORIGIN } from './windowProtocol.ts';

/** `--demo`, or `--demo=N` for an estate of N instances. */
const demoArgument = process.argv.find((argument) => argument === '--demo' || /^--demo=\d{1,6}$/.test(argument));

app.enableSandbox();
registerWindowScheme();

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window === undefined) openWindow();
    else {
      if (window.isMinimized()) window.restore();
      window.focus();
    }
  });
  void start();
} else {
  app.quit();
}

async function start(): Promise<void> {
  await app.whenReady();
  lockDown();
  serveWindow(join(import.meta.dirname, '../renderer'));
  Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(process.platform, app.isPackaged)));
  // Chromium starts its process and loads the page while the services start here: their code is loaded behind the window.
  openWindow();
  const services = startServices();
  services.catch(tellAndExit);
  ipcMain.on('postern:port-wanted', (event) => {
    if (!isOurPage(event)) return;
    const { port1, port2 } = new MessageChannelMain();
    const link = messagePortLink(port1);
    void Promise.all([import('../../link/server.ts'), services]).then(([{ serveLink }, started]) => serveLink(link, forWindow(started)), () => link.close());
    event.senderFrame?.postMessage('postern:port', undefined, [port2]);
  });

  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let closing = false;
  app.on('will-quit', (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    void services.then((started) => started.close()).finally(() => app.quit());
  });
  await services.then(followPasteKeys, () => undefined);
}

/** Without services there is nothing to show: the person is told why, and the window does not promise a connection that never comes. */
async function tellAndExit(thrown: unknown): Promise<void> {
  const { message, remedy } = (await import('../../contract/error.ts')).toPosternError(thrown);
  dialog.showErrorBox('Postern cannot start', [message, remedy].filter((line) => line !== undefined).join('\n'));
  app.exit(1);
}

async function followPasteKeys(services: Services): Promise<void> {
  services.onEvent((event) => {
    if (event.name === 'settings.changed') pasteClicks.setKeys(event.payload.shortcuts['paste']);
  });
  pasteClicks.setKeys((await services.settings.get({})).shortcuts['paste']);
}

async function startServices(): Promise<Services> {
  const [{ createNodePlatform }, { createServices }] = await Promise.all([import('../../services/nodePlatform.ts'), import('../../services/services.ts')]);
  const instances = Number(demoArgument?.split('=')[1] ?? 0);
  const startDemo: NodePlatformOptions['startDemo'] = async (where) => (await import('../../demo/startDemo.ts')).startDemo({ ...where, ...(instances > 0 ? { instances } : {}) });
  const services = await createServices(await createNodePlatform({ app: 'electron', version: app.getVersion(), environment: process.env, demo: demoArgument !== undefined, startDemo }));
  // What was last known is at hand by the time the window asks. A failure is told to the window, which asks the same.
  services.scopes.list({}).catch(() => undefined);
  return services;
}

/** The top frame of a window of ours, showing our own page. */
function isOurPage(event: IpcMainEvent): boolean {
  const frame = event.senderFrame;
  // Node's URL gives no origin for a scheme of our own.
  return frame !== null && frame.parent === null && frame.url.startsWith(`${WINDOW_ORIGIN}/`) && BrowserWindow.fromWebContents(event.sender) !== null;
}
