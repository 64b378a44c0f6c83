import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { ServiceApi } from '../../../src/contract/contract.ts';
import type { Settings } from '../../../src/contract/settings.ts';
import { defaultSettings, type SettingsChange } from '../../../src/contract/settingsChange.ts';
import type { Client } from '../../../src/renderer/state/connection.ts';
import type { PartListener } from '../../../src/link/client.ts';
import { keepConnected, mirrorServices, retryDelayMs, type LinkState } from '../../../src/renderer/state/connection.ts';
import { applyEvent, emptyMirror, type Mirror } from '../../../src/renderer/state/mirror.ts';
import { createSettingsActions } from '../../../src/renderer/state/settingsActions.ts';
import { createStore } from '../../../src/renderer/state/store.ts';
import { forward, instance, networkFacts, scopeStatus, session } from './literals.ts';

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback, 0));
  vi.stubGlobal('cancelAnimationFrame', (handle: ReturnType<typeof setTimeout>) => clearTimeout(handle));
});
afterEach(() => vi.unstubAllGlobals());

test('each event puts the whole new value in its place', () => {
  let mirror: Mirror = emptyMirror;
  mirror = applyEvent(mirror, { name: 'instances.changed', payload: [instance(), instance({ instanceId: 'i-2', name: 'db' })] });
  mirror = applyEvent(mirror, { name: 'instances.changed', payload: [instance({ state: 'stopped' })] });
  mirror = applyEvent(mirror, { name: 'instances.removed', payload: ['i-2', 'i-unknown'] });
  mirror = applyEvent(mirror, { name: 'network.changed', payload: networkFacts });
  mirror = applyEvent(mirror, { name: 'sessions.changed', payload: session() });
  mirror = applyEvent(mirror, { name: 'scopes.changed', payload: [scopeStatus()] });
  mirror = applyEvent(mirror, { name: 'forwards.changed', payload: forward() });
  mirror = applyEvent(mirror, { name: 'forwards.changed', payload: forward({ state: 'resuming' }) });
  expect([...mirror.instances.values()].map(({ instanceId, state }) => `${instanceId} ${state}`)).toEqual(['i-0aaa stopped']);
  expect([...mirror.network.keys()]).toEqual(['prod/ap-northeast-1']);
  expect([...mirror.sessions.keys()]).toEqual(['s-1']);
  expect([...mirror.forwards.values()]).toEqual([forward({ state: 'resuming' })]);
  expect(applyEvent(mirror, { name: 'forwards.removed', payload: { forwardId: 'f-1' } }).forwards.size).toBe(0);
  expect(mirror.scopes).toEqual([scopeStatus()]);
  expect(applyEvent(mirror, { name: 'sessions.removed', payload: { sessionId: 's-1' } }).sessions.size).toBe(0);
});

test('many events of one frame become one render', async () => {
  const store = createStore(0);
  let renders = 0;
  const rendered = new Promise<void>((resolve) => {
    store.subscribe(() => {
      renders += 1;
      resolve();
    });
  });
  for (let count = 0; count < 100; count += 1) store.setSoon((value) => value + 1);
  expect(store.get()).toBe(0);
  await rendered;
  expect({ renders, value: store.get() }).toEqual({ renders: 1, value: 100 });
});

test('what the person does shows at once, after everything that was told before', () => {
  const store = createStore<readonly string[]>([]);
  store.setSoon((value) => [...value, 'told']);
  store.set((value) => [...value, 'done']);
  expect(store.get()).toEqual(['told', 'done']);
});

