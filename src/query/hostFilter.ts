/**
 * The filter language over hosts, the same in the window and in `postern ls`. Pure.
 *
 *   web prod                 every word somewhere in the host's facts
 *   state:running,pending    a field with one of several values
 *   -tag:env=prod  !is:pinned  not
 *   name:"web 1"             quotes keep spaces, commas and colons
 *   region:ap-*  ip:10.0.0.0/16
 *
 * Fields whose values come from a list (state, region, ids, ...) want the whole value; `*` stands for anything. Names, ids of
 * instances, types, keys, images and platforms are found by a part. Values are compared without regard to case; tag keys with it, as AWS does.
 */
import type { Instance } from '../contract/instance.ts';
import { addressMatcher } from './addressMatcher.ts';

export const filterFields = ['name', 'id', 'ip', 'tag', 'state', 'type', 'region', 'account', 'vpc', 'subnet', 'az', 'sg', 'key', 'image', 'platform', 'ssm', 'via', 'is'] as const;
export type FilterField = (typeof filterFields)[number];

/** What `via:` knows: the ways that the facts at hand allow. */
export const viaValues = ['ssm', 'direct', 'eice', 'jump'] as const;
export const isValues = ['bastion', 'managed', 'pinned', 'public'] as const;

/** Facts beside the instance itself. */
export interface FilterContext {
  /** Name of a VPC or subnet by its id. */
  readonly networkNames: ReadonlyMap<string, string>;
  /** What the person calls an account, by its id. */
  readonly accountLabels: ReadonlyMap<string, string>;
  readonly pinned: ReadonlySet<string>;
  /** Hosts that others are reached through: see `findBastionIds`. */
  readonly bastions: ReadonlySet<string>;
  /** The VPCs they stand in. */
  readonly bastionVpcIds: ReadonlySet<string>;
  /** VPCs with an Instance Connect Endpoint that is ready. */
  readonly endpointVpcIds: ReadonlySet<string>;
}

export const emptyContext: FilterContext = { networkNames: new Map(), accountLabels: new Map(), pinned: new Set(), bastions: new Set(), bastionVpcIds: new Set(), endpointVpcIds: new Set() };

export interface FieldTerm {
  /** As typed: of the same text in the same context, the judgement is the same. */
  readonly text: string;
  readonly holds: (instance: Instance) => boolean;
  /** Whether the context has a say: without it a host is judged by itself alone. */
  readonly byContext: boolean;
}

export interface HostFilter {
  /** Lower-cased words of free text. */
  readonly words: readonly string[];
  /**
   * Whether every field term holds; without any it is always true.
   *
   * @param text the instance's `searchText`, where it is at hand
   */
  readonly holds: (instance: Instance, text?: string) => boolean;
  /** Whether there are field terms. */
  readonly hasFields: boolean;
  /** The field terms, but for the unwanted words. */
  readonly terms: readonly FieldTerm[];
  /** Lower-cased words that must not be there. */
  readonly unwanted: readonly string[];
  /** What the field terms are judged by. */
  readonly context: FilterContext;
  /** Sentences about terms that mean nothing, e.g. an unknown value of `is:`; such a term matches no host. */
  readonly problems: readonly string[];
}

type Test = (instance: Instance) => boolean;
type TextMatcher = (text: string | undefined) => boolean;

/** One term as typed. `start` and `end` are offsets into the query. */
export interface FilterToken {
  readonly start: number;
  readonly end: number;
  readonly negated: boolean;
  readonly field: FilterField | undefined;
  /** The values, or the one word of free text. */
  readonly values: readonly string[];
}

export function parseHostFilter(query: string, context: FilterContext = emptyContext): HostFilter {
  const words: string[] = [];
  const unwanted: string[] = [];
  const terms: FieldTerm[] = [];
  const problems: string[] = [];
  for (const { start, end, field, negated, values } of tokenize(query)) {
    if (field === undefined) {
      const word = (values[0] ?? '').toLowerCase();
      if (word !== '') (negated ? unwanted : words).push(word);
      continue;
    }
    const given = values.filter((value) => value !== '');
    if (given.length === 0) continue;
    const matches = given.map((value) => fieldTest(field, value, context, problems));
    const [only] = matches;
    const holds: Test = matches.length === 1 && only !== undefined && !negated ? only : (instance) => matches.some((test) => test(instance)) !== negated;
    terms.push({ text: query.slice(start, end), holds, byContext: contextFields.has(field) });
  }
  return {
    words,
    hasFields: terms.length + unwanted.length > 0,
    terms,
    unwanted,
    context,
    problems,
    holds(instance, text) {
      if (!terms.every((term) => term.holds(instance))) return false;
      const searched = unwanted.length === 0 ? '' : (text ?? searchText(instance));
      return !unwanted.some((word) => searched.includes(word));
    },
  };
}

