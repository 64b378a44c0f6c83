/** Makes equal texts of many rows one text in memory: 50,000 instances name a few hundred subnets, types and tags. */
import type { Instance, NetworkInterface, SsmFacts, StatusChecks } from '../../contract/instance.ts';
import type { Scope } from '../../contract/scope.ts';

/** Texts that few rows share are not worth remembering. */
const MAX_TEXTS = 20_000;
const MAX_CHECKS = 500;

const texts = new Map<string, string>();
const scopes = new Map<string, Scope>();
let checks = new Map<string, StatusChecks>();

/** Instance and interface as they were read; nothing in them changes its value. */
export function internInstance(row: Instance): Instance {
  shareTexts(row, instanceFields);
  row.scope = sharedScope(row.scope);
  row.networkInterfaces.forEach(internInterface);
  for (const group of row.securityGroups) shareTexts(group, groupFields);
  shareTexts(row.tags, Object.keys(row.tags));
  return row;
}

export function internInterface(row: NetworkInterface): void {
  shareTexts(row, interfaceFields);
  for (const group of row.groups) shareTexts(group, groupFields);
  for (const { association } of row.privateIpAddresses) if (association !== undefined) shareTexts(association, associationFields);
  if (row.attachment !== undefined) shareTexts(row.attachment, attachmentFields);
  if (row.ipv6Addresses.length === 0) row.ipv6Addresses = noAddresses;
  if (row.ipv4Prefixes.length === 0) row.ipv4Prefixes = noPrefixes;
  if (row.ipv6Prefixes.length === 0) row.ipv6Prefixes = noPrefixes;
}

/** Of most hosts the checks are the same, and so is when they were read. */
export function internChecks(row: StatusChecks): StatusChecks {
  const key = JSON.stringify(row);
  const known = checks.get(key);
  if (known !== undefined) return known;
  if (checks.size >= MAX_CHECKS) checks = new Map();
  checks.set(key, row);
  return row;
}

export function internSsm(row: SsmFacts): SsmFacts {
  shareTexts(row, ssmFields);
  return row;
}

const instanceFields = ['state', 'stateTransitionReason', 'imageId', 'instanceType', 'platformDetails', 'architecture', 'availabilityZone', 'vpcId', 'subnetId', 'keyName', 'iamInstanceProfileArn'];
const interfaceFields = ['description', 'status', 'interfaceType', 'vpcId', 'subnetId', 'availabilityZone', 'ownerId', 'requesterId'];
const ssmFields = ['pingStatus', 'agentVersion', 'platformType', 'platformName', 'platformVersion'];
const groupFields = ['groupId', 'groupName'];
const associationFields = ['ipOwnerId'];
const attachmentFields = ['status', 'instanceOwnerId'];
const noAddresses: NetworkInterface['ipv6Addresses'] = [];
const noPrefixes: string[] = [];

function shareTexts(row: object, names: readonly string[]): void {
  const fields = row as Record<string, unknown>;
  for (const name of names) {
    const value = fields[name];
    if (typeof value !== 'string') continue;
    const known = texts.get(value);
    if (known !== undefined) fields[name] = known;
    else if (texts.size < MAX_TEXTS) texts.set(value, value);
  }
}

function sharedScope(scope: Scope): Scope {
  const key = `${scope.profile}/${scope.region}/${scope.accountId ?? ''}`;
  const known = scopes.get(key);
  if (known !== undefined) return known;
  scopes.set(key, scope);
  return scope;
}
