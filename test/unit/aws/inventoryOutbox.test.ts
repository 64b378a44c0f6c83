import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { InventoryEvent } from '../../../src/services/aws/inventoryEvent.ts';
import { createOutbox } from '../../../src/services/aws/inventoryOutbox.ts';

const host = (instanceId: string, state = 'running'): Instance => ({ instanceId, scope: { profile: 'p', region: 'eu-west-1' }, state, networkInterfaces: [], securityGroups: [], ssmKnown: false, tags: {} });

function open(): { told: InventoryEvent[]; outbox: ReturnType<typeof createOutbox> } {
  const told: InventoryEvent[] = [];
  return { told, outbox: createOutbox((event) => told.push(event), () => []) };
}

test('what changes several times before it is told is told once, as it is then', () => {
  const { told, outbox } = open();
  outbox.changed(host('i-1', 'pending'));
  outbox.changed(host('i-1'));
  outbox.changed(host('i-2'));
  outbox.removed('i-2');
  outbox.statusesChanged();
  outbox.statusesChanged();
  outbox.flush();
  expect(told).toEqual([
    { type: 'changed', instances: [host('i-1')] },
    { type: 'removed', instanceIds: ['i-2'] },
    { type: 'scopes', statuses: [] },
  ]);
});

test('what an earlier run left is told as such, until it was seen otherwise', () => {
  const { told, outbox } = open();
  outbox.changed(host('i-1'), true);
  outbox.changed(host('i-2'), true);
  outbox.changed(host('i-2', 'stopped'));
  outbox.flush();
  outbox.changed(host('i-1', 'stopped'));
  outbox.flush();
  expect(told).toEqual([
    { type: 'changed', instances: [host('i-1'), host('i-2', 'stopped')], recalled: new Set(['i-1']) },
    { type: 'changed', instances: [host('i-1', 'stopped')] },
  ]);
});

test('an instance that came back before it was told to be gone was never gone', () => {
  const { told, outbox } = open();
  outbox.removed('i-1');
  outbox.changed(host('i-1'));
  outbox.flush();
  expect(told).toEqual([{ type: 'changed', instances: [host('i-1')] }]);
});

test('a thousand instances are told without waiting, and the first of all in the same turn', async () => {
  const { told, outbox } = open();
  for (let index = 0; index < 2500; index += 1) outbox.changed(host(`i-${index}`));
  expect(told.map((event) => (event.type === 'changed' ? event.instances.length : 0))).toEqual([1000, 1000]);
  outbox.flush();
  expect(told.length).toBe(3);
  const fresh = open();
  fresh.outbox.changed(host('i-1'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(fresh.told.length).toBe(1);
});

test('a closed outbox tells nothing any more', async () => {
  const { told, outbox } = open();
  outbox.changed(host('i-1'));
  outbox.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual([]);
});
