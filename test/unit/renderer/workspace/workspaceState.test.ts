import { expect, test } from 'vitest';
import { SavedWorkspace, type PaneLayout } from '../../../../src/contract/workspace.ts';
import { addTab, markTab, noTabs, orderTabs, activateTab, type Tabs } from '../../../../src/renderer/state/tabs.ts';
import { fromDock, toDock } from '../../../../src/renderer/workspace/dockLayout.ts';
import { detachedAddress, detachedSession } from '../../../../src/renderer/workspace/detached.ts';
import { shellTitleOf, tabName } from '../../../../src/renderer/workspace/tabText.ts';
import { againOf, closedTab, fromSavedWorkspace, pruned, tabIdsOf, toSavedWorkspace } from '../../../../src/renderer/workspace/workspaceState.ts';
import { session } from '../literals.ts';

const group = (size: number, ...tabIds: string[]): PaneLayout => ({ kind: 'group', size, tabIds, activeTabId: tabIds[0] });
const layout: PaneLayout = { kind: 'row', size: 600, parts: [group(300, 'a'), { kind: 'column', size: 500, parts: [group(200, 'b', 'c'), group(400, 'd')] }] };

function tabsOf(...ids: string[]): Tabs {
  return ids.reduce((state, id) => addTab(state, { tabId: id, sessionId: `s-${id}`, instanceId: `i-${id}` }), noTabs);
}

test('a layout goes to the docking library and back unchanged', () => {
  expect(fromDock(toDock(layout, 'c', (tabId) => tabId, 'terminal'))).toEqual(layout);
  const column: PaneLayout = { kind: 'column', size: 800, parts: [group(100, 'a'), group(200, 'b')] };
  expect(fromDock(toDock(column, 'a', (tabId) => tabId, 'terminal'))).toEqual(column);
});

test('the pane with the tab in front is the active one, and every tab gets its title', () => {
  const dock = toDock(layout, 'c', (tabId) => `title of ${tabId}`, 'terminal');
  expect(dock.activeGroup).toBe('group-2');
  expect(Object.values(dock.panels).map(({ title }) => title)).toEqual(['title of a', 'title of b', 'title of c', 'title of d']);
});

test('a layout without some tabs closes their panes, and a split with one part left is that part', () => {
  expect(pruned(layout, new Set(['a', 'c', 'd']))).toEqual({ kind: 'row', size: 600, parts: [group(300, 'a'), { kind: 'column', size: 500, parts: [{ kind: 'group', size: 200, tabIds: ['c'] }, group(400, 'd')] }] });
  expect(pruned(layout, new Set(['d']))).toEqual(group(600, 'd'));
  expect(pruned(layout, new Set())).toBeUndefined();
});

