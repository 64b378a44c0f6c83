import { expect, test } from 'vitest';
import { keyOf, paletteGroups, paletteQuery, type PaletteAction, type PaletteSources } from '../../../../src/renderer/palette/paletteItems.ts';
import { usageOf, usageScore, usedAgain, type Usage } from '../../../../src/renderer/palette/usage.ts';
import { instance, NOW_MS } from '../literals.ts';

const DAY_MS = 86_400_000;
const command = (id: string, name: string, kind: PaletteAction['kind'] = 'action', also?: string): PaletteAction => ({ id, kind, name, ...(also === undefined ? {} : { also }), run: () => undefined });
const commands = [command('close-tab', 'Close tab'), command('stop', 'Stop web-1…'), command('ja', 'タブを複製', 'action', 'Duplicate tab'), command('s', 'disk usage', 'snippet'), command('set', 'Terminal: Font size', 'setting')];
const web = instance({ instanceId: 'i-0web', name: 'web-1' });
const database = instance({ instanceId: 'i-0db', name: 'db-1', tags: { role: 'close to web' } });

function found(query: string, change: Partial<PaletteSources> = {}): readonly string[] {
  const groups = paletteGroups({ ...paletteQuery(query), hosts: [], configHosts: [], commands, usage: new Map(), nowMs: NOW_MS, ...change }, []);
  return groups.flatMap(({ items }) => items.map(keyOf));
}

test('the first character says what is looked for', () => {
  expect([paletteQuery('web'), paletteQuery(' > tab '), paletteQuery('@tag:a=b x'), paletteQuery('#'), paletteQuery('?x')]).toEqual([
    { mode: 'all', query: 'web' },
    { mode: 'actions', query: 'tab' },
    { mode: 'hosts', query: 'tag:a=b x' },
    { mode: 'snippets', query: '' },
    { mode: 'help', query: 'x' },
  ]);
});

test('a host whose name begins with what is typed comes before a command that only holds it, and a command before a host that holds it elsewhere', () => {
  expect(found('web', { hosts: [web] })).toEqual(['host:i-0web', 'stop']);
  expect(found('close', { hosts: [database] })).toEqual(['close-tab', 'host:i-0db']);
});

test('a command is found by its English name in any language, and by its letters in order', () => {
  expect(found('duplicate')).toEqual(['ja']);
  expect(found('複製')).toEqual(['ja']);
  expect(found('clt')).toEqual(['close-tab']);
  expect(found('ct')).toEqual([]);
});

test('each sign keeps its kind', () => {
  expect(found('#')).toEqual(['s']);
  expect(found('>')).toEqual(['close-tab', 'stop', 'ja', 'set']);
  expect(found('@', { hosts: [web] })).toEqual(['host:i-0web']);
  expect(found('?')).toEqual([]);
});

test('what fits alike is in the order of use, and an empty box begins with what was used', () => {
  const both = [command('a', 'Show map'), command('b', 'Show keys')];
  const usage = usedAgain(new Map(), 'b', NOW_MS);
  expect(found('show', { commands: both })).toEqual(['a', 'b']);
  expect(found('show', { commands: both, usage })).toEqual(['b', 'a']);
  const [recent] = paletteGroups({ mode: 'all', query: '', hosts: [database], configHosts: [], commands: both, usage: usedAgain(usage, 'host:i-0web', NOW_MS + DAY_MS), nowMs: NOW_MS + DAY_MS }, [web]);
  expect(recent).toEqual({ heading: 'recent', items: [{ kind: 'host', instance: web }, { kind: 'command', command: both[1] }] });
});

test('a use a week ago counts half, a time that is none counts nothing, and a hundred are kept', () => {
  expect(usageScore({ key: 'a', count: 4, lastUsedAt: new Date(NOW_MS - 7 * DAY_MS).toISOString() }, NOW_MS)).toBe(2);
  expect(usageScore({ key: 'a', count: 4, lastUsedAt: 'never' }, NOW_MS)).toBe(0);
  let usage: Usage = usageOf([{ key: 'old', count: 1, lastUsedAt: new Date(NOW_MS - 90 * DAY_MS).toISOString() }]);
  for (let number = 0; number < 100; number += 1) usage = usedAgain(usage, `key-${number}`, NOW_MS);
  expect([usage.size, usage.has('old'), usage.has('key-99')]).toEqual([100, false, true]);
});
