/** What may come next in a filter: the names of fields, then the values that the hosts at hand have, the commonest first. */
import type { Instance } from '../contract/instance.ts';
import { type FilterContext, filterFields, isValues, tokenize, viaValues, type FilterField } from './hostFilter.ts';

export interface Completion {
  /** What is shown, e.g. `state:running`. */
  readonly label: string;
  /** The whole query once it is taken. */
  readonly query: string;
  /** Where the caret goes. */
  readonly caret: number;
  /** Hosts that have the value; absent for the name of a field. */
  readonly count?: number;
}

const SHOWN = 12;

/** A list or a map of them; as long as it is the same one, it has the same hosts. */
export interface Hosts {
  values(): Iterable<Instance>;
}

/** Suggestions for the term the caret is in, and none in free text that begins no field's name. */
export function completions(query: string, caret: number, hosts: Hosts, context: FilterContext): Completion[] {
  const token = tokenize(query).find(({ start, end }) => start < caret && caret <= end);
  if (token === undefined) return [];
  const typed = query.slice(token.start, caret);
  const sign = token.negated ? typed.slice(0, 1) : '';
  const insert = (text: string, complete: boolean, count?: number): Completion => {
    const term = `${sign}${text}${complete ? ' ' : ''}`;
    return { label: text, query: `${query.slice(0, token.start)}${term}${query.slice(token.end).trimStart()}`, caret: token.start + term.length, ...(count === undefined ? {} : { count }) };
  };
  if (token.field === undefined) {
    const beginning = typed.slice(sign.length).toLowerCase();
    return beginning === '' || beginning.includes(':') ? [] : filterFields.filter((field) => field.startsWith(beginning)).map((field) => insert(`${field}:`, false));
  }
  const given = typed.slice(sign.length + token.field.length + 1);
  const comma = given.lastIndexOf(',') + 1;
  const before = given.slice(0, comma);
  const beginning = given.slice(comma).replaceAll('"', '').toLowerCase();
  return countedValues(token.field, beginning, hosts, context)
    .filter(({ lowered }) => lowered.startsWith(beginning) && lowered !== beginning)
    .slice(0, SHOWN)
    .map(({ value, count }) => insert(`${token.field ?? ''}:${before}${quoted(value)}`, !value.endsWith('='), count));
}

/** Values with a space, a comma or a quote are quoted; a quote itself cannot be typed and is left out. */
function quoted(value: string): string {
  return /[\s",]/.test(value) ? `"${value.replaceAll('"', '')}"` : value;
}

interface CountedValue {
  readonly value: string;
  readonly lowered: string;
  readonly count: number;
}

/** Of the hosts asked about last: a value that is typed letter by letter is counted once. */
let counted: { readonly hosts: Hosts; readonly context: FilterContext; readonly values: Map<string, readonly CountedValue[]> } | undefined;

/** What the hosts have in a field, the commonest first. Of tags first the keys; the values once a key is there. */
function countedValues(field: FilterField, beginning: string, hosts: Hosts, context: FilterContext): readonly CountedValue[] {
  if (counted?.hosts !== hosts || counted.context !== context) counted = { hosts, context, values: new Map() };
  const equals = beginning.indexOf('=');
  const tagKey = field === 'tag' && equals >= 0 ? beginning.slice(0, equals) : undefined;
  const asked = `${field}:${tagKey ?? ''}${tagKey === undefined ? '' : '='}`;
  let values = counted.values.get(asked);
  if (values === undefined) {
    values = [...countValues(field, tagKey, hosts, context)].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value, count]) => ({ value, lowered: value.toLowerCase(), count }));
    counted.values.set(asked, values);
  }
  return values;
}

function countValues(field: FilterField, tagKey: string | undefined, hosts: Hosts, context: FilterContext): Map<string, number> {
  const counts = new Map<string, number>();
  const fixed = field === 'via' ? viaValues : field === 'is' ? isValues : undefined;
  if (fixed !== undefined) {
    for (const value of fixed) counts.set(value, 0);
    return counts;
  }
  const add = (value: string | undefined): void => {
    if (value !== undefined && value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  };
  if (field === 'tag' && tagKey === undefined) {
    for (const { tags } of hosts.values()) for (const key in tags) add(key);
    return new Map(Array.from(counts, ([key, count]) => [`${key}=`, count]));
  }
  if (field === 'tag') {
    // However the hosts spell it. A list of each one's tags would be felt.
    const keys = countedValues('tag', '', hosts, context).filter(({ lowered }) => lowered === `${tagKey}=`).map(({ value }) => value.slice(0, -1));
    for (const key of keys) {
      const hostsOf = new Map<string, number>();
      for (const { tags } of hosts.values()) if (Object.hasOwn(tags, key)) hostsOf.set(tags[key] ?? '', (hostsOf.get(tags[key] ?? '') ?? 0) + 1);
      for (const [value, count] of hostsOf) counts.set(`${key}=${value}`, count);
    }
    return counts;
  }
  for (const instance of hosts.values()) {
    const values = valuesOf(field, instance, context);
    // A set for each of 50,000 hosts would be felt.
    for (const value of values.length > 1 ? new Set(values) : values) add(value);
  }
  return counts;
}

function valuesOf(field: Exclude<FilterField, 'tag'>, instance: Instance, { networkNames, accountLabels }: FilterContext): (string | undefined)[] {
  const named = (id: string | undefined): (string | undefined)[] => (id === undefined ? [] : [networkNames.get(id) ?? id]);
  switch (field) {
    // The list below shows them already.
    case 'name':
    case 'id':
    case 'ip':
      return [];
    case 'state':
      return [instance.state];
    case 'type':
      return [instance.instanceType];
    case 'region':
      return [instance.scope.region];
    case 'account':
      return [(instance.scope.accountId === undefined ? undefined : accountLabels.get(instance.scope.accountId)) ?? instance.scope.profile];
    case 'vpc':
      return named(instance.vpcId);
    case 'subnet':
      return named(instance.subnetId);
    case 'az':
      return [instance.availabilityZone];
    case 'sg':
      return instance.securityGroups.map(({ groupId, groupName }) => groupName ?? groupId);
    case 'key':
      return [instance.keyName];
    case 'image':
      return [instance.imageId];
    case 'platform':
      return [instance.platformDetails];
    case 'ssm':
      return [instance.ssm?.pingStatus.toLowerCase() ?? (instance.ssmKnown ? 'none' : undefined)];
    case 'via':
    case 'is':
      return [];
  }
}
