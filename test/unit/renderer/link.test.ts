import { expect, test } from 'vitest';
import { linkOverPort, socketAddress, takeToken } from '../../../src/renderer/link.ts';

function storage() {
  const items = new Map<string, string>();
  return { items, getItem: (key: string) => items.get(key) ?? null, setItem: (key: string, value: string) => void items.set(key, value) };
}

test('the token moves from the address bar to the session storage, and a reload finds it there', () => {
  const kept = storage();
  const shown: string[] = [];
  const history = { replaceState: (_data: unknown, _unused: string, url?: string | URL | null) => void shown.push(String(url)) };
  expect(takeToken({ hash: '#token=abc-123', pathname: '/', search: '' }, history, kept)).toBe('abc-123');
  expect(shown).toEqual(['/']);
  expect(takeToken({ hash: '', pathname: '/', search: '' }, history, kept)).toBe('abc-123');
  expect(shown).toEqual(['/']);
});

test('a page without a token, now or before, has none', () => {
  const history = { replaceState: () => undefined };
  expect(takeToken({ hash: '', pathname: '/', search: '' }, history, storage())).toBeUndefined();
  expect(takeToken({ hash: '#token=', pathname: '/', search: '' }, history, storage())).toBeUndefined();
});

test('the socket goes to the origin of the page', () => {
  expect(socketAddress({ protocol: 'http:', host: '127.0.0.1:8022' })).toBe('ws://127.0.0.1:8022/link');
  expect(socketAddress({ protocol: 'https:', host: 'postern.example' })).toBe('wss://postern.example/link');
});

test('text and bytes go both ways over a port, from before anybody listened, and closing is told', async () => {
  const { port1, port2 } = new MessageChannel();
  const near = linkOverPort(port1);
  const far = linkOverPort(port2);
  near.send('early');
  near.send(new Uint8Array([1, 2, 3]));
  const received: (string | Uint8Array)[] = [];
  await new Promise<void>((resolve) => {
    far.onMessage((message) => {
      received.push(message);
      if (received.length === 2) resolve();
    });
  });
  expect(received).toEqual(['early', new Uint8Array([1, 2, 3])]);
  const closed = new Promise<void>((resolve) => far.onClose(resolve));
  near.close();
  await closed;
});
