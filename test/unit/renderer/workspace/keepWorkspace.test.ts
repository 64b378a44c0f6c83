import { expect, test } from 'vitest';
import type { SavedWorkspace } from '../../../../src/contract/workspace.ts';
import { emptyMirror } from '../../../../src/renderer/state/mirror.ts';
import { createStore } from '../../../../src/renderer/state/store.ts';
import { addTab } from '../../../../src/renderer/state/tabs.ts';
import { initialWindowState } from '../../../../src/renderer/state/windowState.ts';
import { keepWorkspace } from '../../../../src/renderer/workspace/keepWorkspace.ts';
import { session } from '../literals.ts';

test('what was kept of a tab is kept on when the services have forgotten its session', () => {
  const mirror = createStore({ ...emptyMirror, sessions: new Map([['s-a', session({ sessionId: 's-a', instanceName: 'web-1', osUser: 'ubuntu' })]]) });
  const window = createStore(initialWindowState);
  const saved: SavedWorkspace[] = [];
  const stored: string[] = [];
  keepWorkspace({ storage: { setItem: (_key, text) => void stored.push(text) }, mirror, window, usage: createStore(new Map()), save: (workspace) => void saved.push(workspace) });
  const open = (id: string): void => window.set((state) => ({ ...state, tabs: addTab(state.tabs, { tabId: id, sessionId: `s-${id}`, instanceId: `i-${id}` }) }));
  open('a');
  mirror.set((value) => ({ ...value, sessions: new Map() }));
  open('b');
  expect(saved.map(({ tabs }) => tabs.map(({ tabId, name, osUser }) => [tabId, name, osUser]))).toEqual([[['a', 'web-1', 'ubuntu']], [['a', 'web-1', 'ubuntu'], ['b', undefined, undefined]]]);
  expect(stored).toEqual(saved.map((workspace) => JSON.stringify(workspace)));
});
