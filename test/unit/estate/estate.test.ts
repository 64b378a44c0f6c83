import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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

interface Options { readonly statuses?: () => readonly ScopeStatus[]; readonly isKept?: boolean; readonly nowMs?: number }

/** As beside an inventory, which holds what it told. */
function open(dataDir: string, { statuses = () => [ready], isKept = true, nowMs = Date.parse(refreshedAt) }: Options = {}): { estate: Estate; notices: Notice[] } {
  const notices: Notice[] = [];
  const held = new Map<string, Instance>();
  const estate = createEstate({ dataDir, app: 'web', isKept: async () => isKept, statuses, instances: () => [...held.values()], clock: { now: () => nowMs }, onNotice: (notice) => notices.push(notice), log: silentLog });
  cleanups.push(() => estate.close());
  return {
    estate: {
      ...estate,
      follow(event) {
        if (event.type === 'changed') for (const instance of event.instances) held.set(instance.instanceId, instance);
        if (event.type === 'removed') for (const instanceId of event.instanceIds) held.delete(instanceId);
        estate.follow(event);
      },
    },
    notices,
  };
}

async function recalled(estate: Estate, region = 'eu-west-1'): Promise<Instance[]> {
  const known = await estate.recall({ profile: 'p', region });
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
  const { estate } = open(dataDir, { statuses: () => statuses });
  estate.follow({ type: 'changed', instances: [host('i-stays'), host('i-gone')] });
  estate.follow({ type: 'removed', instanceIds: ['i-gone'] });
  await estate.close();
  const { estate: again } = open(dataDir, { statuses: () => statuses });
  again.follow({ type: 'changed', instances: [host('i-stays', 'renamed')] });
  await again.flush();
  statuses = [];
  again.follow({ type: 'removed', instanceIds: ['i-stays'] });
  await again.close();
  statuses = [ready];
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
  const other: ScopeStatus = { ...ready, scope: { ...scope, region: 'eu-west-9' } };
  const [one, two] = [open(dataDir).estate, open(dataDir, { statuses: () => [other] }).estate];
  one.follow({ type: 'changed', instances: Array.from({ length: 300 }, (_, index) => host(`i-a${index}`)) });
  two.follow({ type: 'changed', instances: Array.from({ length: 300 }, (_, index) => ({ ...host(`i-b${index}`), scope: other.scope })) });
  await Promise.all([one.close(), two.close()]);
  const { estate } = open(dataDir);
  expect([(await recalled(estate)).length, (await recalled(estate, 'eu-west-9')).length]).toEqual([300, 300]);
});

test('a list that another process wrote in between is replaced whole by one that was read later, although nothing looked different here', async () => {
  const dataDir = await folder();
  let status = ready;
  const { estate: app } = open(dataDir, { statuses: () => [status] });
  app.follow({ type: 'changed', instances: [host('i-1', 'running'), host('i-2')] });
  await app.flush();
  const { estate: command } = open(dataDir, { statuses: () => [{ ...ready, refreshedAt: '2026-11-22T10:01:00.000Z' }] });
  expect((await recalled(command)).length).toBe(2);
  command.follow({ type: 'changed', instances: [host('i-1', 'stopped'), host('i-3')] });
  command.follow({ type: 'removed', instanceIds: ['i-2'] });
  await command.close();
  status = { ...ready, refreshedAt: '2026-11-22T10:02:00.000Z' };
  app.follow({ type: 'scopes', statuses: [status] });
  await app.close();
  expect((await recalled(open(dataDir).estate)).map(({ instanceId, name }) => [instanceId, name])).toEqual([['i-1', 'running'], ['i-2', 'i-2']]);
});

test('what was recalled from the file is not written into it again', async () => {
  const dataDir = await folder();
  const { estate: made } = open(dataDir);
  made.follow({ type: 'changed', instances: [host('i-1'), host('i-2')] });
  await made.close();
  const file = new DatabaseSync(join(dataDir, ESTATE_FILE));
  file.exec("CREATE TRIGGER writes_i1 BEFORE INSERT ON instances WHEN new.instance_id = 'i-1' BEGIN SELECT RAISE(FAIL, 'it was written'); END");
  const { estate } = open(dataDir);
  for await (const instances of (await estate.recall({ profile: 'p', region: 'eu-west-1' }))?.instances ?? []) estate.follow({ type: 'changed', instances, recalled: new Set(['i-1', 'i-2']) });
  estate.follow({ type: 'changed', instances: [host('i-2', 'renamed')] });
  await estate.close();
  expect(file.prepare("SELECT listed ->> 'name' AS name FROM instances ORDER BY instance_id").all()).toEqual([{ name: 'i-1' }, { name: 'renamed' }]);
  file.close();
});

