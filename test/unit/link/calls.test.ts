import { expect, test } from 'vitest';
import type { ContractEvent } from '../../../src/contract/contract.ts';
import { PosternError } from '../../../src/contract/error.ts';
import { connectContract } from '../../../src/link/client.ts';
import { linkPair } from '../../../src/link/link.ts';
import { serveLink } from '../../../src/link/server.ts';
import { createPretendServices } from './pretendServices.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a hostile page can do: send any text or bytes, and read what comes back. */
function createRawWindow(answers: Parameters<typeof createPretendServices>[0] = {}) {
  const [window, host] = linkPair();
  const pretend = createPretendServices(answers);
  serveLink(host, pretend.services);
  const received: (string | Uint8Array)[] = [];
  window.onMessage((message) => received.push(message));
  return { ...pretend, window, received, answers: () => received.map((message) => JSON.parse(String(message)) as Record<string, unknown>) };
}

test('a call reaches the service with its defaults filled in, and its answer comes back', async () => {
  const [window, host] = linkPair();
  const instance = { instanceId: 'i-0abc' };
  const pretend = createPretendServices({ 'instances.list': () => [instance] });
  serveLink(host, pretend.services);
  const client = connectContract(window);
  expect(await client.instances.list({})).toEqual([instance]);
  expect(await client.keys.remove({ keyPairId: 'k' })).toBeUndefined();
  expect(pretend.calls).toEqual([
    { name: 'instances.list', input: { refresh: false } },
    { name: 'keys.remove', input: { keyPairId: 'k' } },
  ]);
});

test('a name that is not in the contract is refused by the services, and a client can be waited for like any value', async () => {
  const [window, host] = linkPair();
  const pretend = createPretendServices({});
  serveLink(host, pretend.services);
  const client = await Promise.resolve(connectContract(window));
  const area: unknown = Reflect.get(client, 'instances');
  const unknown = Reflect.get(Object(area), 'constructor') as (input: unknown) => Promise<unknown>;
  await expect(unknown({})).rejects.toMatchObject({ code: 'input.invalid', message: 'The contract has no call of that name.' });
  expect(await Promise.resolve(client.instances)).toBe(client.instances);
  expect(client.instances.list).toBe(client.instances.list);
  expect(pretend.calls).toEqual([]);
});

test('calls that are answered out of order find their askers', async () => {
  const [window, host] = linkPair();
  const gates = new Map<string, () => void>();
  const pretend = createPretendServices({
    'routes.plan': ({ instanceId }: { instanceId: string }) => new Promise((resolve) => gates.set(instanceId, () => resolve([instanceId]))),
  });
  serveLink(host, pretend.services);
  const client = connectContract(window);
  const first = client.routes.plan({ instanceId: 'one' });
  const second = client.routes.plan({ instanceId: 'two' });
  await settled();
  gates.get('two')?.();
  expect(await second).toEqual(['two']);
  gates.get('one')?.();
  expect(await first).toEqual(['one']);
});

test('an error crosses as code, sentence and remedy, and neither its cause nor its stack does', async () => {
  const raw = createRawWindow({
    'sessions.list': () => {
      throw new PosternError({ code: 'keychain.locked', message: 'The keychain is locked.', remedy: 'Unlock it.', retryable: true, requestId: 'r-1' }, { cause: new Error('hunter2') });
    },
    'keys.list': () => {
      throw Object.assign(new TypeError('plain failure'), { secret: 'hunter2' });
    },
  });
  raw.window.send(JSON.stringify({ id: 1, call: 'sessions.list', input: {} }));
  raw.window.send(JSON.stringify({ id: 2, call: 'keys.list', input: {} }));
  await settled();
  expect(raw.answers()).toEqual([
    { id: 1, error: { code: 'keychain.locked', message: 'The keychain is locked.', remedy: 'Unlock it.', retryable: true, requestId: 'r-1' } },
    { id: 2, error: { code: 'internal', message: 'plain failure', retryable: false } },
  ]);
});

