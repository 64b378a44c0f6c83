import { expect, test } from 'vitest';
import type { ContractEvent, EventListener, ServiceApi } from '../../../src/contract/contract.ts';
import { forWindow } from '../../../src/services/forWindow.ts';

const changed: ContractEvent = { name: 'instances.changed', payload: [] };
const removed: ContractEvent = { name: 'instances.removed', payload: ['i-1'] };
const other: ContractEvent = { name: 'sessions.removed', payload: { sessionId: 's-1' } };

test('a window is told of hosts from when it asks for their list, before that is answered, and of all else from the start', () => {
  const listeners = new Set<EventListener>();
  const tell = (event: ContractEvent): void => listeners.forEach((listener) => listener(event));
  const inputs: unknown[] = [];
  const answer = Promise.resolve([]);
  const services = {
    instances: { list: (input: unknown) => (inputs.push(input), answer), details: () => 'details' },
    onEvent: (listener: EventListener) => (listeners.add(listener), () => void listeners.delete(listener)),
  } as unknown as ServiceApi<never>;
  const [first, second] = [forWindow(services), forWindow(services)];
  const told: ContractEvent[] = [];
  const stop = first.onEvent((event) => told.push(event));
  const toldOther: ContractEvent[] = [];
  second.onEvent((event) => toldOther.push(event));

  for (const event of [changed, removed, other]) tell(event);
  expect(told).toEqual([other]);
  expect(first.instances.list({ refresh: true })).toBe(answer);
  for (const event of [changed, removed]) tell(event);
  expect(told).toEqual([other, changed, removed]);
  expect(inputs).toEqual([{ refresh: true }]);
  expect(toldOther).toEqual([other]);
  stop();
  tell(changed);
  expect(told).toHaveLength(3);
  expect(first.instances.details({ instanceId: 'i-1' })).toBe('details');
});