test('what could not be written is written whole as soon as it can be', async () => {
  const dataDir = await folder();
  const { estate: made } = open(dataDir);
  made.follow({ type: 'changed', instances: [host('i-1')] });
  await made.close();
  let status: ScopeStatus = { ...ready, refreshedAt: '2026-11-22T10:01:00.000Z' };
  // As a full disk would: nothing can be written, and what is there can be read.
  const file = new DatabaseSync(join(dataDir, ESTATE_FILE));
  file.exec("CREATE TRIGGER full_disk BEFORE INSERT ON instances BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
  const { estate } = open(dataDir, { statuses: () => [status] });
  const first = await estate.recall({ profile: 'p', region: 'eu-west-1' });
  for await (const instances of first?.instances ?? []) estate.follow({ type: 'changed', instances });
  estate.follow({ type: 'changed', instances: [host('i-1', 'renamed'), host('i-2')] });
  await estate.flush();
  expect(file.prepare('SELECT refreshed_at FROM scopes').get()).toEqual({ refreshed_at: refreshedAt });
  file.exec('DROP TRIGGER full_disk');
  file.close();
  status = { ...ready, refreshedAt: '2026-11-22T10:02:00.000Z' };
  await estate.flush();
  await estate.close();
  const { estate: later } = open(dataDir);
  expect((await later.recall({ profile: 'p', region: 'eu-west-1' }))?.refreshedAt).toBe('2026-11-22T10:02:00.000Z');
  expect((await recalled(later)).map(({ instanceId, name }) => [instanceId, name])).toEqual([['i-1', 'renamed'], ['i-2', 'i-2']]);
});

test('a file that is damaged while it is in use is kept aside, and the fresh one holds the whole list again', async () => {
  const dataDir = await folder();
  const { estate: made } = open(dataDir);
  const many = Array.from({ length: 450 }, (_, index) => host(`i-${String(index).padStart(4, '0')}`));
  made.follow({ type: 'changed', instances: many });
  await made.close();
  let status = ready;
  const { estate, notices } = open(dataDir, { statuses: () => [status] });
  for await (const instances of (await estate.recall({ profile: 'p', region: 'eu-west-1' }))?.instances ?? []) estate.follow({ type: 'changed', instances });
  const path = join(dataDir, ESTATE_FILE);
  const { size } = await stat(path);
  await writeFile(path, Buffer.concat([(await readFile(path)).subarray(0, 4096), Buffer.alloc(size - 4096, 0x5a)]));
  status = { ...ready, refreshedAt: '2026-11-22T10:01:00.000Z' };
  estate.follow({ type: 'changed', instances: [host('i-0000', 'renamed')] });
  await estate.flush();
  expect(notices.map(({ message }) => message)).toEqual([expect.stringMatching(/^estate\.sqlite is damaged\./)]);
  await estate.flush();
  await estate.close();
  const now = await recalled(open(dataDir).estate);
  expect([now.length, now[0]?.name]).toEqual([450, 'renamed']);
});

test('what nobody has read for three months is dropped', async () => {
  const dataDir = await folder();
  const { estate } = open(dataDir);
  estate.follow({ type: 'changed', instances: [host('i-1')] });
  await estate.close();
  const other: ScopeStatus = { ...ready, scope: { ...scope, region: 'eu-west-9' }, refreshedAt: '2027-02-21T10:00:00.000Z' };
  const { estate: later } = open(dataDir, { statuses: () => [other], nowMs: Date.parse('2027-02-21T10:00:00.000Z') });
  later.follow({ type: 'changed', instances: [{ ...host('i-2'), scope: other.scope }] });
  await later.close();
  const file = new DatabaseSync(join(dataDir, ESTATE_FILE));
  expect([file.prepare('SELECT region FROM scopes').all(), file.prepare('SELECT instance_id FROM instances').all()]).toEqual([[{ region: 'eu-west-9' }], [{ instance_id: 'i-2' }]]);
  file.close();
});

test('a scope that was never read to its end leaves nothing in the file, where nobody would drop it; when it is, it is there whole', async () => {
  const dataDir = await folder();
  const { refreshedAt: _refreshedAt, ...unread } = ready;
  let status: ScopeStatus = { ...unread, state: 'loading' };
  const { estate } = open(dataDir, { statuses: () => [status] });
  estate.follow({ type: 'changed', instances: [host('i-1')] });
  await estate.flush();
  status = { ...unread, state: 'needs-sign-in' };
  estate.follow({ type: 'changed', instances: [host('i-2')] });
  await estate.flush();
  // What another has begun in the same file.
  const other: ScopeStatus = { ...ready, scope: { ...scope, region: 'eu-west-9' } };
  const { estate: beside } = open(dataDir, { statuses: () => [other] });
  beside.follow({ type: 'changed', instances: [{ ...host('i-9'), scope: other.scope }] });
  await beside.close();
  const file = new DatabaseSync(join(dataDir, ESTATE_FILE));
  expect(file.prepare('SELECT instance_id FROM instances').all()).toEqual([{ instance_id: 'i-9' }]);
  file.close();
  status = ready;
  estate.follow({ type: 'scopes', statuses: [status] });
  await estate.close();
  expect((await recalled(open(dataDir).estate)).map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-2']);
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