test('the window sees a service error as the same PosternError', async () => {
  const [window, host] = linkPair();
  const pretend = createPretendServices({
    'sessions.close': () => {
      throw new PosternError({ code: 'session.not-found', message: 'No session s-1.', remedy: 'Open one.' });
    },
  });
  serveLink(host, pretend.services);
  const thrown = await connectContract(window).sessions.close({ sessionId: 's-1' }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(PosternError);
  expect(thrown).toMatchObject({ code: 'session.not-found', message: 'No session s-1.', remedy: 'Open one.', retryable: false });
});

test('names that are in no table are refused, and prototypes are in none', async () => {
  const raw = createRawWindow();
  const names = ['keys', 'keys.', '.list', 'keys.steal', '__proto__', '__proto__.toString', 'constructor', 'constructor.constructor', 'keys.constructor', 'keys.__proto__', 'keys.hasOwnProperty', 'toString', 'onEvent', 'keys.changed', 'keys.list.call', '', 7, null, ['keys.list'], undefined];
  names.forEach((call, id) => raw.window.send(JSON.stringify({ id, call, input: {} })));
  await settled();
  expect(raw.answers()).toEqual(names.map((_name, id) => ({ id, error: { code: 'input.invalid', message: 'The contract has no call of that name.', retryable: false } })));
  expect(raw.calls).toEqual([]);
});

test('a wrong input is refused before the service, and the refusal never repeats what was given', async () => {
  const raw = createRawWindow();
  const inputs: [string, unknown][] = [
    ['keys.import', { keyName: 'k', privateKey: 1, passphrase: 'hunter2' }],
    ['keys.import', { keyName: 'k', privateKey: 'hunter2'.repeat(20_000) }],
    ['secrets.useFile', { passphrase: 'hunter2' }],
    ['sessions.answer', { sessionId: 's', questionId: 'q', reply: { kind: 'hunter2', passphrase: 'hunter2' } }],
    ['sessions.open', { instanceId: 'i', osUser: '-ohunter2', size: { columns: 80, rows: 24 } }],
    ['sessions.open', 'hunter2'],
    ['sessions.open', undefined],
    ['sessions.open', ['hunter2']],
    ['settings.set', { hunter2: 1, theme: 'hunter2' }],
  ];
  inputs.forEach(([call, input], id) => raw.window.send(JSON.stringify({ id, call, input })));
  await settled();
  expect(raw.answers().map((answer) => [answer['id'], (answer['error'] as { code: string }).code])).toEqual(inputs.map((_input, id) => [id, 'input.invalid']));
  expect(JSON.stringify(raw.received)).not.toContain('hunter2');
  expect(raw.calls).toEqual([]);
});

test('an input named __proto__ changes no prototype and reaches no service', async () => {
  const raw = createRawWindow();
  raw.window.send('{"id":1,"call":"scopes.select","input":{"scopes":[],"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}');
  await settled();
  expect(raw.calls).toEqual([{ name: 'scopes.select', input: { scopes: [] } }]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test('what is not a message is answered as such, and the next call still works', async () => {
  const raw = createRawWindow({ 'keys.list': () => [] });
  const junk = ['', 'x', '{', 'null', '[]', '7', '"text"', '{}', '{"id":"1","call":"keys.list"}', '{"close":"1"}', '['.repeat(100_000)];
  for (const text of junk) raw.window.send(text);
  for (const bytes of [[], [9], [1, 0, 0, 0, 1, 65], [2, 0, 0, 0, 99, 65], [3, 0, 0, 0, 99, 0, 0, 0, 1]]) raw.window.send(new Uint8Array(bytes));
  raw.window.send('{"close":12345}');
  raw.window.send('{"id":1,"call":"keys.list","input":{}}');
  await settled();
  const refusal = { error: { code: 'input.invalid', message: 'A message was neither a call nor the end of a stream.', retryable: false } };
  expect(raw.answers()).toEqual([...junk.map(() => refusal), { id: 1, output: [] }]);
});

test('an answer that cannot be written down is an error, not silence', async () => {
  const raw = createRawWindow({ 'app.info': () => ({ version: 1n }) });
  raw.window.send('{"id":1,"call":"app.info","input":{}}');
  await settled();
  expect(raw.answers()).toMatchObject([{ id: 1, error: { code: 'internal' } }]);
});

test('an event is told to every window, and to none after its link closed', async () => {
  const pretend = createPretendServices();
  const pairs = [linkPair(), linkPair()] as const;
  const seen: ContractEvent[][] = [[], []];
  pairs.forEach(([window, host], index) => {
    serveLink(host, pretend.services);
    connectContract(window).onEvent((event) => seen[index]?.push(event));
  });
  pretend.tell({ name: 'instances.removed', payload: ['i-1'] });
  await settled();
  expect(pretend.listenerCount()).toBe(2);
  pairs[0][0].close();
  await settled();
  expect(pretend.listenerCount()).toBe(1);
  pretend.tell({ name: 'sessions.removed', payload: { sessionId: 's' } });
  await settled();
  expect(seen).toEqual([
    [{ name: 'instances.removed', payload: ['i-1'] }],
    [
      { name: 'instances.removed', payload: ['i-1'] },
      { name: 'sessions.removed', payload: { sessionId: 's' } },
    ],
  ]);
});

test('a listener that was taken away hears nothing more', async () => {
  const [window, host] = linkPair();
  const pretend = createPretendServices();
  serveLink(host, pretend.services);
  const seen: ContractEvent[] = [];
  const stop = connectContract(window).onEvent((event) => seen.push(event));
  stop();
  pretend.tell({ name: 'instances.removed', payload: [] });
  await settled();
  expect(seen).toEqual([]);
});

test('calls that wait when the link closes reject as app.link-closed, and so do later ones', async () => {
  const [window, host] = linkPair();
  serveLink(host, createPretendServices({ 'keys.list': () => new Promise(() => {}) }).services);
  const client = connectContract(window);
  const waiting = client.keys.list({}).catch((error: unknown) => error);
  await settled();
  host.close();
  expect(await waiting).toMatchObject({ name: 'PosternError', code: 'app.link-closed', retryable: true });
  await expect(client.keys.list({})).rejects.toMatchObject({ code: 'app.link-closed' });
});

test('a long list comes in parts, a screenful first, each when the window has taken one before, and whole as the answer', async () => {
  const instances = Array.from({ length: 2300 }, (_, index) => ({ instanceId: `i-${index}` }));
  const raw = createRawWindow({ 'instances.list': () => instances });
  raw.window.send(JSON.stringify({ id: 1, call: 'instances.list', input: {} }));
  await settled();
  const sizes = (): (readonly [string, unknown])[] => raw.answers().map((answer) => ('part' in answer ? ['part', (answer['part'] as unknown[]).length] : ['output', (answer['output'] as unknown[]).length]));
  expect(sizes()).toEqual([['part', 100], ['part', 500]]);
  for (let asked = 0; asked < 4; asked += 1) raw.window.send(JSON.stringify({ more: 1 }));
  await settled();
  expect(sizes()).toEqual([['part', 100], ['part', 500], ['part', 500], ['part', 500], ['part', 500], ['output', 200]]);

  const [window, host] = linkPair();
  serveLink(host, createPretendServices({ 'instances.list': () => instances }).services);
  const client = connectContract(window);
  const parts: [string, number][] = [];
  client.onPart((call, part) => parts.push([call, part.length]));
  expect(await client.instances.list({})).toEqual(instances);
  expect(parts).toEqual([100, 500, 500, 500, 500].map((size) => ['instances.list', size]));
});