test('what is kept of a workspace comes back as tabs that know their way and are not connected', () => {
  const sessions = new Map([['s-a', session({ sessionId: 's-a', instanceName: 'web-1', osUser: 'ubuntu', route: { kind: 'jump', through: ['i-0bbb'], address: '10.0.0.1', port: 22 } })]]);
  const tabs: Tabs = { ...tabsOf('a', 'b'), activeTabId: 'a' };
  const saved = toSavedWorkspace(tabs, { kind: 'row', size: 9, parts: [group(4, 'a'), group(5, 'b', 'gone')] }, sessions);
  expect(SavedWorkspace.parse(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
  const back = fromSavedWorkspace(saved);
  expect(back.tabs.activeTabId).toBe('a');
  expect(back.tabs.tabs).toEqual([
    { tabId: 'a', sessionId: 's-a', instanceId: 'i-a', name: 'web-1', again: { via: 'jump', through: ['i-0bbb'], osUser: 'ubuntu' } },
    { tabId: 'b', sessionId: 's-b', instanceId: 'i-b', again: {} },
  ]);
  expect(back.layout === undefined ? [] : tabIdsOf(back.layout)).toEqual(['a', 'b']);
});

test('a tab whose session is forgotten, as when the services stop, is kept under its name and with its way', () => {
  const tabs = tabsOf('a', 'b');
  const sessions = new Map(['a', 'b'].map((id) => [`s-${id}`, session({ sessionId: `s-${id}`, instanceName: `web-${id}`, osUser: 'ubuntu', route: { kind: 'jump', through: ['i-0bbb'], address: '10.0.0.1', port: 22 } })]));
  const before = toSavedWorkspace(tabs, undefined, sessions);
  expect(before.tabs.map(({ name, via, osUser }) => [name, via, osUser])).toEqual([['web-a', 'jump', 'ubuntu'], ['web-b', 'jump', 'ubuntu']]);
  sessions.delete('s-a');
  expect(toSavedWorkspace(tabs, undefined, sessions, before)).toEqual(before);
  // Another session in the same tab is another host's, as far as is known.
  expect(toSavedWorkspace({ ...tabs, tabs: [{ tabId: 'a', sessionId: 's-c', instanceId: 'i-c' }] }, undefined, sessions, before).tabs).toEqual([{ tabId: 'a', sessionId: 's-c', instanceId: 'i-c' }]);
});

test('a layout that names a tab twice is no layout, and its tabs are kept', () => {
  const back = fromSavedWorkspace({ tabs: [{ tabId: 'a', sessionId: 's', instanceId: 'i' }], layout: { kind: 'row', size: 2, parts: [group(1, 'a'), group(1, 'a')] } });
  expect(back.layout).toBeUndefined();
  expect(back.tabs.tabs.map(({ tabId }) => tabId)).toEqual(['a']);
});

test('a tab whose every way failed is opened again by any way; bastions of the configuration are asked for anew', () => {
  const route = { kind: 'jump', through: ['my-bastion'], address: '10.0.0.1', port: 22 } as const;
  expect(againOf({ osUser: 'me', route: { ...route, through: [...route.through] }, state: { name: 'connected' } })).toEqual({ via: 'jump', osUser: 'me' });
  expect(againOf({ route: { ...route, through: ['i-0b'] }, state: { name: 'failed', error: { code: 'route.none-usable', message: 'none', retryable: false } } })).toEqual({});
});

test('twenty closed tabs are remembered, the last one first', () => {
  const closed = Array.from({ length: 22 }, (_, index) => index).reduce<ReturnType<typeof closedTab>>((list, index) => closedTab(list, { tabId: 't', sessionId: 's', instanceId: `i-${index}` }, undefined), []);
  expect(closed).toHaveLength(20);
  expect([closed[0]?.instanceId, closed.at(-1)?.instanceId]).toEqual(['i-21', 'i-2']);
});

test('a bell outweighs output, and both are gone when the tab is seen', () => {
  const rung = markTab(markTab(markTab(tabsOf('a', 'b'), 'a', 'activity'), 'a', 'bell'), 'a', 'activity');
  expect(rung.tabs[0]?.mark).toBe('bell');
  expect(activateTab(rung, 'a').tabs[0]).toEqual({ tabId: 'a', sessionId: 's-a', instanceId: 'i-a' });
});

test('tabs are in the order of the panes; one that is in no pane yet stays last', () => {
  expect(orderTabs(tabsOf('a', 'b', 'c'), ['c', 'a']).tabs.map(({ tabId }) => tabId)).toEqual(['c', 'a', 'b']);
  const tabs = tabsOf('a', 'b');
  expect(orderTabs(tabs, ['a', 'b'])).toBe(tabs);
});

test('the person’s title stands before the host, and what a shell calls itself never replaces either', () => {
  const tab = { instanceId: 'i-0aaa', shellTitle: 'root@bank\u202e' };
  expect(tabName(tab, session({ instanceName: 'web-1' }))).toBe('web-1');
  expect(tabName({ ...tab, title: 'mine' }, session({ instanceName: 'web-1' }))).toBe('mine');
  expect(shellTitleOf(tab, session({ instanceName: 'web-1' }))).toBe('root@bank');
  expect(shellTitleOf({ ...tab, shellTitle: 'web-1' }, session({ instanceName: 'web-1' }))).toBeUndefined();
  expect(shellTitleOf(tab, undefined)).toBeUndefined();
});

test('a window of its own is told its session by the address, and by nothing that is no session id', () => {
  const sessionId = '0f5c1a5e-6a2b-4c3d-9e8f-7a6b5c4d3e2f';
  expect(detachedAddress({ pathname: '/' }, sessionId)).toBe(`/index.html?session=${sessionId}`);
  expect(detachedSession({ search: `?session=${sessionId}` })).toBe(sessionId);
  expect(detachedSession({ search: '?session=<script>' })).toBeUndefined();
  expect(detachedSession({ search: '' })).toBeUndefined();
});
