import { Terminal } from '@xterm/headless';
import { afterEach, expect, test, vi } from 'vitest';
import type { TerminalSession } from '../../../../src/contract/session.ts';
import { createBroadcast, type Broadcast } from '../../../../src/renderer/broadcast/broadcast.ts';
import { sendSnippet } from '../../../../src/renderer/snippets/useOfSnippet.ts';
import { emptyMirror, type Mirror } from '../../../../src/renderer/state/mirror.ts';
import { createStore, type Store } from '../../../../src/renderer/state/store.ts';
import { initialWindowState, type WindowState } from '../../../../src/renderer/state/windowState.ts';
import { takeTurn } from '../../../../src/renderer/terminal/buildTurns.ts';
import { joinTerminal, registerTerminal, tellTyped } from '../../../../src/renderer/terminal/openTerminals.ts';
import type { TerminalParts } from '../../../../src/renderer/terminal/terminalParts.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
  vi.unstubAllGlobals();
});

/** What was sent to each session. */
const sent = new Map<string, string>();

/** A tab's terminal is built; its stream comes when it is joined. */
function build(sessionId: string): { readonly join: () => () => void } {
  const terminal = new Terminal({ allowProposedApi: true });
  terminal.onData((text) => sent.set(sessionId, (sent.get(sessionId) ?? '') + text));
  const parts = { terminal: Object.assign(terminal, { focus: () => undefined }) } as unknown as TerminalParts;
  undo.push(registerTerminal(sessionId, parts), () => terminal.dispose());
  return {
    join() {
      const leave = joinTerminal(parts);
      undo.push(leave);
      return leave;
    },
  };
}

function open(names: readonly string[]): { readonly broadcast: Broadcast; readonly mirror: Store<Mirror> } {
  sent.clear();
  const session = (name: string): TerminalSession => ({ sessionId: `s-${name}`, instanceId: `i-${name}`, instanceName: name, state: { name: 'connected' }, steps: [], openedAt: '' });
  const mirror = createStore<Mirror>({ ...emptyMirror, sessions: new Map(names.map((name) => [`s-${name}`, session(name)])) });
  const tabs = names.map((name) => ({ tabId: `t-${name}`, sessionId: `s-${name}`, instanceId: `i-${name}` }));
  const window = createStore<WindowState>({ ...initialWindowState, link: { name: 'open' }, tabs: { ...initialWindowState.tabs, tabs } });
  return { broadcast: createBroadcast({ window, mirror }), mirror };
}

const group = (...names: readonly string[]) => ({ tabIds: names.map((name) => `t-${name}`), confirmedTabIds: [] });

test('a broadcast builds the terminals that wait for their turn, and begins when what is typed arrives in every one of them', () => {
  vi.stubGlobal('requestIdleCallback', () => 0);
  const { broadcast } = open(['web', 'app', 'db']);
  build('s-web').join();
  const built = new Map<string, ReturnType<typeof build>>();
  for (const sessionId of ['s-app', 's-db', 's-other']) undo.push(takeTurn(() => built.set(sessionId, build(sessionId)), sessionId));
  broadcast.start(group('web', 'app', 'db'));
  expect([...built.keys()]).toEqual(['s-app', 's-db']);
  expect(broadcast.store.get()).toMatchObject({ group: undefined, starting: { waitingTabIds: ['t-app', 't-db'] } });
  built.get('s-app')?.join();
  expect(broadcast.store.get().starting?.waitingTabIds).toEqual(['t-db']);
  tellTyped('s-web', 'too early');
  expect(sent).toEqual(new Map());
  built.get('s-db')?.join();
  expect(broadcast.store.get()).toMatchObject({ group: group('web', 'app', 'db'), starting: undefined });
  tellTyped('s-web', 'ls');
  expect(sent).toEqual(new Map([['s-app', 'ls'], ['s-db', 'ls']]));
});

test('what is typed goes to all receivers or to none: one whose stream is gone ends the broadcast before a byte is sent', () => {
  const { broadcast } = open(['web', 'app', 'db']);
  const [, , leave] = ['s-web', 's-app', 's-db'].map((sessionId) => build(sessionId).join());
  broadcast.start(group('web', 'app', 'db'));
  expect(broadcast.store.get().group).toEqual(group('web', 'app', 'db'));
  leave?.();
  tellTyped('s-web', 'l');
  expect(sent).toEqual(new Map());
  expect(broadcast.store.get()).toMatchObject({ group: undefined, starting: undefined, ended: { why: 'dropped', name: 'db' } });
});

test('a broadcast that has not begun is stopped, and ends with a session that ends', () => {
  const { broadcast, mirror } = open(['web', 'app']);
  const app = build('s-app');
  build('s-web').join();
  broadcast.start(group('web', 'app'));
  broadcast.stop();
  app.join();
  expect(broadcast.store.get()).toMatchObject({ group: undefined, starting: undefined, ended: undefined });
  broadcast.start(group('web', 'app'));
  expect(broadcast.store.get().group).toEqual(group('web', 'app'));
  undo.splice(0).forEach((one) => one());
  broadcast.start(group('web', 'app'));
  mirror.set((state) => ({ ...state, sessions: new Map() }));
  expect(broadcast.store.get()).toMatchObject({ group: undefined, starting: undefined, ended: { why: 'dropped', name: 'web' } });
});

test('a snippet goes to all terminals or to none, and says which one is not ready', () => {
  const { join } = build('s-db');
  build('s-web').join();
  sent.clear();
  expect(sendSnippet('uptime', true, ['s-web', 's-db', 's-none'])).toBe('s-db');
  expect(sent).toEqual(new Map());
  join();
  expect(sendSnippet('uptime', true, ['s-web', 's-db'])).toBeUndefined();
  expect(sent).toEqual(new Map([['s-web', 'uptime\r'], ['s-db', 'uptime\r']]));
});
