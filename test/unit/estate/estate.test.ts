import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { ScopeStatus } from '../../../src/contract/scope.ts';
import type { Notice } from '../../../src/contract/settings.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import { createEstate, type Estate } from '../../../src/services/estate/estate.ts';
import { ESTATE_FILE } from '../../../src/services/estate/estateFile.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const scope = { profile: 'p', region: 'eu-west-1', accountId: '111122223333' };
const refreshedAt = '2026-11-22T10:00:00.000Z';
const ready: ScopeStatus = { scope, state: 'ready', instanceCount: 1, refreshedAt, problems: [] };
const network = { scope, vpcs: [], subnets: [], securityGroups: [], ec2KeyPairs: [] };

function host(instanceId: string, name = instanceId): Instance {
  return { instanceId, name, scope, state: 'running', networkInterfaces: [{ networkInterfaceId: `eni-${instanceId}`, privateIpAddresses: [{ privateIpAddress: '10.0.0.4', primary: true }], ipv6Addresses: [], ipv4Prefixes: [], ipv6Prefixes: [], groups: [], tags: {} }], securityGroups: [], ssmKnown: true, tags: { Name: name, __proto__x: 'y' } };
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'postern-estate-'));
  cleanups.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

function open(dataDir: string, options: { statuses?: readonly ScopeStatus[]; isKept?: boolean } = {}): { estate: Estate; notices: Notice[] } {
  const notices: Notice[] = [];
  const estate = createEstate({ dataDir, app: 'web', isKept: async () => options.isKept ?? true, statuses: () => options.statuses ?? [ready], onNotice: (notice) => notices.push(notice), log: silentLog });
  cleanups.push(() => estate.close());
  return { estate, notices };
}

async function recalled(estate: Estate): Promise<Instance[]> {
  const known = await estate.recall({ profile: 'p', region: 'eu-west-1' });
  const instances: Instance[] = [];
  if (known !== undefined) for await (const some of known.instances) instances.push(...some);
  return instances;
}

test('what one run was told, the next one recalls: every instance whole, the time, the account and the network', async () => {
  const dataDir = await folder();
  const many = Array.from({ length: 450 }, (_, index) => host(`i-${String(index).padStart(4, '0')}`));
  const { estate } = open(dataDir);
  estate.follow({ type: 'changed', instances: many });
  estate.follow({ type: 'network', facts: network });
  await estate.close();
  const { estate: next } = open(dataDir);
  const known = await next.recall({ profile: 'p', region: 'eu-west-1' });
  expect({ ...known, instances: undefined }).toEqual({ scope, refreshedAt, network, instances: undefined });
  expect((await recalled(next)).toSorted((a, b) => a.instanceId.localeCompare(b.instanceId))).toEqual(many);
  expect(await next.regions('p')).toEqual(['eu-west-1']);
  expect(await next.recall({ profile: 'p', region: 'eu-west-9' })).toBe(undefined);
});

test('an instance that is gone at AWS is gone from the file; one that is only not listed any more stays', async () => {
  const dataDir = await folder();
  let statuses: readonly ScopeStatus[] = [ready];
  const estate = createEstate({ dataDir, app: 'web', isKept: async () => true, statuses: () => statuses, onNotice: () => undefined, log: silentLog });
  estate.follow({ type: 'changed', instances: [host('i-stays'), host('i-gone')] });
  estate.follow({ type: 'removed', instanceIds: ['i-gone'] });
  await estate.close();
  const again = createEstate({ dataDir, app: 'web', isKept: async () => true, statuses: () => statuses, onNotice: () => undefined, log: silentLog });
  again.follow({ type: 'changed', instances: [host('i-stays', 'renamed')] });
  statuses = [];
  again.follow({ type: 'removed', instanceIds: ['i-stays'] });
  statuses = [ready];
  await again.close();
  expect((await recalled(open(dataDir).estate)).map(({ instanceId, name }) => [instanceId, name])).toEqual([['i-stays', 'renamed']]);
});

test('the file and what SQLite keeps beside it are the person\'s own', async () => {
  const dataDir = await folder();
  const { estate } = open(dataDir);
  estate.follow({ type: 'changed', instances: [host('i-1')] });
  // Recalling waits for nothing else: the file is open after it.
  await recalled(estate);
  const modes = await Promise.all((await readdir(dataDir)).map(async (name) => [name, ((await stat(join(dataDir, name))).mode & 0o777).toString(8)]));
  expect(modes.length).toBeGreaterThan(0);
  expect(modes.map(([, mode]) => mode)).toEqual(modes.map(() => '600'));
});

test('a damaged file is kept aside with a notice, and a fresh one begins', async () => {
  const dataDir = await folder();
  await writeFile(join(dataDir, ESTATE_FILE), 'this is no database, it only has the name of one '.repeat(100));
  const { estate, notices } = open(dataDir);
  expect(await recalled(estate)).toEqual([]);
  expect(notices.map(({ message }) => message)).toEqual([expect.stringMatching(/^estate\.sqlite is damaged\. It was kept as estate\.sqlite\.corrupt-\S+, and a fresh one begins\.$/)]);
  estate.follow({ type: 'changed', instances: [host('i-1')] });
  await estate.close();
  expect((await recalled(open(dataDir).estate)).map(({ instanceId }) => instanceId)).toEqual(['i-1']);
  expect((await readdir(dataDir)).some((name) => name.startsWith(`${ESTATE_FILE}.corrupt-`))).toBe(true);
});

test('a file of a newer Postern is kept aside and said so', async () => {
  const dataDir = await folder();
  const newer = new DatabaseSync(join(dataDir, ESTATE_FILE));
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  const { estate, notices } = open(dataDir);
  expect(await recalled(estate)).toEqual([]);
  expect(notices.map(({ message }) => message)).toEqual([expect.stringMatching(/was written by a newer Postern\. It was kept as estate\.sqlite\.newer-/)]);
});

test('two processes write the same file, and neither loses what the other wrote', async () => {
  const dataDir = await folder();
  const [one, other] = [open(dataDir).estate, open(dataDir).estate];
  one.follow({ type: 'changed', instances: Array.from({ length: 300 }, (_, index) => host(`i-a${index}`)) });
  other.follow({ type: 'changed', instances: Array.from({ length: 300 }, (_, index) => host(`i-b${index}`)) });
  await Promise.all([one.close(), other.close()]);
  expect((await recalled(open(dataDir).estate)).length).toBe(600);
});

test('hosts of the demo are not kept', async () => {
  const dataDir = await folder();
  const { estate } = open(dataDir, { isKept: false });
  estate.follow({ type: 'changed', instances: [host('i-1')] });
  await estate.close();
  expect(await readdir(dataDir)).toEqual([]);
});

test('a list that is still being recalled when the estate closes ends there', async () => {
  const dataDir = await folder();
  const { estate } = open(dataDir);
  estate.follow({ type: 'changed', instances: Array.from({ length: 2500 }, (_, index) => host(`i-${index}`)) });
  await estate.close();
  const { estate: next } = open(dataDir);
  const pages = (await next.recall({ profile: 'p', region: 'eu-west-1' }))?.instances[Symbol.asyncIterator]();
  expect((await pages?.next())?.done).toBe(false);
  await next.close();
  expect(await pages?.next()).toEqual({ done: true, value: undefined });
});
