import { expect, test } from 'vitest';
import type { TerminalSession } from '../../../../src/contract/session.ts';
import { paneTabIds, pastedText, receiversOf, shownTabIds, whatEnds, type BroadcastFacts } from '../../../../src/renderer/broadcast/broadcastRules.ts';
import { session } from '../literals.ts';

const tab = (number: number) => ({ tabId: `t${number}`, sessionId: `s${number}`, instanceId: `i-${number}` });
const group = { tabIds: ['t1', 't2'], confirmedTabIds: [] };
const sessions = (second: TerminalSession['state'] = { name: 'connected' }) => new Map([['s1', session({ sessionId: 's1' })], ['s2', session({ sessionId: 's2', state: second })]]);
const facts = (change: Partial<BroadcastFacts> = {}): BroadcastFacts => ({ tabs: [tab(1), tab(2), tab(3)], sessions: sessions(), takenOverTabIds: new Set(), linkOpen: true, isProduction: () => false, ...change });

test('what is typed in one of the group goes to the others, and what is typed elsewhere to nobody', () => {
  expect(receiversOf(group, 't1')).toEqual(['t2']);
  expect(receiversOf(group, 't3')).toEqual([]);
});

test('it ends when a receiver is closed or is not connected, in whatever other state', () => {
  expect(whatEnds(group, facts())).toBeUndefined();
  expect(whatEnds(group, facts({ tabs: [tab(1)] }))).toEqual({ why: 'closed', tabId: 't2' });
  for (const state of [{ name: 'resuming', since: '2026-11-22T09:00:00Z', reason: 'x' }, { name: 'closed', exit: {} }, { name: 'connecting', step: 'starting-shell' }] as TerminalSession['state'][]) expect(whatEnds(group, facts({ sessions: sessions(state) }))).toEqual({ why: 'dropped', tabId: 't2' });
  expect(whatEnds(group, facts({ linkOpen: false }))).toEqual({ why: 'link' });
});

test('it ends when another window takes a receiver over: nothing typed here reaches that one', () => {
  expect(whatEnds(group, facts({ takenOverTabIds: new Set(['t3']) }))).toBeUndefined();
  expect(whatEnds(group, facts({ takenOverTabIds: new Set(['t2']) }))).toEqual({ why: 'taken', tabId: 't2' });
});

test('production that was not confirmed is never typed into', () => {
  const isProduction = (instanceId: string): boolean => instanceId === 'i-2';
  expect(whatEnds(group, facts({ isProduction }))).toEqual({ why: 'production', tabId: 't2' });
  expect(whatEnds({ ...group, confirmedTabIds: ['t2'] }, facts({ isProduction }))).toBeUndefined();
});

test('a paste loses the brackets of the terminal it came from', () => {
  expect(pastedText('\u001b[200~a\rb\u001b[201~')).toBe('a\rb');
  expect(pastedText('\u001b[A')).toBeUndefined();
});

test('the tabs in front of the panes, and those behind each other in one', () => {
  const layout = { kind: 'row', size: 2, parts: [{ kind: 'group', size: 1, tabIds: ['a', 'b'], activeTabId: 'b' }, { kind: 'group', size: 1, tabIds: ['c'] }] } as const;
  expect(shownTabIds(layout)).toEqual(['b', 'c']);
  expect(paneTabIds(layout, 'a')).toEqual(['a', 'b']);
  expect(paneTabIds(layout, undefined)).toEqual([]);
});