/** Splits a query into its terms. `name:` of an unknown field is free text: an IPv6 address has colons too. */
export function tokenize(query: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  const term = /(?:[^\s"]+|"[^"]*"?)+/g;
  for (let match = term.exec(query); match !== null; match = term.exec(query)) {
    const raw = match[0];
    const sign = /^[-!](?=.)/.test(raw) ? 1 : 0;
    const body = raw.slice(sign);
    const colon = body.indexOf(':');
    const field = colon < 0 ? undefined : filterFields.find((name) => name === body.slice(0, colon).toLowerCase());
    tokens.push({
      start: match.index,
      end: match.index + raw.length,
      negated: sign === 1,
      field,
      values: field === undefined ? [unquoted(body)] : splitValues(body.slice(colon + 1)),
    });
  }
  return tokens;
}

/** At commas outside quotes. */
function splitValues(text: string): string[] {
  return (text.match(/(?:"[^"]*"?|[^,"])+/g) ?? ['']).map(unquoted);
}

function unquoted(text: string): string {
  return text.replaceAll('"', '');
}

/** Those whose test below asks the context. */
const contextFields: ReadonlySet<FilterField> = new Set<FilterField>(['account', 'vpc', 'subnet', 'via', 'is']);

function fieldTest(field: FilterField, value: string, context: FilterContext, problems: string[]): Test {
  const whole = wholeMatcher(value);
  const part = partMatcher(value);
  const named = (id: string | undefined): boolean => id !== undefined && (whole(id) || whole(context.networkNames.get(id)));
  switch (field) {
    case 'name':
      return ({ name }) => part(name);
    case 'id':
      return ({ instanceId, networkInterfaces }) => part(instanceId) || networkInterfaces.some(({ networkInterfaceId }) => part(networkInterfaceId));
    case 'ip': {
      const address = addressMatcher(value);
      return (instance) => someAddress(instance, address);
    }
    case 'tag':
      return tagTest(value);
    case 'state':
      return ({ state }) => whole(state);
    case 'type':
      return ({ instanceType }) => part(instanceType);
    case 'region':
      return ({ scope }) => whole(scope.region);
    case 'account':
      return ({ scope }) => whole(scope.accountId) || whole(scope.profile) || (scope.accountId !== undefined && whole(context.accountLabels.get(scope.accountId)));
    case 'vpc':
      return ({ vpcId }) => named(vpcId);
    case 'subnet':
      return ({ subnetId, networkInterfaces }) => named(subnetId) || networkInterfaces.some((eni) => named(eni.subnetId));
    case 'az':
      return ({ availabilityZone }) => whole(availabilityZone);
    case 'sg':
      return ({ securityGroups, networkInterfaces }) => [...securityGroups, ...networkInterfaces.flatMap(({ groups }) => groups)].some(({ groupId, groupName }) => whole(groupId) || whole(groupName));
    case 'key':
      return ({ keyName }) => part(keyName);
    case 'image':
      return ({ imageId }) => part(imageId);
    case 'platform':
      return ({ platformDetails, ssm }) => part(platformDetails) || part(ssm?.platformName);
    case 'ssm':
      return ssmTest(value, whole);
    case 'via':
      return viaTest(value, context, problems);
    case 'is':
      return isTest(value, context, problems);
  }
}

/** `key` has the tag; `key=` has it with nothing in it; `key=value` has that value. */
function tagTest(value: string): Test {
  const equals = value.indexOf('=');
  if (equals < 0) return ({ tags }) => Object.hasOwn(tags, value);
  const key = value.slice(0, equals);
  const matches = wholeMatcher(value.slice(equals + 1));
  return ({ tags }) => Object.hasOwn(tags, key) && matches(tags[key]);
}

/** `online`, `connectionlost`, `inactive` as Systems Manager says it, and `none` for a host it does not know. */
function ssmTest(value: string, whole: TextMatcher): Test {
  return value.toLowerCase() === 'none' ? ({ ssm, ssmKnown }) => ssm === undefined && ssmKnown : ({ ssm }) => whole(ssm?.pingStatus);
}

