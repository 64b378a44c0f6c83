/**
 * Stands in for the `electron` module, so that the built main process and preload run where Electron's binary cannot be had.
 *
 * The window's scheme is served over HTTP on loopback, the preload runs in the page before anything else with a `require` that
 * knows `electron` only, and a MessagePort between main and page is carried by a WebSocket. Any browser shows it. What main
 * decides about permissions, navigation and new windows is asked at `/__stand-in/decide`.
 *
 * It prints `stand-in window at URL` when main has loaded a window. Not shown by it: Chromium's sandbox, real IPC, fuses.
 */
import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App, BrowserWindowConstructorOptions, Dialog, Protocol, Session, Shell } from 'electron';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';

type SchemeHandler = (request: Request) => Response | Promise<Response>;
type Decision = { readonly kind: 'permission' | 'navigate' | 'window-open'; readonly value: string };

const handlers = new Map<string, SchemeHandler>();
const opened: string[] = [];
let loaded: { url: URL; options: BrowserWindowConstructorOptions; contents: WebContentsStandIn } | undefined;
let permissionRequest: Parameters<Session['setPermissionRequestHandler']>[0] = null;

class AppStandIn extends EventEmitter {
  readonly isPackaged = false;
  #quitting = false;
  readonly enableSandbox: App['enableSandbox'] = () => {};
  readonly requestSingleInstanceLock: App['requestSingleInstanceLock'] = () => true;
  readonly whenReady: App['whenReady'] = () => Promise.resolve();
  readonly getVersion: App['getVersion'] = () => process.env['npm_package_version'] ?? '0.0.0';
  readonly exit: App['exit'] = (code) => process.exit(code);
  readonly quit: App['quit'] = () => {
    let prevented = false;
    if (!this.#quitting) this.emit('will-quit', { preventDefault: () => (prevented = true) });
    this.#quitting = true;
    if (!prevented) process.exit(0);
  };
}
export const app = new AppStandIn();
process.once('SIGTERM', () => app.quit());

export const protocol: Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
  registerSchemesAsPrivileged: () => {},
  handle: (scheme, handler) => void handlers.set(scheme, handler as SchemeHandler),
};

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Parameters<Session['setPermissionRequestHandler']>[0]) => (permissionRequest = handler),
    setPermissionCheckHandler: () => {},
  },
};

export const dialog: Pick<Dialog, 'showErrorBox'> = {
  showErrorBox: (title, content) => void process.stderr.write(`stand-in error box: ${title}: ${content}\n`),
};

export const shell: Pick<Shell, 'openExternal'> = {
  openExternal: async (url) => void opened.push(url),
};

export const ipcMain = new EventEmitter();

export const Menu = { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => {} };

class WebContentsStandIn extends EventEmitter {
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly #windows: BrowserWindow[] = [];
  readonly webContents = new WebContentsStandIn();
  readonly #options: BrowserWindowConstructorOptions;
  static getAllWindows(): BrowserWindow[] {
    return BrowserWindow.#windows;
  }
  static fromWebContents(contents: unknown): BrowserWindow | undefined {
    return BrowserWindow.#windows.find((window) => window.webContents === contents);
  }
  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.#options = options;
    BrowserWindow.#windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    loaded = { url: new URL(url), options: this.#options, contents: this.webContents };
    await startServer();
    this.emit('ready-to-show');
  }
  show(): void {}
  focus(): void {}
  restore(): void {}
  isMinimized(): boolean {
    return false;
  }
}

