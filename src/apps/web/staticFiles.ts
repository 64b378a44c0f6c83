/** Serves the built window from a folder read once at start: no path from a request ever reaches the file system. */
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Headers that every answer carries. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export interface StaticFiles {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** @throws when the folder cannot be read: the window has not been built */
export async function loadStaticFiles(folder: string): Promise<StaticFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, { body: Buffer; type: string }>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const url = `/${relative(folder, path).split(sep).join('/')}`;
    files.set(url, { body: await readFile(path), type: contentTypes[extname(path)] ?? 'application/octet-stream' });
  }
  return {
    handle(request, response) {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const file = files.get(path === '/' ? '/index.html' : path);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { ...securityHeaders, allow: 'GET, HEAD' }).end();
      } else if (file === undefined) {
        response.writeHead(404, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
      } else {
        // Names of built assets carry a hash of their content; the page itself does not.
        const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
        response.writeHead(200, { ...securityHeaders, 'content-type': file.type, 'content-length': file.body.byteLength, 'cache-control': cache });
        response.end(request.method === 'HEAD' ? undefined : file.body);
      }
    },
  };
}
