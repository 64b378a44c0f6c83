/** `postern start|stop|reboot|terminate TARGET...`: says what it costs, asks on the terminal, and follows each host to its end. */
import { randomUUID } from 'node:crypto';
import type { ActionCosts, ActionHost, ActionKind, ActionRun } from '../../contract/action.ts';
import { PosternError } from '../../contract/error.ts';
import { askOnTerminal } from './askOnTerminal.ts';
import { printAnswer, printReportOf } from './output.ts';
import { printable } from './printable.ts';
import { untilInterrupted, type Running } from './run.ts';
import { findTarget } from './target.ts';

export interface ActionRequest {
  readonly kind: ActionKind;
  readonly targets: readonly string[];
  /** Ask nothing. A termination asks all the same. */
  readonly yes: boolean;
}

/** @returns 1 when a host was left out or failed */
export async function actionCommand({ services, interrupted }: Running, { kind, targets, yes }: ActionRequest): Promise<number> {
  const all = await untilInterrupted(interrupted, services.local.allInstances());
  const instances = [...new Map(targets.map((target) => findTarget(all, target)).map((instance) => [instance.instanceId, instance])).values()];
  const costs = await untilInterrupted(interrupted, services.actions.costs({ kind, instanceIds: instances.map(({ instanceId }) => instanceId) }));
  const possible = costs.filter(({ impossible }) => impossible === undefined);
  for (const { impossible, ...cost } of costs) if (impossible !== undefined) process.stderr.write(`postern: ${printable(nameOf(cost))} is left out: ${printable(impossible)}\n`);
  if (possible.length === 0) return 1;
  for (const cost of possible) process.stderr.write(`${printable(nameOf(cost))} (${cost.instanceId})\n${costLines(kind, cost).map((line) => `  ${printable(line)}\n`).join('')}`);
  const typedNames = await confirm(kind, possible, yes, interrupted);
  const actionId = randomUUID();
  const told = new Map<string, string>();
  const over = new Promise<ActionRun>((resolve) => {
    services.onEvent((event) => {
      if (event.name !== 'actions.changed' || event.payload.actionId !== actionId) return;
      for (const host of event.payload.hosts) tellHost(host, told);
      if (event.payload.endedAt !== undefined) resolve(event.payload);
    });
  });
  await services.actions.run({ actionId, kind, instanceIds: possible.map(({ instanceId }) => instanceId), typedNames });
  const { hosts } = await untilInterrupted(interrupted, over);
  for (const host of hosts) if (host.error !== undefined) printReportOf(nameOf(host), host.error);
  const done = hosts.filter(({ phase }) => phase === 'done');
  if (done.length > 0) await printAnswer(done.map((host) => `${host.instanceId}\t${printable(nameOf(host))}\t${host.state}${host.publicIp === undefined ? '' : `\t${host.publicIp}`}`).join('\n'));
  return done.length === costs.length ? 0 : 1;
}

/** @throws PosternError `cancelled`, `action.not-confirmed` */
async function confirm(kind: ActionKind, costs: readonly ActionCosts[], yes: boolean, interrupted: AbortSignal): Promise<Record<string, string>> {
  const typed: Record<string, string> = {};
  for (const { instanceId, typedName } of costs) {
    if (typedName === undefined) continue;
    // A script knows what it names; only what cannot be undone needs a person.
    typed[instanceId] = yes && kind !== 'terminate' ? instanceId : await askOnTerminal(`Type ${printable(typedName)} to ${kind} it: `, true, interrupted);
  }
  const unasked = costs.filter(({ instanceId }) => typed[instanceId] === undefined);
  if (yes || unasked.length === 0) return typed;
  const reply = await askOnTerminal(`${capital(kind)} ${unasked.length === 1 ? 'it' : `these ${unasked.length} hosts`}? [y/N] `, true, interrupted);
  if (!/^y(es)?$/i.test(reply.trim())) throw new PosternError({ code: 'action.not-confirmed', message: 'Nothing was done.' });
  return typed;
}

function costLines(kind: ActionKind, { publicAddresses, autoScalingGroup, openSessions, openForwards, instanceStoreGb, deletedVolumes, protection, production }: ActionCosts): string[] {
  const offThen = kind === 'stop' || kind === 'hibernate' || kind === 'terminate';
  return [
    ...(production ? ['Its account is marked as production.'] : []),
    ...(kind === 'start' ? ['AWS bills it from now on.'] : []),
    ...(kind === 'terminate' && deletedVolumes.known && deletedVolumes.value.length > 0 ? [`Deleted with all data: ${deletedVolumes.value.join(', ')}.`] : []),
    ...(offThen ? publicAddresses.map(({ publicIp, elastic }) => (elastic ? `The Elastic IP ${publicIp} stays.` : `Its public address ${publicIp} goes back to AWS${kind === 'terminate' ? '' : '; the next start gives it another one'}.`)) : []),
    ...(offThen && instanceStoreGb.known && instanceStoreGb.value > 0 ? [`${instanceStoreGb.value} GB on its instance store disks are lost.`] : []),
    ...(offThen && autoScalingGroup !== undefined ? [`The Auto Scaling group ${autoScalingGroup} may replace it.`] : []),
    ...(kind !== 'start' && openSessions + openForwards > 0 ? [`Open sessions and tunnels on it: ${openSessions + openForwards}.`] : []),
    ...(offThen && !protection.known ? [`Whether it is protected is not known: ${protection.permission}${protection.denied ? ' is not allowed' : ' failed'}.`] : []),
  ];
}

/** A line for each change of state. */
function tellHost(host: ActionHost, told: Map<string, string>): void {
  const line = `${nameOf(host)}: ${host.phase === 'retrying' ? 'AWS throttles, asked again shortly' : host.phase === 'changing' || host.phase === 'done' ? host.state : host.phase}`;
  if (host.phase === 'waiting' || told.get(host.instanceId) === line) return;
  told.set(host.instanceId, line);
  process.stderr.write(`${printable(line)}\n`);
}

function nameOf({ instanceName, instanceId }: { readonly instanceName?: string | undefined; readonly instanceId: string }): string {
  return instanceName ?? instanceId;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