/** A client whose answers are given here; what a test does not list answers with nothing. */
function clientOf(answers: { [call: string]: (input: unknown) => Promise<unknown> }, onListener: (listener: Parameters<ServiceApi<never>['onEvent']>[0]) => void = () => undefined, onPartListener: (listener: PartListener) => void = () => undefined): Client {
  const area = (name: string) => new Proxy({}, { get: (_target, call) => answers[`${name}.${String(call)}`] ?? (() => Promise.resolve([])) });
  return new Proxy({}, {
    get: (_target, name) =>
      name === 'onEvent'
        ? (listener: Parameters<typeof onListener>[0]) => {
            onListener(listener);
            return () => undefined;
          }
        : name === 'onPart'
          ? (listener: PartListener) => {
              onPartListener(listener);
              return () => undefined;
            }
          : area(String(name)),
  }) as Client;
}

test('an event that overtakes the list it belongs to is not undone by the list', async () => {
  let tell: Parameters<ServiceApi<never>['onEvent']>[0] | undefined;
  const client = clientOf(
    {
      'settings.get': () => Promise.resolve(emptyMirror.settings),
      'instances.list': () => {
        tell?.({ name: 'instances.changed', payload: [instance({ state: 'stopped' })] });
        return Promise.resolve([instance({ state: 'running' })]);
      },
    },
    (listener) => {
      tell = listener;
    },
  );
  const mirror = createStore(emptyMirror);
  await mirrorServices(client, mirror);
  expect(mirror.get().instances.get('i-0aaa')?.state).toBe('stopped');
  expect(mirror.get().loaded).toBe(true);
});

test('a long list of hosts is shown as its parts come, and an event that overtook one is not undone by it', async () => {
  let tell: Parameters<ServiceApi<never>['onEvent']>[0] | undefined;
  let part: PartListener | undefined;
  const mirror = createStore(emptyMirror);
  const shown: string[][] = [];
  mirror.subscribe(() => shown.push([...mirror.get().instances.values()].map(({ instanceId, state }) => `${instanceId} ${state}`)));
  const whole = Promise.withResolvers<unknown>();
  const client = clientOf(
    {
      'settings.get': () => Promise.resolve(emptyMirror.settings),
      'instances.list': () => {
        tell?.({ name: 'instances.changed', payload: [instance({ instanceId: 'i-1', state: 'stopped' })] });
        part?.('instances.list', [instance({ instanceId: 'i-1', state: 'running' })]);
        part?.('keys.list', [{ keyPairId: 'k' }]);
        return whole.promise;
      },
    },
    (listener) => (tell = listener),
    (listener) => (part = listener),
  );
  const done = mirrorServices(client, mirror);
  await expect.poll(() => shown).toContainEqual(['i-1 stopped']);
  whole.resolve([instance({ instanceId: 'i-1', state: 'running' }), instance({ instanceId: 'i-2', state: 'running' })]);
  await done;
  expect(shown.at(-1)).toEqual(['i-1 stopped', 'i-2 running']);
  expect(shown.flat()).not.toContain('i-1 running');
});

test('after a reconnection the hosts of before stay on the screen until the new list is whole', async () => {
  let part: PartListener | undefined;
  const hosts = [instance({ instanceId: 'i-1' }), instance({ instanceId: 'i-2' }), instance({ instanceId: 'i-3' })];
  const mirror = createStore<Mirror>({ ...emptyMirror, loaded: true, instances: new Map(hosts.map((one) => [one.instanceId, one])) });
  const shown: string[] = [];
  mirror.subscribe(() => shown.push([...mirror.get().instances.keys()].join(' ')));
  const whole = Promise.withResolvers<unknown>();
  const done = mirrorServices(clientOf({ 'settings.get': () => Promise.resolve(emptyMirror.settings), 'scopes.list': () => Promise.resolve([scopeStatus()]), 'instances.list': () => whole.promise }, undefined, (listener) => (part = listener)), mirror);
  part?.('instances.list', hosts.slice(0, 1));
  await expect.poll(() => mirror.get().scopes.length).toBe(1);
  part?.('instances.list', hosts.slice(1, 2));
  whole.resolve(hosts.slice(0, 2));
  await done;
  expect([...new Set(shown)]).toEqual(['i-1 i-2 i-3', 'i-1 i-2']);
});