/** One end of a message channel inside this process; the other end may be carried to the page. */
class MessagePortStandIn extends EventEmitter {
  peer: MessagePortStandIn | undefined;
  #started = false;
  readonly #waiting: unknown[] = [];
  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data });
  }
  postMessage(data: unknown): void {
    queueMicrotask(() => this.peer?.deliver(structuredClone(data)));
  }
  deliver(data: unknown): void {
    if (this.#started) this.emit('message', { data });
    else this.#waiting.push(data);
  }
  close(): void {
    const { peer } = this;
    this.peer = undefined;
    if (peer === undefined) return;
    peer.peer = undefined;
    peer.emit('close');
    this.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortStandIn();
  readonly port2 = new MessagePortStandIn();
  constructor() {
    this.port1.peer = this.port2;
    this.port2.peer = this.port1;
  }
}

async function startServer(): Promise<void> {
  const server = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => servePage(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  console.log(`stand-in window at http://127.0.0.1:${(server.address() as AddressInfo).port}${loaded?.url.pathname ?? '/'}`);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname === '/__stand-in/preload.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(pagePrelude(await readFile(loaded?.options.webPreferences?.preload ?? '', 'utf8')));
  } else if (url.pathname === '/__stand-in/decide') {
    const decision = { kind: url.searchParams.get('kind'), value: url.searchParams.get('value') ?? '' } as Decision;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ allowed: decide(decision), opened }));
  } else if (url.pathname === '/__stand-in/preferences') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(loaded?.options.webPreferences));
  } else {
    const handler = handlers.get(loaded?.url.protocol.slice(0, -1) ?? '');
    const answered = (await handler?.(new Request(new URL(url.pathname, loaded?.url)))) ?? new Response('No scheme', { status: 500 });
    let body = Buffer.from(await answered.arrayBuffer());
    if (url.pathname.endsWith('.html')) body = Buffer.from(body.toString().replace('<head>', '<head><script src="/__stand-in/preload.js"></script>'));
    response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(body);
  }
}

/** What main would answer Chromium. */
function decide({ kind, value }: Decision): boolean {
  let allowed = true;
  if (kind === 'permission') permissionRequest?.(loaded?.contents as never, value as never, (granted) => (allowed = granted), {} as never);
  if (kind === 'window-open') allowed = loaded?.contents.windowOpenHandler?.({ url: value }).action !== 'deny';
  if (kind === 'navigate') loaded?.contents.emit('will-navigate', { url: value, preventDefault: () => (allowed = false) }, value);
  return allowed;
}

/** One page that was loaded: its ipcRenderer messages, and the one port that main gives it. */
function servePage(socket: WebSocket): void {
  let carried: MessagePortStandIn | undefined;
  const senderFrame = {
    url: loaded?.url.href,
    parent: null,
    postMessage(channel: string, message: unknown, ports: MessagePortStandIn[]) {
      carried = ports[0];
      socket.send(JSON.stringify({ ipc: channel, message }));
      carried?.on('message', ({ data }: { data: unknown }) => socket.send(typeof data === 'string' ? JSON.stringify({ port: data }) : (data as Uint8Array)));
      carried?.on('close', () => socket.close());
      carried?.start();
    },
  };
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      carried?.postMessage(new Uint8Array(data));
      return;
    }
    const message = JSON.parse(data.toString()) as { ipc?: string; args?: unknown[]; port?: string };
    if (message.ipc !== undefined) ipcMain.emit(message.ipc, { senderFrame, sender: loaded?.contents }, ...(message.args ?? []));
    else carried?.postMessage(message.port);
  });
  socket.on('close', () => carried?.close());
}

/** Runs in the page, before anything else: ipcRenderer over the WebSocket, then the real preload. */
function pagePrelude(preload: string): string {
  return `(() => {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/__stand-in/page');
  socket.binaryType = 'arraybuffer';
  const opened = new Promise((resolve) => socket.addEventListener('open', resolve));
  const listeners = new Map();
  let port;
  const ipcRenderer = {
    send: (ipc, ...args) => void opened.then(() => socket.send(JSON.stringify({ ipc, args }))),
    on: (ipc, listener) => listeners.set(ipc, listener),
  };
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') return port.postMessage(new Uint8Array(data));
    const message = JSON.parse(data);
    if (message.port !== undefined) return port.postMessage(message.port);
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = (event) => socket.send(typeof event.data === 'string' ? JSON.stringify({ port: event.data }) : event.data);
    listeners.get(message.ipc)?.({ ports: [channel.port2] }, message.message);
  });
  const require = (name) => { if (name === 'electron') return { ipcRenderer }; throw new Error('a sandboxed preload cannot require ' + name); };
  const exports = {}; const module = { exports };
  ${preload}
})();`;
}
