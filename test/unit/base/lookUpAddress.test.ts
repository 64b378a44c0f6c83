import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { addressUrl, lookUpAddress } from '../../../src/services/base/lookUpAddress.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/`);
}

const unaborted = new AbortController().signal;
const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then((value) => value, (thrown: unknown) => (thrown instanceof PosternError ? thrown.code : thrown));

test.each(['198.51.100.7', '2001:db8::7'])('the address is what the far end says: %s; it is sent nothing but a plain question', async (address) => {
  const asked: unknown[] = [];
  const url = await serve((request, response) => {
    asked.push([request.method, request.url, request.headers.cookie, request.headers.authorization]);
    response.end(`${address}\n`);
  });
  expect(await lookUpAddress(url, unaborted)).toBe(address);
  expect(asked).toEqual([['GET', '/', undefined, undefined]]);
});

test.each<[string, RequestListener]>([
  ['a page', (_request, response) => void response.end('<html>sign in</html>')],
  ['an answer without an end', (_request, response) => void response.write('x'.repeat(5000))],
  ['an error', (_request, response) => void response.writeHead(503).end('198.51.100.7')],
  ['a way to somebody else', (_request, response) => void response.writeHead(302, { location: 'https://example.com/' }).end()],
  ['nothing', (_request, response) => void response.destroy()],
])('%s is no address', async (_what, listener) => {
  expect(await codeOf(lookUpAddress(await serve(listener), unaborted))).toBe('aws.endpoint-unreachable');
});

test('a look-up is given up when it is cancelled', async () => {
  const controller = new AbortController();
  const url = await serve(() => controller.abort());
  expect(await codeOf(lookUpAddress(url, controller.signal))).toBe('cancelled');
});

test('AWS is asked unless another service is named, and never without TLS', () => {
  expect([undefined, '', 'https://ip.example/'].map((text) => addressUrl(text).href)).toEqual(['https://checkip.amazonaws.com/', 'https://checkip.amazonaws.com/', 'https://ip.example/']);
  for (const bad of ['http://ip.example/', 'file:///etc/hostname', 'checkip', 'http://127.0.0.1.example/']) expect(() => addressUrl(bad)).toThrow('POSTERN_ADDRESS_URL is no https:// URL.');
  expect(addressUrl('http://127.0.0.1:9/').host).toBe('127.0.0.1:9');
});
