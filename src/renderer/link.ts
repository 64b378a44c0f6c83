/**
 * Opens the window's link: the MessagePort that the desktop's preload hands over, else a WebSocket to the page's own origin.
 *
 * Desktop: the page says `postern:ready` to itself, the preload answers with `postern:port` and one port.
 * Browser: the token arrives in the address' fragment (never sent to a server), moves to sessionStorage, leaves the address
 * bar, and goes out as a WebSocket subprotocol, the one header a page may set.
 */
import { PosternError } from '../contract/error.ts';
import type { Link } from '../link/link.ts';
import { i18n } from './i18n/i18n.ts';

const TOKEN_KEY = 'postern.token';
const READY = 'postern:ready';
const PORT = 'postern:port';

/** Whether this page is the desktop's window: Electron names itself in the user agent, no browser does. */
export function isDesktop(navigator: Pick<Navigator, 'userAgent'>): boolean {
  return / Electron\//.test(navigator.userAgent);
}

/** Takes the token out of the address bar; returns the one to use, from there or from before a reload. */
export function takeToken(location: Pick<Location, 'hash' | 'pathname' | 'search'>, history: Pick<History, 'replaceState'>, storage: Pick<Storage, 'getItem' | 'setItem'>): string | undefined {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) {
    if (token !== '') storage.setItem(TOKEN_KEY, token);
    history.replaceState(undefined, '', location.pathname + location.search);
  }
  return storage.getItem(TOKEN_KEY) ?? undefined;
}

/** The page's own origin as a WebSocket address. */
export function socketAddress(location: Pick<Location, 'protocol' | 'host'>): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/link`;
}

/**
 * Somebody answers at the page's address, and opened no WebSocket: it does not know the page's token, as Postern was started again,
 * which makes a new one; or the line broke just then.
 */
export const TOKEN_REFUSED = 'token-refused';

/**
 * One attempt.
 * @throws PosternError `app.link-closed`
 */
export async function openSocketLink(address: string, token: string): Promise<Link | typeof TOKEN_REFUSED> {
  try {
    return await openSocket(address, token);
  } catch (thrown) {
    // A page is not told why a WebSocket failed: whether anybody is there must be asked in another way.
    const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
    if (answer?.ok === true) return TOKEN_REFUSED;
    throw thrown;
  }
}

function openSocket(address: string, token: string): Promise<Link> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, ['postern', `postern.${token}`]);
    socket.binaryType = 'arraybuffer';
    const messageListeners: ((message: string | Uint8Array) => void)[] = [];
    const closeListeners: (() => void)[] = [];
    let opened = false;
    socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
      const message = typeof event.data === 'string' ? event.data : new Uint8Array(event.data);
      for (const listener of messageListeners) listener(message);
    });
    socket.addEventListener('close', () => {
      if (opened) for (const listener of closeListeners) listener();
      else reject(new PosternError({ code: 'app.link-closed', message: i18n.t('window.noAnswer'), retryable: true }));
    });
    socket.addEventListener('open', () => {
      opened = true;
      resolve({
        send: (message) => {
          if (socket.readyState !== WebSocket.OPEN) return;
          // A WebSocket takes views on plain buffers only; ours never are shared ones.
          if (typeof message === 'string') socket.send(message);
          else socket.send(message as Uint8Array<ArrayBuffer>);
        },
        onMessage: (listener) => void messageListeners.push(listener),
        onClose: (listener) => void closeListeners.push(listener),
        close: () => socket.close(),
      });
    });
  });
}

/** Resolves when the preload has posted the port. */
export function openPortLink(page: Window): Promise<Link> {
  return new Promise((resolve) => {
    const handleMessage = (event: MessageEvent<unknown>): void => {
      const port = event.ports[0];
      if (event.source !== page || event.data !== PORT || port === undefined) return;
      page.removeEventListener('message', handleMessage);
      resolve(linkOverPort(port));
    };
    page.addEventListener('message', handleMessage);
    page.postMessage(READY, page.location.origin);
  });
}

export function linkOverPort(port: MessagePort): Link {
  const messageListeners: ((message: string | Uint8Array) => void)[] = [];
  const closeListeners: (() => void)[] = [];
  let closed = false;
  const handleClose = (): void => {
    if (closed) return;
    closed = true;
    for (const listener of closeListeners) listener();
  };
  port.addEventListener('message', (event: MessageEvent<unknown>) => {
    const message = event.data;
    if (typeof message === 'string' || message instanceof Uint8Array) for (const listener of messageListeners) listener(message);
  });
  port.addEventListener('close', handleClose);
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      messageListeners.push(listener);
      // Messages wait in the port until the first listener is there.
      port.start();
    },
    onClose: (listener) => void closeListeners.push(listener),
    close: () => {
      port.close();
      handleClose();
    },
  };
}