test('how old the hosts are is known before a long list of them is whole', async () => {
  const scopes = [{ scope: instance().scope, state: 'failed', instanceCount: 1, refreshedAt: '2026-11-22T10:00:00.000Z', remembered: true, problems: [] }];
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const mirror = createStore(emptyMirror);
  const done = mirrorServices(clientOf({ 'settings.get': () => Promise.resolve(emptyMirror.settings), 'scopes.list': () => Promise.resolve(scopes), 'instances.list': () => promise }), mirror);
  await expect.poll(() => mirror.get().scopes).toEqual(scopes);
  expect(mirror.get().loaded).toBe(false);
  resolve([instance()]);
  await done;
  expect(mirror.get()).toMatchObject({ loaded: true, scopes });
});

test('everything a window starts with is asked before anything of it is answered', async () => {
  const asked: string[] = [];
  const never = (call: string): [string, () => Promise<unknown>] => [call, () => {
    asked.push(call);
    return new Promise(() => undefined);
  }];
  const calls = ['app.info', 'settings.get', 'app.notices', 'sessions.list', 'forwards.list', 'scopes.list', 'scopes.profiles', 'instances.list', 'network.list'];
  void mirrorServices(clientOf(Object.fromEntries(calls.map(never))), createStore(emptyMirror));
  expect(asked).toEqual(calls);
});

test('tabs wait for no hosts: the window is ready when it knows its settings and sessions', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const mirror = createStore(emptyMirror);
  const ready = Promise.withResolvers<Mirror>();
  const done = mirrorServices(clientOf({ 'settings.get': () => Promise.resolve({ ...defaultSettings, theme: 'dark' }), 'sessions.list': () => Promise.resolve([session()]), 'instances.list': () => promise }), mirror, () => ready.resolve(mirror.get()));
  const first = await ready.promise;
  expect({ theme: first.settings.theme, sessions: [...first.sessions.keys()], loaded: first.loaded }).toEqual({ theme: 'dark', sessions: ['s-1'], loaded: false });
  resolve([instance()]);
  await done;
  expect(mirror.get().loaded).toBe(true);
});

test('hosts that come before the settings or their age are shown with these, not without', async () => {
  let part: PartListener | undefined;
  let tell: Parameters<ServiceApi<never>['onEvent']>[0] | undefined;
  const settings = Promise.withResolvers<unknown>();
  const scopes = Promise.withResolvers<unknown>();
  const hosts = Promise.withResolvers<unknown>();
  const mirror = createStore(emptyMirror);
  const shown: string[] = [];
  mirror.subscribe(() => {
    const { settings: { theme }, scopes: aged, instances } = mirror.get();
    shown.push(`${theme}, ${aged.length} scopes, ${instances.size} hosts`);
  });
  const done = mirrorServices(clientOf({ 'settings.get': () => settings.promise, 'scopes.list': () => scopes.promise, 'instances.list': () => hosts.promise }, (listener) => (tell = listener), (listener) => (part = listener)), mirror);
  part?.('instances.list', [instance()]);
  tell?.({ name: 'instances.changed', payload: [instance({ instanceId: 'i-2' })] });
  settings.resolve({ ...defaultSettings, theme: 'dark' });
  await expect.poll(() => mirror.get().settings.theme).toBe('dark');
  scopes.resolve([scopeStatus()]);
  await expect.poll(() => mirror.get().instances.size).toBe(2);
  hosts.resolve([instance(), instance({ instanceId: 'i-2' })]);
  await done;
  expect(new Set(shown)).toEqual(new Set(['dark, 0 scopes, 0 hosts', 'dark, 1 scopes, 2 hosts']));
});

test('keys that cannot be read leave the rest of the window working', async () => {
  const client = clientOf({ 'settings.get': () => Promise.resolve(emptyMirror.settings), 'keys.list': () => Promise.reject(new Error('no keychain')), 'instances.list': () => Promise.resolve([instance()]) });
  const mirror = createStore(emptyMirror);
  await mirrorServices(client, mirror);
  expect(mirror.get()).toMatchObject({ loaded: true, keys: [] });
  expect(mirror.get().instances.size).toBe(1);
});

