import { expect, test } from 'vitest';
import { activateTab, activeTab, addTab, changeTab, loadTabs, noTabs, removeTab, saveTabs, stepTab, type Tabs } from '../../../src/renderer/state/tabs.ts';

function tabsOf(...ids: string[]): Tabs {
  return ids.reduce((state, id) => addTab(state, { tabId: id, sessionId: `s-${id}`, instanceId: `i-${id}` }), noTabs);
}

test('a new tab is last and in front', () => {
  expect(activeTab(tabsOf('a', 'b'))?.tabId).toBe('b');
});

test('closing the front tab brings its right neighbour forward, else the left one', () => {
  expect(removeTab(activateTab(tabsOf('a', 'b', 'c'), 'b'), 'b').activeTabId).toBe('c');
  expect(removeTab(tabsOf('a', 'b'), 'b').activeTabId).toBe('a');
  expect(removeTab(tabsOf('a'), 'a')).toEqual(noTabs);
  expect(removeTab(tabsOf('a', 'b'), 'a').activeTabId).toBe('b');
});

test('stepping goes round the ends', () => {
  expect(stepTab(tabsOf('a', 'b', 'c'), 1).activeTabId).toBe('a');
  expect(stepTab(activateTab(tabsOf('a', 'b', 'c'), 'a'), -1).activeTabId).toBe('c');
  expect(stepTab(noTabs, 1)).toBe(noTabs);
});

test('a reconnected tab keeps its place and its identity', () => {
  expect(changeTab(tabsOf('a', 'b'), 'a', { sessionId: 's-new' }).tabs.map(({ tabId, sessionId }) => `${tabId} ${sessionId}`)).toEqual(['a s-new', 'b s-b']);
});

test('tabs survive a reload of the page, and unreadable memory is as good as none', () => {
  let kept: string | null = null;
  const storage = {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
  expect(loadTabs(storage)).toBeUndefined();
  saveTabs(storage, activateTab(tabsOf('a', 'b'), 'a'));
  expect(loadTabs(storage)).toEqual({ sessionIds: ['s-a', 's-b'], active: 's-a' });
  for (const text of ['{', 'null', '{"sessionIds":1}', '[]']) {
    kept = text;
    expect(loadTabs(storage), text).toBeUndefined();
  }
});
