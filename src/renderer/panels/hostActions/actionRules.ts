/** What may be asked of a host by what the list shows of it. Pure; what AWS alone knows is asked when the dialog opens. */
import type { ActionCosts, ActionKind, ActionRun } from '../../../contract/action.ts';
import type { Instance } from '../../../contract/instance.ts';

/** In the order of the menu. */
export const offeredKinds: readonly ActionKind[] = ['start', 'stop', 'hibernate', 'reboot', 'terminate'];

const from: Readonly<Record<ActionKind, readonly string[]>> = { start: ['stopped'], stop: ['running'], hibernate: ['running'], reboot: ['running'], terminate: ['running', 'stopped', 'pending', 'stopping'] };

/** Whether any of them is in a state for it. */
export function isOffered(kind: ActionKind, instances: readonly Pick<Instance, 'state'>[]): boolean {
  return instances.some(({ state }) => from[kind].includes(state));
}

/** Managed nodes and hosts of ~/.ssh/config are not EC2's to act on. */
export function isEc2(instanceId: string): boolean {
  return instanceId.startsWith('i-');
}

/** Hosts whose names must be typed and were not. The id does as well. */
export function unconfirmed(costs: readonly ActionCosts[], typed: Readonly<Record<string, string>>): readonly ActionCosts[] {
  return costs.filter(({ typedName, instanceId, impossible }) => impossible === undefined && typedName !== undefined && ![typedName.trim(), instanceId].includes((typed[instanceId] ?? '').trim()));
}

export function tally({ hosts }: ActionRun): { readonly done: number; readonly failed: number; readonly count: number } {
  return { done: hosts.filter(({ phase }) => phase === 'done').length, failed: hosts.filter(({ phase }) => phase === 'failed').length, count: hosts.length };
}
