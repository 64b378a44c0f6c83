/**
 * Where the browser comes back to with the authorization code: one path on 127.0.0.1, for one answer with the right state.
 *
 * @see RFC 8252 section 7.3
 */
export const REDIRECT_PATH = '/oauth/callback';

export type Returned = { readonly name: 'code'; readonly code: string } | { readonly name: 'refused' } | { readonly name: 'ended' };

export interface LoopbackRedirect {
  /** `http://127.0.0.1:PORT/oauth/callback` */
  readonly url: string;
  /** What the browser brought; `ended` when the signal fired first. */
  code(signal: AbortSignal): Promise<Returned>;
  close(): Promise<void>;
}

export async function openLoopbackRedirect(state: string): Promise<LoopbackRedirect> {
  // As a module it takes all of undici along: 38 ms of every start.
  const { createServer } = await import('node:http');
  const returned = Promise.withResolvers<Returned>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const code = searchParams.get('code');
    // Any page of this machine can call here: what does not know the state changes nothing.
    const mine = request.method === 'GET' && pathname === REDIRECT_PATH && searchParams.get('state') === state;
    const outcome: Returned | undefined = !mine ? undefined : code === null ? { name: 'refused' } : { name: 'code', code };
    response.writeHead(outcome === undefined ? 400 : 200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'", 'referrer-policy': 'no-referrer', connection: 'close' });
    response.end(outcome === undefined ? 'Not expected.' : page(outcome.name === 'code' ? 'Signed in. You can close this page and go back to Postern.' : 'Not signed in: the request was refused. You can close this page.'), () => {
      if (outcome !== undefined) returned.resolve(outcome);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return {
    url: `http://127.0.0.1:${address.port}${REDIRECT_PATH}`,
    code(signal) {
      const end = (): void => returned.resolve({ name: 'ended' });
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
      return returned.promise.finally(() => signal.removeEventListener('abort', end));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function page(text: string): string {
  return `<!doctype html><meta charset="utf-8"><title>Postern</title><p>${text}</p>`;
}
