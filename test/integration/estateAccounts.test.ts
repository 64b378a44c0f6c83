/** The list of hosts while sign-ins end: credentials that run out between two pages, a sign-in that is taken back, and a profile that goes. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountPrompt } from '../../src/contract/account.ts';
import type { ContractEvent } from '../../src/contract/contract.ts';
import type { ScopeStatus } from '../../src/contract/scope.ts';
import { startDemoCloud, type DemoCloud } from '../../src/demo/demoCloud.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import type { Cloud } from '../../src/services/base/cloud.ts';
import { networkDialer } from '../../src/services/base/dialer.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { MemorySecretStore } from '../../src/services/base/secret.ts';
import { createServices, type Services } from '../../src/services/services.ts';

const REGION = 'ap-northeast-1';
const HOSTS = 2400;
let home: string;
let demo: DemoCloud;
let services: Services;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'postern-estate-accounts-'));
  await mkdir(join(home, '.aws'), { mode: 0o700 });
  await mkdir(join(home, 'data'));
  demo = await startDemoCloud({ seed: randomBytes(32), log: silentLog, instances: HOSTS, regions: 1 });
  demo.identityCenter.settings.intervalSeconds = 0;
  await writeConfig(`${sso('sso-one')}${sso('sso-two')}[profile base]\nregion = ${REGION}\n[sso-session corp]\nsso_region = ${REGION}\nsso_start_url = ${demo.endpointUrl}/start\nsso_registration_scopes = sso:account:access\n`);
  await writeFile(join(home, '.aws', 'credentials'), (await readFile(demo.credentialsFile, 'utf8')).replace('[demo]', '[base]'), { mode: 0o600 });
  const cloud: Cloud = { kind: 'aws', configFile: join(home, '.aws', 'config'), credentialsFile: join(home, '.aws', 'credentials'), environment: { HOME: home, AWS_ENDPOINT_URL: demo.endpointUrl }, dialer: networkDialer, lentKeys: [], close: async () => {} };
  services = await createServices({ app: 'web', version: '0.0.0', dataDir: join(home, 'data'), secrets: new MemorySecretStore(), log: silentLog, clock: systemClock, clouds: [cloud] });
});

afterEach(async () => {
  await services.close();
  await demo.close();
  await rm(home, { recursive: true, force: true });
});

const writeConfig = (text: string): Promise<void> => writeFile(join(home, '.aws', 'config'), text);
const sso = (profile: string): string => `[profile ${profile}]\nregion = ${REGION}\nsso_session = corp\nsso_account_id = ${demo.estate.accountId}\nsso_role_name = ReadOnly\n`;
const actions = (action: string): number => demo.faults.calls.filter((call) => call.action === action).length;

/** Begins with now; the first thing that is found. */
function until<T>(find: (event: ContractEvent | undefined) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const look = (event: ContractEvent | undefined): void => {
      const found = find(event);
      if (found === undefined) return;
      stop();
      resolve(found);
    };
    const stop = services.onEvent(look);
    look(undefined);
  });
}

/** The next statuses that fit. */
function statuses(fit: (all: readonly ScopeStatus[]) => boolean): Promise<readonly ScopeStatus[]> {
  return until((event) => (event?.name === 'scopes.changed' && fit(event.payload) ? event.payload : undefined));
}

async function signIn(): Promise<void> {
  const waiting = until((event) => (event?.name === 'accounts.promptsChanged' ? event.payload.flatMap((prompt: AccountPrompt) => (prompt.kind === 'sign-in' && prompt.progress.name === 'waiting' ? [prompt.progress.url] : []))[0] : undefined));
  const done = services.accounts.signIn({ signIn: 'corp', method: 'code' });
  await waiting;
  for (const device of demo.identityCenter.pendingDevices()) device.outcome = 'approved';
  await done;
}

test('credentials that end between two pages of a list are fetched anew: the list is whole, and nobody is asked', async () => {
  await signIn();
  const firstPage = until((event) => (event?.name === 'instances.changed' ? true : undefined)).then(() => demo.identities.endAll());
  await services.local.select(['sso-one'], []);
  expect((await services.local.allInstances()).length).toBe(HOSTS);
  await firstPage;
  expect((await services.scopes.list({})).map(({ state, error, problems }) => [state, error, problems])).toEqual([['ready', undefined, []]]);
  expect(demo.faults.calls.filter(({ outcome }) => outcome === 'RequestExpired').length).toBeGreaterThan(0);
  expect(actions('sso:GetRoleCredentials')).toBe(2);
});

test('a sign-in that is taken back says so by account: its hosts stay, other accounts go on, one prompt is for all, and the answer reads the lists again', async () => {
  await signIn();
  await services.local.select(['sso-one', 'sso-two', 'base'], []);
  await services.local.allInstances();
  demo.identityCenter.revokeAll();
  demo.identities.endAll();
  const waits = statuses((all) => all.filter(({ state }) => state === 'needs-sign-in').length === 2 && all.some(({ scope, state }) => scope.profile === 'base' && state === 'ready'));
  const prompts = until((event) => (event?.name === 'accounts.promptsChanged' && event.payload.some(({ profiles }) => profiles.length === 2) ? event.payload : undefined));
  await services.instances.list({ refresh: true });
  expect((await waits).map(({ scope, state, error, instanceCount, refreshedAt }) => [scope.profile, state, error?.code, instanceCount, refreshedAt !== undefined])).toEqual([
    ['sso-one', 'needs-sign-in', 'aws.sign-in-needed', HOSTS, true],
    ['sso-two', 'needs-sign-in', 'aws.sign-in-needed', HOSTS, true],
    ['base', 'ready', undefined, HOSTS, true],
  ]);
  expect((await prompts).map(({ kind, profiles }) => [kind, profiles.toSorted()])).toEqual([['sign-in', ['sso-one', 'sso-two']]]);
  expect((await services.instances.list({ refresh: false })).length).toBe(HOSTS);
  const again = statuses((all) => all.length === 3 && all.every(({ state }) => state === 'ready'));
  await signIn();
  expect((await again).map(({ error, problems }) => [error, problems])).toEqual([[undefined, []], [undefined, []], [undefined, []]]);
});

test('a profile that is taken out of the config file is named where it was chosen; its hosts stay as they were last seen, until it is not chosen any more', async () => {
  await services.scopes.select({ scopes: [{ profile: 'base', region: REGION }] });
  await services.local.allInstances();
  const failed = statuses((all) => all.some(({ state }) => state === 'failed'));
  await writeConfig('[profile other]\n');
  await writeFile(join(home, '.aws', 'credentials'), '');
  await services.instances.list({ refresh: true });
  expect((await failed).map(({ scope, error, instanceCount }) => [scope.profile, error?.code, instanceCount])).toEqual([['base', 'aws.profile-not-found', HOSTS]]);
  expect((await services.instances.list({ refresh: false })).length).toBe(HOSTS);
  await services.scopes.select({ scopes: [] });
  expect(await services.instances.list({ refresh: false })).toEqual([]);
});
