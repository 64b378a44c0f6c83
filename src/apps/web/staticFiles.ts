/** Serves the built window from a folder read once at start: no path from a request ever reaches the file system. */
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative, sep } from 'node:path';
import { contentTypeOf, windowHeaders } from '../../services/base/windowFiles.ts';

export interface StaticFiles {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** @throws when the folder cannot be read: the window has not been built */
export async function loadStaticFiles(folder: string): Promise<StaticFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, { body: Buffer; type: string }>();
  await Promise.all(
    entries.filter((candidate) => candidate.isFile()).map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const url = `/${relative(folder, path).split(sep).join('/')}`;
      files.set(url, { body: await readFile(path), type: contentTypeOf(path) });
    }),
  );
  return {
    handle(request, response) {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const file = files.get(path === '/' ? '/index.html' : path);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { ...windowHeaders, allow: 'GET, HEAD' }).end();
      } else if (file === undefined) {
        response.writeHead(404, { ...windowHeaders, 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n');
      } else {
        // Names of built assets carry a hash of their content; the page itself does not.
        const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
        response.writeHead(200, { ...windowHeaders, 'content-type': file.type, 'content-length': file.body.byteLength, 'cache-control': cache });
        response.end(request.method === 'HEAD' ? undefined : file.body);
      }
    },
  };
}
