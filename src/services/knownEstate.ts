/** What was last known of the chosen scopes, straight from the estate file: for a command that wants no services and no AWS. */
import { join } from 'node:path';
import * as z from 'zod';
import type { Instance } from '../contract/instance.ts';
import { NetworkFacts } from '../contract/network.ts';
import { ALL_REGIONS, scopeKey, type Scope, type ScopeStatus } from '../contract/scope.ts';
import { createAddedAccounts } from './addedAccounts.ts';
import { systemClock } from './base/clock.ts';
import { dataDir } from './base/dataDir.ts';
import { ESTATE_FILE } from './estate/estateFile.ts';
import { joinRow, openEstateDatabase, UnreadableEstate, type EstateDatabase } from './estate/estateDatabase.ts';
import { ownCloud } from './ownCloud.ts';
import { createScopeChoice } from './scopeChoice.ts';
import { createSettings } from './settings/settings.ts';

/** Rows of one page of whole instances. */
const PAGE_ROWS = 1000;

export interface KnownEstate {
  /** As of `refreshedAt`, `ready`; scopes that were never read are not there. */
  readonly statuses: ScopeStatus[];
  /** A running app read every chosen scope to its end, the longest ago at this time; ISO 8601. Absent: not every one was read so. */
  readonly appReadAt: string | undefined;
  /** @param whole with their network interfaces, which takes as long again */
  instances(whole: boolean): Instance[];
  /** What a table shows of them, in half the time. */
  table(): ListedInstance[];
  network(): NetworkFacts[];
  close(): void;
}

/** Of an instance, what a table shows. */
export type ListedInstance = Pick<Instance, 'instanceId' | 'name' | 'state' | 'instanceType' | 'privateIpAddress' | 'publicIpAddress' | 'scope'> & { readonly ssm?: Pick<NonNullable<Instance['ssm']>, 'pingStatus'> | undefined; readonly managedNode?: object | undefined };

export interface KnownEstateOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly profiles: readonly string[];
  readonly regions: readonly string[];
}

/**
 * @returns absent: nothing is known, or the file cannot be read
 * @throws PosternError `aws.profile-not-found`, `aws.no-region`, `aws.no-profile`
 */
export async function openKnownEstate({ environment, profiles, regions }: KnownEstateOptions): Promise<KnownEstate | undefined> {
  // Each schema is used once or twice here: compiling it takes longer than it saves.
  z.config({ jitless: true });
  const folder = dataDir(environment, process.platform);
  const database = openReadable(join(folder, ESTATE_FILE));
  if (database === undefined) return undefined;
  try {
    const chosen = (await chosenScopes(folder, environment, profiles, regions)).flatMap((scope) => (scope.region === ALL_REGIONS ? database.regions(scope.profile).map((region) => ({ ...scope, region })) : [scope]));
    return toKnown(database, chosen);
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function openReadable(path: string): EstateDatabase | undefined {
  try {
    return openEstateDatabase(path, { readOnly: true });
  } catch (thrown) {
    // The services keep it aside and say so; here it is only as if there were none.
    if (thrown instanceof UnreadableEstate) return undefined;
    throw thrown;
  }
}

async function chosenScopes(folder: string, environment: NodeJS.ProcessEnv, profiles: readonly string[], regions: readonly string[]): Promise<Scope[]> {
  const quiet = { dataDir: folder, clock: systemClock, onNotice: () => undefined };
  let chosen: readonly Scope[] = [];
  const choice = createScopeChoice({
    clouds: () => [{ ...ownCloud(environment), added: createAddedAccounts(quiet).read }],
    settings: createSettings(quiet),
    select: (scopes) => (chosen = scopes),
    onNotice: () => undefined,
  });
  await (profiles.length > 0 || regions.length > 0 ? choice.selectNamed(profiles, regions) : choice.chosen());
  return [...chosen];
}

function toKnown(database: EstateDatabase, chosen: readonly Scope[]): KnownEstate {
  const found = chosen.flatMap((scope) => {
    const known = database.scope(scopeKey(scope));
    return known?.refreshedAt === undefined ? [] : [{ key: scopeKey(scope), scope: { ...scope, ...(known.accountId === undefined ? {} : { accountId: known.accountId }) }, refreshedAt: known.refreshedAt, byApp: known.refreshedBy !== 'cli', network: known.network }];
  });
  // What is in the file are this program's own words.
  const listed = (key: string): Instance[] => {
    const instances: Instance[] = [];
    database.listed(key, (text) => instances.push(Object.assign(JSON.parse(text) as Omit<Instance, 'networkInterfaces'>, { networkInterfaces: [] })));
    return instances;
  };
  return {
    statuses: found.map(({ scope, refreshedAt }) => ({ scope, state: 'ready', instanceCount: 0, refreshedAt, problems: [] })),
    appReadAt: found.length === 0 || found.length < chosen.length || found.some(({ byApp }) => !byApp) ? undefined : found.map(({ refreshedAt }) => refreshedAt).toSorted()[0],
    instances: (whole) => found.flatMap(({ key }) => (whole ? wholeRows(database, key).map((text) => JSON.parse(text) as Instance) : listed(key))),
    table: () =>
      found.flatMap(({ key, scope }) =>
        database.table(key).map(([instanceId, name, state, instanceType, privateIpAddress, publicIpAddress, pingStatus, managed]) => ({
          instanceId,
          state,
          scope,
          ...(name === null ? undefined : { name }),
          ...(instanceType === null ? undefined : { instanceType }),
          ...(privateIpAddress === null ? undefined : { privateIpAddress }),
          ...(publicIpAddress === null ? undefined : { publicIpAddress }),
          ...(pingStatus === null ? undefined : { ssm: { pingStatus } }),
          ...(managed === null ? undefined : { managedNode: {} }),
        })),
      ),
    network: () => found.flatMap(({ network }) => (network === undefined ? [] : (NetworkFacts.safeParse(JSON.parse(network)).data ?? []))),
    close: () => database.close(),
  };
}

function wholeRows(database: EstateDatabase, key: string): string[] {
  const rows: string[] = [];
  let after = '';
  for (;;) {
    const page = database.page(key, after, PAGE_ROWS);
    rows.push(...page.map(([, listed, interfaces]) => joinRow(listed, interfaces)));
    const last = page.at(-1)?.[0];
    if (last === undefined || page.length < PAGE_ROWS) return rows;
    after = last;
  }
}
