/**
 * `postern ls [QUERY]`: the instances of the chosen scopes, as a table or as the contract's JSON; below the table, the hosts of
 * ~/.ssh/config.
 */
import { toPosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { ScopeProblem, ScopeStatus } from '../../contract/scope.ts';
import { scopeKey } from '../../contract/scopeKey.ts';
import type { ConfigHost } from '../../contract/sshConfig.ts';
import { toFilterContext } from '../../query/filterContext.ts';
import { emptyContext, parseHostFilter, searchText, type FilterContext, type HostFilter } from '../../query/hostFilter.ts';
import { hintSentence, queryHints } from '../../query/queryHints.ts';
import { queryNeeds, type QueryNeeds } from '../../query/queryNeeds.ts';
import { printAnswer, printJson, printReportOf } from './output.ts';
import { printable } from './printable.ts';
import type { Running } from './run.ts';
import { untilInterrupted } from './run.ts';
import { shortened, table } from './table.ts';

/** A name may have 256 characters; --json prints all of them. */
const NAME_COLUMNS = 40;

type ListedConfigHost = Pick<ConfigHost, 'name' | 'file' | 'line'>;

/** Where the list comes from: AWS, or what was last known. */
export interface ListSource {
  configHosts(): Promise<readonly ListedConfigHost[]>;
  /**
   * @param needs what may be left out when it is at hand without the rest
   * @throws PosternError `aws.no-profile`, `aws.no-region`
   */
  instances(needs: QueryNeeds): Promise<Instance[]>;
  statuses(): Promise<ScopeStatus[]>;
  network(): Promise<NetworkFacts[]>;
}

/** AWS itself, by the services. */
export function liveSource({ services, interrupted }: Running): ListSource {
  return {
    configHosts: () => services.local.configHosts.list(),
    instances: () => untilInterrupted(interrupted, services.local.allInstances()),
    statuses: () => services.scopes.list({}),
    network: () => services.network.list({}),
  };
}

/** @returns the exit status: 1 only when no scope answered */
export async function listCommand(source: ListSource, query: readonly string[], json: boolean): Promise<number> {
  const configHosts = (json ? [] : await source.configHosts()).filter(({ name }) => query.every((word) => name.toLowerCase().includes(word.toLowerCase())));
  const terms = query.map(asTerm).join(' ');
  const needs = queryNeeds(terms);
  const known = await source.instances(json ? { ...needs, whole: true } : needs).catch(async (thrown: unknown): Promise<Instance[]> => {
    // Who has hosts of their own and no AWS account has nothing to be told of.
    if (configHosts.length === 0 || !isNoAccount(thrown)) throw thrown;
    await printConfigHosts(configHosts);
    return [];
  });
  const statuses = await source.statuses();
  for (const status of statuses) printProblems(status);
  // AWS was asked: what it did not confirm is no answer to that.
  const unconfirmed = new Set(statuses.flatMap(({ remembered, state, scope }) => (remembered === true && state !== 'ready' ? [scopeKey(scope)] : [])));
  const all = known.filter(({ scope }) => !unconfirmed.has(scopeKey(scope)));
  if (all.length < known.length) process.stderr.write(`postern: ${known.length - all.length} hosts of an earlier run are not shown; "postern ls --offline" does.\n`);
  const answered = statuses.some(({ state }) => state !== 'failed' && state !== 'needs-sign-in');
  const filter = parseHostFilter(terms, await contextOf(source, all, needs));
  for (const problem of filter.problems) process.stderr.write(`postern: ${printable(problem)}\n`);
  const instances = inOrder(all.filter((instance) => matches(instance, filter)));
  // An empty list would say that nothing is there, when nobody answered.
  if (json && (answered || instances.length > 0)) await printJson(instances);
  else if (instances.length > 0) await printTable(instances);
  else if (configHosts.length > 0 && statuses.length === 0) return 0;
  else if (answered && configHosts.length === 0) process.stderr.write(query.length === 0 ? 'No instances there.\n' : 'No instance matches.\n');
  if (answered && instances.length === 0) for (const hint of queryHints(terms)) process.stderr.write(`postern: ${printable(hintSentence(hint))}.\n`);
  if (configHosts.length > 0) await printConfigHosts(configHosts);
  return answered ? 0 : 1;
}

function printTable(instances: readonly Instance[]): Promise<void> {
  return printAnswer(table([header, ...instances.map(row)]));
}

function isNoAccount(thrown: unknown): boolean {
  const { code } = toPosternError(thrown);
  return code === 'aws.no-profile' || code === 'aws.no-region';
}

function printConfigHosts(hosts: readonly ListedConfigHost[]): Promise<void> {
  return printAnswer(table([['SSH CONFIG', 'WHERE'], ...hosts.map(({ name, file, line }) => [shortened(printable(name), NAME_COLUMNS), printable(`${file} line ${line}`)])]));
}

/** One line for a scope that failed, and one for each kind of failure of its other calls. */
function printProblems({ scope, error, problems }: ScopeStatus): void {
  const place = scopeKey(scope);
  if (error !== undefined) printReportOf(place, error);
  for (const [first, ...more] of Map.groupBy(problems, (problem: ScopeProblem) => problem.error.code).values()) {
    if (first === undefined) continue;
    const others = more.length === 0 ? '' : ` The same holds for ${more.map((problem) => problem.action).join(', ')}.`;
    printReportOf(place, { ...first.error, message: `${first.error.message}${others}` });
  }
}

const header = ['NAME', 'INSTANCE ID', 'STATE', 'TYPE', 'PRIVATE', 'PUBLIC', 'SSM', 'SCOPE'];

function row(instance: Instance): string[] {
  const name = instance.name ?? '-';
  return [
    // No character takes more than two columns.
    name.length * 2 <= NAME_COLUMNS ? name : shortened(printable(name), NAME_COLUMNS),
    instance.instanceId,
    instance.state,
    instance.instanceType ?? (instance.managedNode === undefined ? '-' : 'managed node'),
    instance.privateIpAddress ?? '-',
    instance.publicIpAddress ?? '-',
    instance.ssm?.pingStatus ?? '-',
    scopeKey(instance.scope),
  ];
}

/** An argument with a space came quoted, and stays one term. */
function asTerm(argument: string): string {
  return /\s/.test(argument) && !argument.includes('"') ? argument.replace(/^([-!]?(?:[a-z]+:)?)(.*)$/s, '$1"$2"') : argument;
}

/** Facts of the network are asked for only where a field may need them. */
async function contextOf(source: ListSource, instances: readonly Instance[], needs: QueryNeeds): Promise<FilterContext> {
  if (!needs.network) return emptyContext;
  return toFilterContext({ instances: new Map(instances.map((instance) => [instance.instanceId, instance])), network: await source.network(), accountLabels: new Map(), pinned: new Set() });
}

/** Every word must be part of some fact of the instance, whatever its case. */
function matches(instance: Instance, { words, holds }: HostFilter): boolean {
  if (!holds(instance)) return false;
  if (words.length === 0) return true;
  const text = searchText(instance);
  return words.every((word) => text.includes(word));
}

/** By place, then by name; numbers in them by their value, letters whatever their case. */
function inOrder(instances: readonly Instance[]): Instance[] {
  const places = new Map<Instance['scope'], string>();
  const placeOf = ({ scope }: Instance): string => {
    let place = places.get(scope);
    if (place === undefined) {
      place = sortKey(scopeKey(scope));
      places.set(scope, place);
    }
    return place;
  };
  return instances
    .map((instance) => ({ instance, place: placeOf(instance), name: sortKey(instance.name ?? '') }))
    .sort((a, b) => compare(a.place, b.place) || compare(a.name, b.name) || compare(a.instance.instanceId, b.instance.instanceId))
    .map(({ instance }) => instance);
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** Made once for each text: comparing by a collator takes longer than reading all of them. */
function sortKey(text: string): string {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}
