/** What was last known of the chosen scopes, straight from the estate file: for a command that wants no services and no AWS. */
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Instance } from '../contract/instance.ts';
import type { NetworkFacts } from '../contract/network.ts';
import type { Scope, ScopeStatus } from '../contract/scope.ts';
import { ALL_REGIONS, scopeKey } from '../contract/scopeKey.ts';
import { readProfiles } from './aws/profiles.ts';
import type { AddedAccounts } from './aws/configFiles.ts';
import { ACCOUNTS_FILE } from './accountsFile.ts';
import { namedScopes, startingScopes } from './chosenScopes.ts';
import { systemClock } from './base/clock.ts';
import { dataDir } from './base/dataDir.ts';
import { ESTATE_FILE } from './estate/estateFile.ts';
import { openEstateDatabase, type EstateDatabase, type Mentions } from './estate/estateDatabase.ts';
import { fromShownRows } from './estate/estateRow.ts';
import { ownCloud } from './ownCloud.ts';
import { readKeptScopes } from './settings/keptScopes.ts';

export interface KnownEstate {
  /** As of `refreshedAt`, `ready`; scopes that were never read are not there. */
  readonly statuses: ScopeStatus[];
  /** A running app read every chosen scope to its end, the longest ago at this time; ISO 8601. Absent: not every one was read so. */
  readonly appReadAt: string | undefined;
  /**
   * Hosts that do not mention what is needed may be left out, and where less is needed, so is what a table does not show.
   *
   * @throws Error where the file is damaged
   */
  instances(needs: { readonly whole: boolean; readonly mentions: Mentions }): Instance[];
  network(): NetworkFacts[];
  close(): void;
}

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
  const folder = dataDir(environment, process.platform);
  const database = asIfThereWereNone(() => openEstateDatabase(join(folder, ESTATE_FILE), { readOnly: true }));
  if (database === undefined) return undefined;
  try {
    const scopes = await chosenScopes(folder, environment, profiles, regions);
    const known = asIfThereWereNone(() => toKnown(database, scopes.flatMap((scope) => (scope.region === ALL_REGIONS ? database.regions(scope.profile).map((region) => ({ ...scope, region })) : [scope]))));
    if (known === undefined) database.close();
    return known;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** A file that cannot be read, for whatever reason, must not keep anybody from a list of AWS's own; the services keep a damaged one aside and say so. */
function asIfThereWereNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function chosenScopes(folder: string, environment: NodeJS.ProcessEnv, profiles: readonly string[], regions: readonly string[]): Promise<readonly Scope[]> {
  const cloud = ownCloud(environment);
  const [{ profiles: known }, kept] = await Promise.all([readProfiles({ ...cloud, added: () => addedAccounts(folder) }), readKeptScopes(folder)]);
  return profiles.length > 0 || regions.length > 0 ? namedScopes(profiles, regions, known, [cloud]) : startingScopes(kept, known).scopes;
}

/** Its schemas are loaded only where something was added. */
async function addedAccounts(folder: string): Promise<AddedAccounts> {
  if (!existsSync(join(folder, ACCOUNTS_FILE))) return { profiles: [], signIns: [] };
  const { createAddedAccounts } = await import('./addedAccounts.ts');
  return createAddedAccounts({ dataDir: folder, clock: systemClock, onNotice: () => undefined }).read();
}

function toKnown(database: EstateDatabase, chosen: readonly Scope[]): KnownEstate {
  const found = chosen.flatMap((scope) => {
    const known = database.scope(scopeKey(scope));
    return known?.refreshedAt === undefined ? [] : [{ key: scopeKey(scope), scope: { ...scope, ...(known.accountId === undefined ? {} : { accountId: known.accountId }) }, refreshedAt: known.refreshedAt, byApp: known.refreshedBy !== 'cli', network: known.network }];
  });
  return {
    statuses: found.map(({ scope, refreshedAt }) => ({ scope, state: 'ready', instanceCount: 0, refreshedAt, problems: [] })),
    appReadAt: found.length === 0 || found.length < chosen.length || found.some(({ byApp }) => !byApp) ? undefined : found.map(({ refreshedAt }) => refreshedAt).toSorted()[0],
    // What is in the file are this program's own words.
    instances: ({ whole, mentions }) => found.flatMap(({ key, scope }) => (whole ? (JSON.parse(database.whole(key, mentions)) as Instance[]) : fromShownRows(database.shown(key, mentions), scope))),
    network: () => found.flatMap(({ network }) => (network === undefined ? [] : (JSON.parse(network) as NetworkFacts))),
    close: () => database.close(),
  };
}
