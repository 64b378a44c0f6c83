import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import { emptyIndex, indexing, type HostIndex } from '../../../src/query/hostIndex.ts';
import { prepareIndex, indexOf } from '../../../src/query/preparedIndex.ts';
import { instance } from '../renderer/literals.ts';

const hosts = (count: number): Instance[] => Array.from({ length: count }, (_, index) => instance({ instanceId: `i-${index}`, name: `web-${(index * 7919) % 997}` }));

function made(list: readonly Instance[], before = emptyIndex): HostIndex {
  const steps = indexing(list, before);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

function inOrder({ instances, byName }: HostIndex): string[] {
  return Array.from(byName, (place) => instances[place]?.instanceId ?? '');
}

/** By name, those of one name in the order they came. */
function sorted(list: readonly Instance[]): string[] {
  return list.toSorted(({ name: a = '' }, { name: b = '' }) => (a < b ? -1 : a > b ? 1 : 0)).map(({ instanceId }) => instanceId);
}

test('an index is the same however the hosts came: at once, in parts, with some gone, changed or named anew, or in another order', () => {
  const all = hosts(2000);
  let index = emptyIndex;
  const named = all.map((host, place) => (place % 100 === 3 ? { ...host, name: `a-${place % 7}` } : host));
  const stopped = named.map((host, place) => (place % 50 === 0 ? { ...host, state: 'stopped' } : host));
  for (const list of [all.slice(0, 10), all.slice(0, 700), all, named, stopped, stopped.filter((_host, place) => place % 9 !== 4), stopped.toReversed(), all.slice(500, 501), []]) {
    index = made(list, index);
    const fresh = made(list);
    expect(index.instances).toEqual(list);
    expect(inOrder(index)).toEqual(sorted(list));
    expect([...index.isRunning]).toEqual([...fresh.isRunning]);
    expect(index.blocks.map(({ text }) => text).join('')).toBe(fresh.blocks.map(({ text }) => text).join(''));
    for (const block of index.blocks) for (const [place, name] of block.names.entries()) expect(block.text.startsWith(`${name}\n`, block.starts[place])).toBe(true);
  }
});

test('only the blocks with a host that changed are made anew', () => {
  const all = hosts(2000);
  const before = made(all);
  const after = made(all.map((host, place) => (place === 900 ? { ...host, state: 'stopped' } : host)), before);
  expect(after.blocks.filter((block) => !before.blocks.includes(block))).toHaveLength(1);
  expect(after.blocks).toHaveLength(before.blocks.length);
});

test('texts are made anew only where they read otherwise, and the order of names only where one does: an agent that reported is in neither', () => {
  const all = hosts(2000);
  const before = made(all);
  const checked = all.map((host, place) => (place % 300 === 3 ? { ...host, ssmKnown: !host.ssmKnown } : host));
  const after = made(checked, before);
  expect(after.instances).toEqual(checked);
  expect(after.blocks.every(({ names, starts }, place) => names === before.blocks[place]?.names && starts === before.blocks[place].starts)).toBe(true);
  expect(after.byName).toBe(before.byName);
  const stopped = made(all.map((host, place) => (place === 900 ? { ...host, state: 'stopped' } : host)), before);
  expect(stopped.blocks.filter(({ starts }, place) => starts !== before.blocks[place]?.starts)).toHaveLength(1);
  expect(stopped.byName).toBe(before.byName);
});

test('an index is made in steps, and goes on where it stopped', () => {
  const list = new Map(hosts(3000).map((host) => [host.instanceId, host]));
  let steps = 0;
  while (!prepareIndex(list, () => (steps += 1) % 2 === 1));
  expect(steps).toBeGreaterThan(20);
  expect(indexOf(list).instances).toHaveLength(3000);
});

test('a list that is still shown keeps its index while the next one is made ready', () => {
  const shown = new Map(hosts(600).map((host) => [host.instanceId, host]));
  const next = new Map([...shown].slice(0, 500));
  const index = indexOf(shown);
  expect(indexOf(next).instances).toHaveLength(500);
  expect(indexOf(shown)).toBe(index);
});
