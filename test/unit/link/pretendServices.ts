/** Services that answer from memory, for tests of the link: every call is noted, streams are Node's own. */
import type { Duplex } from 'node:stream';
import type { ContractEvent, EventListener, ServiceApi } from '../../../src/contract/contract.ts';
import { contract } from '../../../src/contract/contract.ts';

export interface PretendServices {
  readonly services: ServiceApi<Duplex>;
  /** `area.name` and the parsed input of every call that reached a service, in order. */
  readonly calls: { readonly name: string; readonly input: unknown }[];
  tell(event: ContractEvent): void;
  listenerCount(): number;
}

/** @param answers `area.name` -> what the method returns or throws; calls without one answer undefined */
export function createPretendServices(answers: Readonly<Record<string, (input: never) => unknown>> = {}): PretendServices {
  const calls: { name: string; input: unknown }[] = [];
  const listeners = new Set<EventListener>();
  const areas = Object.entries(contract).map(([area, entries]) => {
    const methods = Object.entries(entries).map(([name, entry]) => {
      const fullName = `${area}.${name}`;
      const answer = (input: unknown): unknown => {
        calls.push({ name: fullName, input });
        return answers[fullName]?.(input as never);
      };
      return [name, entry.kind === 'stream' ? answer : async (input: unknown) => await Promise.resolve(answer(input))];
    });
    return [area, Object.fromEntries(methods)];
  });
  const services = {
    ...(Object.fromEntries(areas) as ServiceApi<Duplex>),
    onEvent(listener: EventListener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return { services, calls, tell: (event) => listeners.forEach((listener) => listener(event)), listenerCount: () => listeners.size };
}
