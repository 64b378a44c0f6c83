/** A page with xterm.js and nothing of Postern, on a loopback server of its own: the peer of what Postern's tabs do. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Terminal } from '@xterm/xterm';

export interface BareTerminalPage {
  readonly url: string;
  close(): Promise<void>;
}

declare global {
  interface Window {
    /** xterm.js's own class. */
    bareTerminal: typeof Terminal;
  }
}

const PAGE = `<!doctype html><meta charset="utf-8"><title>bare</title><link rel="stylesheet" href="/xterm.css"><body><div id="screen"></div>
<script type="module">import { Terminal } from '/xterm.mjs'; window.bareTerminal = Terminal;</script>`;

/** @param files further paths, with their bytes */
export async function serveBareTerminal(files: Readonly<Record<string, Uint8Array>> = {}): Promise<BareTerminalPage> {
  const packageFolder = new URL('../', import.meta.resolve('@xterm/xterm'));
  const all: Record<string, { readonly type: string; readonly body: Uint8Array }> = {
    '/': { type: 'text/html', body: Buffer.from(PAGE) },
    '/xterm.mjs': { type: 'text/javascript', body: await readFile(fileURLToPath(new URL('lib/xterm.mjs', packageFolder))) },
    '/xterm.css': { type: 'text/css', body: await readFile(fileURLToPath(new URL('css/xterm.css', packageFolder))) },
    ...Object.fromEntries(Object.entries(files).map(([path, body]) => [path, { type: path.endsWith('.mjs') ? 'text/javascript' : 'application/octet-stream', body }])),
  };
  const server = createServer((request, response) => {
    const file = all[request.url ?? ''];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': file.type }).end(file.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