test('a link that drops is opened again, and the waits double up to eight seconds', async () => {
  expect([0, 1, 2, 5, 50].map(retryDelayMs)).toEqual([250, 500, 1000, 8000, 8000]);
  const states: string[] = [];
  const closers: (() => void)[] = [];
  let connected = 0;
  await new Promise<void>((resolve) => {
    keepConnected({
      openLink: () => Promise.resolve({ send: () => undefined, onMessage: () => undefined, onClose: (listener) => void closers.push(listener), close: () => undefined }),
      connect: () => clientOf({ 'settings.get': () => Promise.resolve(emptyMirror.settings) }),
      mirror: createStore(emptyMirror),
      onState: (state: LinkState) => states.push(state.name),
      onReady: () => {
        connected += 1;
        if (connected === 2) resolve();
        else closers[0]?.();
      },
    });
  });
  expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open']);
});

/** What each attempt finds, in turn; the states that the window is told, each wait with its length in milliseconds. */
async function statesOf(...found: readonly ('refused' | 'nobody' | 'open')[]): Promise<string[]> {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const left = [...found];
  const states: string[] = [];
  keepConnected({
    openLink: async () => {
      const next = left.shift();
      if (next === undefined) throw new Error('one attempt too many');
      if (next === 'nobody') throw new Error('nobody answers');
      return next === 'refused' ? 'token-refused' : { send: () => undefined, onMessage: () => undefined, onClose: () => undefined, close: () => undefined };
    },
    connect: () => clientOf({ 'settings.get': () => Promise.resolve(emptyMirror.settings) }),
    mirror: createStore(emptyMirror),
    onState: (state: LinkState) => states.push(state.name === 'waiting' ? `waiting ${state.retryAtMs - Date.now()}` : state.name),
    onReady: () => undefined,
  });
  await vi.runAllTimersAsync();
  expect(left).toEqual([]);
  return states;
}

test('a token that is refused three times within a second ends the attempts: no further one could work', async () => {
  expect(await statesOf('refused', 'refused', 'refused')).toEqual(['connecting', 'waiting 250', 'connecting', 'waiting 500', 'connecting', 'token-refused']);
});

test('a page whose line broke while it was opened, and so looks refused, tries it again and is connected', async () => {
  expect(await statesOf('refused', 'open')).toEqual(['connecting', 'waiting 250', 'connecting', 'open']);
  expect(await statesOf('refused', 'refused', 'open')).toEqual(['connecting', 'waiting 250', 'connecting', 'waiting 500', 'connecting', 'open']);
  expect(await statesOf('refused', 'nobody', 'refused', 'refused', 'open')).toEqual(['connecting', 'waiting 250', 'connecting', 'waiting 500', 'connecting', 'waiting 250', 'connecting', 'waiting 500', 'connecting', 'open']);
});

test('a page that waited long for an app tells soon that the new one refuses it', async () => {
  const states = await statesOf('nobody', 'nobody', 'nobody', 'nobody', 'nobody', 'nobody', 'refused', 'refused', 'refused');
  expect(states.slice(-7)).toEqual(['waiting 8000', 'connecting', 'waiting 250', 'connecting', 'waiting 500', 'connecting', 'token-refused']);
});

