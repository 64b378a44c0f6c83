/**
 * Serves the window to a browser on this machine and speaks the contract over a WebSocket.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ServiceApi } from '../../contract/contract.ts';
import { PosternError } from '../../contract/error.ts';
import { windowHeaders } from '../../services/base/windowFiles.ts';
import { forWindow } from '../../services/forWindow.ts';
import { createGate, SUBPROTOCOL } from './gate.ts';
import { loadStaticFiles } from './staticFiles.ts';
import { webSocketLink } from './webSocketLink.ts';

/** The largest message a window may send: a pasted text or an imported key, never a file. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export interface WebServerOptions {
  /** They may still be starting: the window is served meanwhile, and its link waits for them. */
  readonly services: ServiceApi<Duplex> | Promise<ServiceApi<Duplex>>;
  /** The built renderer: out/renderer. */
  readonly windowFolder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** An address of this machine; 127.0.0.1 unless the person chose another. */
  readonly bindAddress: string;
}

export interface WebServer {
  /** With the token in its fragment: whoever has it is the person. */
  readonly url: string;
  close(): Promise<void>;
}

/** @throws PosternError `app.port-in-use`, `data.unreadable` (the window has not been built) */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const files = await loadStaticFiles(options.windowFolder).catch((cause: unknown) => {
    throw new PosternError({ code: 'data.unreadable', message: `The window's files are not in ${options.windowFolder}.`, remedy: 'Build them with "npm run build".' }, { cause });
  });
  const server = createServer();
  const port = await listen(server, options.port, options.bindAddress);
  const names = namesOf(options.bindAddress);
  const authorities = names.map((name) => `${name.includes(':') ? `[${name}]` : name}:${port}`);
  const authority = authorities[0] ?? `127.0.0.1:${port}`;
  const gate = createGate(authorities);

  server.on('request', (request, response) => {
    if (gate.admitsHost(request)) files.handle(request, response);
    else response.writeHead(421, { ...windowHeaders, 'content-type': 'text/plain; charset=utf-8' }).end('This address is not served here.\n');
  });
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => SUBPROTOCOL,
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/link' || !gate.admitsUpgrade(request)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true);
    sockets.handleUpgrade(request, socket, head, (webSocket) => void serve(webSocket));
  });
  const serve = async (webSocket: WebSocket): Promise<void> => {
    const link = webSocketLink(webSocket);
    try {
      // With them: the checks of the contract take a while to make, too.
      const [{ serveLink }, services] = await Promise.all([import('../../link/server.ts'), options.services]);
      serveLink(link, forWindow(services));
    } catch {
      // Whoever starts the services says why they did not.
      link.close();
    }
  };
  return {
    url: `http://${authority}/#token=${gate.token}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** What this server may be called, the name for its address first: other names are another site's (DNS rebinding). */
function namesOf(bindAddress: string): string[] {
  if (bindAddress === '127.0.0.1') return ['127.0.0.1', 'localhost'];
  if (bindAddress !== '0.0.0.0' && bindAddress !== '::') return [bindAddress];
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const usable = addresses.filter(({ family, scopeid }) => (family === 'IPv4' || bindAddress === '::') && (scopeid ?? 0) === 0);
  const outsideFirst = usable.toSorted((a, b) => Number(a.internal) - Number(b.internal));
  return [...outsideFirst.map(({ address }) => address), 'localhost', hostname()];
}

async function listen(server: ReturnType<typeof createServer>, port: number, address: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new PosternError(
          cause.code === 'EADDRINUSE'
            ? { code: 'app.port-in-use', message: `Port ${port} of ${address} is in use.`, remedy: 'Choose another with --port, or leave it out to take a free one.' }
            : { code: 'app.port-in-use', message: `Cannot listen on ${address} port ${port} (${cause.code ?? cause.message}).`, remedy: 'Choose an address of this machine with --bind and a free port with --port.' },
          { cause },
        ),
      );
    });
    server.listen(port, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}
