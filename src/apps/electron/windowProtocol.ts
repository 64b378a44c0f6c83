/**
 * Serves the built window at app://postern, so that it has an origin of its own and never needs file:.
 *
 * The files are read by Node below one folder; a path that leaves it is not found.
 */
import { readFile } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import { protocol } from 'electron';
import { contentTypeOf, windowHeaders } from '../../services/base/windowFiles.ts';

export const WINDOW_ORIGIN = 'app://postern';

/** Must run before the app is ready. */
export function registerWindowScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/** Must run after the app is ready. @param folder the built renderer: out/renderer */
export function serveWindow(folder: string): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    const path = normalize(join(folder, url.pathname === '/' ? 'index.html' : decodeURIComponent(url.pathname)));
    if (url.host !== 'postern' || !path.startsWith(folder + sep)) return new Response('Not found', { status: 404 });
    try {
      const body = new Uint8Array(await readFile(path));
      return new Response(body, { headers: { ...windowHeaders, 'content-type': contentTypeOf(path) } });
    } catch {
      return new Response('Not found', { status: 404 });
    }
  });
}
