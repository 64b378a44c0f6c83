/** `postern ls [QUERY]`: the instances of the chosen scopes, as a table or as the contract's JSON. */
import type { Instance } from '../../contract/instance.ts';
import { scopeKey } from '../../contract/scope.ts';
import type { Services } from '../../services/services.ts';
import { printAnswer, printReport } from './output.ts';
import { printable } from './printable.ts';
import { table } from './table.ts';

/** @returns the exit status: 1 only when no scope answered */
export async function listCommand(services: Services, query: readonly string[], json: boolean): Promise<number> {
  const all = await services.local.allInstances();
  const statuses = await services.scopes.list({});
  const failed = statuses.filter((status) => status.state === 'failed');
  for (const status of failed) if (status.error !== undefined) printReport(status.error, scopeKey(status.scope));
  for (const status of statuses) for (const problem of status.problems) printReport(problem.error, `${scopeKey(status.scope)}: ${problem.action}`);
  const instances = all.filter((instance) => matches(instance, query)).toSorted(byPlaceAndName);
  if (json) await printAnswer(JSON.stringify(instances, undefined, 2));
  else if (instances.length > 0) await printAnswer(table([header, ...instances.map(row)]));
  else if (failed.length < statuses.length) process.stderr.write(query.length === 0 ? 'No instances there.\n' : 'No instance matches.\n');
  return failed.length === statuses.length ? 1 : 0;
}

const header = ['NAME', 'INSTANCE ID', 'STATE', 'TYPE', 'PRIVATE', 'PUBLIC', 'SSM', 'SCOPE'];

function row(instance: Instance): string[] {
  return [
    shortened(printable(instance.name ?? '-')),
    instance.instanceId,
    instance.state,
    instance.instanceType ?? '-',
    instance.privateIpAddress ?? '-',
    instance.publicIpAddress ?? '-',
    instance.ssm?.pingStatus ?? '-',
    scopeKey(instance.scope),
  ].map(printable);
}

/** A name may have 256 characters; --json prints all of them. */
function shortened(name: string): string {
  return name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS - 1)}…` : name;
}

const NAME_CHARACTERS = 40;

/** Every word must be part of some fact of the instance, whatever its case. */
function matches(instance: Instance, query: readonly string[]): boolean {
  const facts = [
    instance.name,
    instance.instanceId,
    instance.state,
    instance.instanceType,
    instance.privateIpAddress,
    instance.publicIpAddress,
    instance.ipv6Address,
    instance.availabilityZone,
    instance.vpcId,
    instance.subnetId,
    instance.keyName,
    instance.platformDetails,
    instance.scope.profile,
    instance.scope.accountId,
    ...Object.entries(instance.tags).flat(),
  ];
  const text = facts.filter((fact) => fact !== undefined).join('\n').toLowerCase();
  return query.every((word) => text.includes(word.toLowerCase()));
}

function byPlaceAndName(a: Instance, b: Instance): number {
  return scopeKey(a.scope).localeCompare(scopeKey(b.scope)) || (a.name ?? '').localeCompare(b.name ?? '', 'en', { numeric: true }) || a.instanceId.localeCompare(b.instanceId);
}
