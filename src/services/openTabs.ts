/** Says when the host of an open tab changes its state: a prompt that no longer answers has its reason then. */
import { inState, say } from '../contract/say.ts';
import type { TerminalSession } from '../contract/session.ts';
import type { Notice } from '../contract/settings.ts';
import type { Inventory } from './aws/inventory.ts';

/** Instances with a session that has not ended. */
export function liveInstances(sessions: readonly TerminalSession[]): string[] {
  return [...new Set(sessions.flatMap(({ instanceId, state }) => (state.name === 'closed' || state.name === 'failed' ? [] : [instanceId])))];
}

/** Tells once for each new state that is not `running`, and when it runs again. */
export function tellStateOfOpenTabs(inventory: Pick<Inventory, 'on'>, sessions: () => readonly TerminalSession[], onNotice: (notice: Notice) => void): void {
  const states = new Map<string, string>();
  inventory.on((event) => {
    if (event.type !== 'changed') return;
    const open = new Set(liveInstances(sessions()));
    if (open.size === 0) return;
    for (const { instanceId, name, state } of event.instances) {
      if (!open.has(instanceId)) continue;
      const before = states.get(instanceId) ?? 'running';
      states.set(instanceId, state);
      if (state === before) continue;
      const message = say`${name ?? instanceId} is ${state === 'running' ? say`running again` : inState(state)}; a tab is open on it.`;
      onNotice({ noticeId: `state:${instanceId}`, severity: state === 'running' ? 'info' : 'warning', message });
    }
  });
}