function viaTest(value: string, context: FilterContext, problems: string[]): Test {
  const running = (test: Test): Test => (instance) => instance.state === 'running' && test(instance);
  switch (value.toLowerCase()) {
    case 'ssm':
    case 'session-manager':
      return running(({ ssm }) => ssm?.pingStatus === 'Online');
    case 'direct':
    case 'ssh':
      return running(isPublic);
    case 'eice':
      return running(({ vpcId }) => vpcId !== undefined && context.endpointVpcIds.has(vpcId));
    case 'jump':
      return running(({ instanceId, vpcId }) => vpcId !== undefined && !context.bastions.has(instanceId) && context.bastionVpcIds.has(vpcId));
    default:
      problems.push(`"via:${value}" is none of ${viaValues.map((via) => `via:${via}`).join(', ')}`);
      return () => false;
  }
}

function isTest(value: string, context: FilterContext, problems: string[]): Test {
  switch (value.toLowerCase()) {
    case 'bastion':
      return ({ instanceId }) => context.bastions.has(instanceId);
    case 'managed':
      return ({ managedNode }) => managedNode !== undefined;
    case 'pinned':
      return ({ instanceId }) => context.pinned.has(instanceId);
    case 'public':
      return isPublic;
    default:
      problems.push(`"is:${value}" is none of ${isValues.map((is) => `is:${is}`).join(', ')}`);
      return () => false;
  }
}

function isPublic({ publicIpAddress, networkInterfaces }: Instance): boolean {
  return publicIpAddress !== undefined || networkInterfaces.some((eni) => eni.privateIpAddresses.some(({ association }) => association !== undefined));
}

/** The whole text, where `*` stands for anything. */
export function wholeMatcher(value: string): TextMatcher {
  const wanted = value.toLowerCase();
  if (!wanted.includes('*')) return (text) => text === wanted || (text !== undefined && text.length === wanted.length && text.toLowerCase() === wanted);
  const pieces = wanted.split('*');
  return (text) => text !== undefined && matchesPieces(text.toLowerCase(), pieces);
}

/** Any part of the text; with `*` the whole. */
function partMatcher(value: string): TextMatcher {
  if (value.includes('*')) return wholeMatcher(value);
  const wanted = value.toLowerCase();
  return (text) => text !== undefined && text.toLowerCase().includes(wanted);
}

/** Greedy from the left; no regular expression, so that no pattern can take long. */
function matchesPieces(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return from <= text.length - last.length;
}

/** Whether a test holds for any address of any interface, IPv4 or IPv6, private or public. */
export function someAddress(instance: Instance, test: (address: string) => boolean): boolean {
  const holds = (address: string | undefined): boolean => address !== undefined && test(address);
  return (
    holds(instance.privateIpAddress) ||
    holds(instance.publicIpAddress) ||
    holds(instance.ipv6Address) ||
    instance.networkInterfaces.some((eni) => eni.privateIpAddresses.some(({ privateIpAddress, association }) => holds(privateIpAddress) || holds(association?.publicIp)) || eni.ipv6Addresses.some(({ ipv6Address }) => holds(ipv6Address)))
  );
}

/** Lower-cased, a fact a line: the name, or the instance id where there is none, first. */
export function searchText(instance: Instance): string {
  return wordsOf(instance).join('\n').toLowerCase();
}

/** The facts that free text is looked for in, the name first, then what people look for most. */
export function wordsOf(instance: Instance): string[] {
  const words: string[] = [instance.name ?? instance.instanceId, instance.instanceId, instance.state];
  const add = (word: string | undefined): void => {
    if (word !== undefined) words.push(word);
  };
  someAddress(instance, (address) => {
    words.push(address);
    return false;
  });
  add(instance.instanceType);
  add(instance.scope.profile);
  add(instance.scope.region);
  add(instance.scope.accountId);
  add(instance.availabilityZone);
  add(instance.vpcId);
  add(instance.subnetId);
  add(instance.platformDetails);
  add(instance.keyName);
  add(instance.privateDnsName);
  for (const eni of instance.networkInterfaces) add(eni.networkInterfaceId);
  for (const [key, value] of Object.entries(instance.tags)) words.push(`${key}=${value}`);
  return words;
}