test('a late echo of an earlier change does not undo a later one, and what is refused is taken back', async () => {
  vi.stubGlobal('requestAnimationFrame', () => 0);
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
  let tell: Parameters<ServiceApi<never>['onEvent']>[0] | undefined;
  const calls: { readonly changes: readonly SettingsChange[]; done(): void; fail(error: Error): void }[] = [];
  const client = clientOf(
    {
      'settings.get': () => Promise.resolve(defaultSettings),
      'settings.change': (input: unknown) => new Promise((resolve, reject) => calls.push({ changes: (input as { changes: SettingsChange[] }).changes, done: () => resolve(undefined), fail: reject })),
    },
    (listener) => {
      tell = listener;
    },
  );
  const mirror = createStore(emptyMirror);
  await mirrorServices(client, mirror);
  const echo = (settings: Settings): void => tell?.({ name: 'settings.changed', payload: settings });
  const shown = () => mirror.get().settings.terminal;
  /** What came from the services is put in, as with the next frame. */
  const nextFrame = (): void => mirror.set((value) => value);
  const refused: unknown[] = [];
  const actions = createSettingsActions({ mirror, services: () => client, run: (work) => work().then(() => true, (thrown: unknown) => refused.push(thrown) < 0) });

  const first = actions.changeSettings({ terminal: { ...shown(), fontSize: 14 } });
  const second = actions.changeSetting('terminal.fontSize', 15);
  const third = actions.changeSettings({ terminal: { ...shown(), scrollback: 500 } });
  expect(calls.map(({ changes }) => changes)).toEqual([[{ path: ['terminal', 'fontSize'], value: 14 }], [{ path: ['terminal', 'fontSize'], value: 15 }], [{ path: ['terminal', 'scrollback'], value: 500 }]]);
  const told = { ...defaultSettings, terminal: { ...defaultSettings.terminal, fontSize: 14 } };
  echo(told);
  calls[0]?.done();
  await first;
  nextFrame();
  expect(shown()).toMatchObject({ fontSize: 15, scrollback: 500 });
  // Meanwhile another window changed the theme: that is not undone either.
  echo({ ...told, theme: 'dark', terminal: { ...told.terminal, fontSize: 15 } });
  calls[1]?.done();
  await second;
  nextFrame();
  expect(mirror.get().settings).toMatchObject({ theme: 'dark', terminal: { fontSize: 15, scrollback: 500 } });
  calls[2]?.fail(new Error('the disk is full'));
  expect(await third).toBe(false);
  nextFrame();
  expect(mirror.get().settings).toMatchObject({ theme: 'dark', terminal: { fontSize: 15, scrollback: 10_000 } });
  expect(mirror.get().pendingSettings).toEqual([]);
});

test('what streams in of a large estate is put into the mirror together, and with what a person does at once', async () => {
  let tell: Parameters<ServiceApi<never>['onEvent']>[0] | undefined;
  const hosts = Array.from({ length: 2001 }, (_, index) => instance({ instanceId: `i-${index}`, state: 'running' }));
  const mirror = createStore(emptyMirror);
  const client = clientOf({ 'settings.get': () => Promise.resolve(emptyMirror.settings), 'instances.list': () => Promise.resolve(hosts) }, (listener) => (tell = listener));
  await mirrorServices(client, mirror);
  await expect.poll(() => mirror.get().loaded).toBe(true);
  const seen: string[] = [];
  mirror.subscribe(() => seen.push(['i-1', 'i-2', 'i-3'].map((instanceId) => mirror.get().instances.get(instanceId)?.state).join()));
  tell?.({ name: 'instances.changed', payload: [instance({ instanceId: 'i-1', state: 'stopped' })] });
  await new Promise((resolve) => requestAnimationFrame(resolve));
  tell?.({ name: 'instances.changed', payload: [instance({ instanceId: 'i-2', state: 'stopped' })] });
  await expect.poll(() => seen).toContain('stopped,stopped,running');
  expect(seen).not.toContain('stopped,running,running');
  tell?.({ name: 'instances.changed', payload: [instance({ instanceId: 'i-3', state: 'stopped' })] });
  tell?.({ name: 'sessions.changed', payload: session() });
  await new Promise((resolve) => requestAnimationFrame(resolve));
  expect(mirror.get().instances.get('i-3')?.state).toBe('stopped');
  expect(mirror.get().sessions.size).toBe(1);
});
