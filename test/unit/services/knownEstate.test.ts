/** What `postern ls` reads from the estate file, beside what the whole instances would answer. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { Scope, ScopeStatus } from '../../../src/contract/scope.ts';
import { emptyContext, parseHostFilter, wordsOf } from '../../../src/query/hostFilter.ts';
import { queryNeeds } from '../../../src/query/queryNeeds.ts';
import { systemClock } from '../../../src/services/base/clock.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import { createEstate } from '../../../src/services/estate/estate.ts';
import { openKnownEstate } from '../../../src/services/knownEstate.ts';
import { instance, networkInterface } from '../renderer/literals.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const tokyo: Scope = { profile: 'prod', region: 'ap-northeast-1', accountId: '111122223333' };
const dublin: Scope = { profile: 'prod', region: 'eu-west-1', accountId: '111122223333' };

const hosts: Instance[] = [
  instance({ instanceId: 'i-web', name: 'Web 1', scope: tokyo, state: 'running', instanceType: 't3.small', privateIpAddress: '10.0.0.4', publicIpAddress: '203.0.113.9', availabilityZone: 'ap-northeast-1a', keyName: 'main', imageId: 'ami-1', platformDetails: 'Linux/UNIX', ssm: { pingStatus: 'Online', platformName: 'Amazon Linux', seenAt: '2026-11-22T00:00:00Z' }, ssmKnown: true, tags: { Name: 'Web 1', Env: 'prod' }, networkInterfaces: [networkInterface({ networkInterfaceId: 'eni-1', privateIpAddresses: [{ privateIpAddress: '10.0.0.4', primary: true }, { privateIpAddress: '10.0.7.7', primary: false }] })] }),
  // Lower-cased, the first is a k and the second begins with an i.
  instance({ instanceId: 'i-odd', name: '\u212aube "x"\\y', scope: dublin, state: 'stopped', ssmKnown: true, tags: { city: '\u0130stanbul', note: 'a\tb' }, networkInterfaces: [] }),
  instance({ instanceId: 'mi-1', name: 'rack', scope: dublin, state: 'running', managedNode: { resourceType: 'ManagedInstance' }, ssmKnown: true, tags: {}, networkInterfaces: [] }),
];

async function home(settings?: string): Promise<NodeJS.ProcessEnv> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-known-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  await writeFile(join(folder, 'config'), '[profile prod]\nregion = ap-northeast-1\n[profile other]\nregion = us-east-1\n');
  if (settings !== undefined) await writeFile(join(dataDir, 'settings.json'), settings);
  const statuses: ScopeStatus[] = [tokyo, dublin].map((scope) => ({ scope, state: 'ready', instanceCount: 1, refreshedAt: '2026-11-22T10:00:00.000Z', problems: [] }));
  const estate = createEstate({ dataDir, app: 'web', isKept: async () => true, statuses: () => statuses, instances: () => hosts, clock: systemClock, onNotice: () => undefined, log: silentLog });
  estate.follow({ type: 'changed', instances: hosts });
  await estate.close();
  return { HOME: folder, POSTERN_DATA_DIR: dataDir, AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') };
}

async function found(environment: NodeJS.ProcessEnv, query: string): Promise<string[]> {
  const known = await openKnownEstate({ environment, profiles: ['prod'], regions: ['ap-northeast-1', 'eu-west-1'] });
  if (known === undefined) throw new Error('nothing is known');
  const instances = known.instances(queryNeeds(query));
  known.close();
  return matching(instances, query);
}

function matching(instances: readonly Instance[], query: string): string[] {
  const { words, holds } = parseHostFilter(query, emptyContext);
  return instances.filter((one) => holds(one) && words.every((word) => wordsOf(one).join('\n').toLowerCase().includes(word))).map(({ instanceId }) => instanceId);
}

const queries = ['', 'web', 'WEB 1', 'kube', 'i', 'stanbul', 'env=prod', '10.0.7', 'eni-1', '"x"', 'name:"web 1"', 'name:k*', 'name:*y', 'state:RUNNING', 'state:running,stopped', '-state:running', 'type:t3', 'tag:Env=PROD', 'tag:city', 'tag:city=*', 'tag:note=a*b', 'region:eu-*', 'account:111122223333', 'account:prod', 'az:*a', 'key:mai', 'image:ami', 'platform:amazon', 'platform:linux', 'ssm:online', 'ssm:none', 'ip:10.0.7.7', 'ip:10.0.0.0/16', 'is:managed', 'is:public', 'id:eni', 'sg:nothing', 'nothing', '-web'];

test('each query finds in the file what it finds among whole hosts', async () => {
  const environment = await home();
  const answers = await Promise.all(queries.map(async (query) => [query, await found(environment, query)]));
  expect(answers).toEqual(queries.map((query) => [query, matching(hosts, query)]));
});

test('without names the choice of the settings file is taken, with its comments and without its bad entries; else each profile\'s own region', async () => {
  const placesOf = async (environment: NodeJS.ProcessEnv): Promise<string[] | undefined> => {
    const known = await openKnownEstate({ environment, profiles: [], regions: [] });
    known?.close();
    return known?.statuses.map(({ scope }) => `${scope.profile}/${scope.region}`);
  };
  expect(await placesOf(await home())).toEqual(['prod/ap-northeast-1']);
  expect(await placesOf(await home('{ // mine\n "scopes": [{ "profile": "prod", "region": "eu-west-1" }, { "profile": 7 }, ], "theme": "dark" }'))).toEqual(['prod/eu-west-1']);
  expect(await placesOf(await home('{ "scopes": [{ "profile": "prod", "region": "*" }] }'))).toEqual(['prod/ap-northeast-1', 'prod/eu-west-1']);
  expect(await placesOf(await home('{ "scopes": "no list" }'))).toEqual(['prod/ap-northeast-1']);
});
