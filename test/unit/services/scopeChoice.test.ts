import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Scope } from '../../../src/contract/scope.ts';
import type { Notice } from '../../../src/contract/settings.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { withChanges } from '../../../src/contract/settingsChange.ts';
import type { Cloud } from '../../../src/services/base/cloud.ts';
import { networkDialer } from '../../../src/services/base/dialer.ts';
import { createScopeChoice } from '../../../src/services/scopeChoice.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-scopes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function setUp(config: string, kept?: { profile: string; region: string }[], environment: Record<string, string> = {}, kind: Cloud['kind'] = 'aws') {
  const configFile = join(folder, 'config');
  writeFileSync(configFile, config);
  const cloud: Cloud = { kind, configFile, credentialsFile: join(folder, 'credentials'), environment, dialer: networkDialer, lentKeys: [], close: async () => {} };
  let settings = Settings.parse(kept === undefined ? {} : { scopes: kept });
  const selected: (readonly Scope[])[] = [];
  const notices: Notice[] = [];
  const choice = createScopeChoice({
    clouds: () => [cloud],
    settings: { get: async () => settings, change: async (changes) => void (settings = Settings.parse(withChanges(settings, changes))) },
    select: (scopes) => void selected.push(scopes),
    onNotice: (notice) => void notices.push(notice),
  });
  /** As another window or an editor does. */
  const edit = (scopes: { profile: string; region: string }[] | undefined): void => {
    settings = Settings.parse({ scopes });
    choice.keptChanged(settings.scopes);
  };
  return { choice, selected, notices, settings: () => settings, edit };
}

const twoProfiles = '[profile prod]\nregion = eu-west-1\n[profile stage]\nregion = us-east-2\n[profile bare]\noutput = json\n';

test('without a choice every profile is listed in its own region', async () => {
  const { choice, selected, notices } = setUp(twoProfiles);
  await choice.chosen();
  await choice.chosen();
  expect(selected).toEqual([[{ profile: 'prod', region: 'eu-west-1' }, { profile: 'stage', region: 'us-east-2' }]]);
  expect(notices).toEqual([]);
});

test('a choice is kept, and one that names a profile that is gone says so', async () => {
  const { choice, selected, notices } = setUp(twoProfiles, [{ profile: 'prod', region: 'ap-northeast-1' }, { profile: 'old', region: 'eu-west-1' }]);
  await choice.chosen();
  expect(selected).toEqual([[{ profile: 'prod', region: 'ap-northeast-1' }]]);
  expect(notices.map(({ message }) => message)).toEqual(['There is no profile "old" in the AWS config files.']);
});

test('a misspelt AWS_PROFILE is said', async () => {
  const { choice, notices } = setUp(twoProfiles, undefined, { AWS_PROFILE: 'prdo' });
  await choice.chosen();
  expect(notices.map(({ message }) => message)).toEqual(['There is no profile "prdo" in the AWS config files.']);
});

test('the demo alone lists its own, and neither misses nor forgets what was chosen of the person\'s', async () => {
  const kept = [{ profile: 'prod', region: 'eu-west-1' }];
  const { choice, selected, notices, settings } = setUp('[profile demo]\npostern_regions = ap-northeast-1,us-east-2\n', kept, {}, 'demo');
  await choice.chosen();
  expect(selected.at(-1)).toEqual([{ profile: 'demo', region: 'ap-northeast-1' }, { profile: 'demo', region: 'us-east-2' }]);
  expect(notices).toEqual([]);
  await choice.choose([{ profile: 'demo', region: 'us-east-2' }]);
  expect(settings().scopes).toEqual([...kept, { profile: 'demo', region: 'us-east-2' }]);
});

test('a choice of nothing stays a choice', async () => {
  const { choice, selected } = setUp(twoProfiles, []);
  await choice.chosen();
  expect(selected).toEqual([[]]);
});

test('profiles and regions by name: each profile in each region, else in its own', async () => {
  const { choice, selected } = setUp(twoProfiles);
  await choice.selectNamed(['prod', 'stage'], ['eu-central-1']);
  await choice.selectNamed(['stage'], []);
  expect(selected).toEqual([[{ profile: 'prod', region: 'eu-central-1' }, { profile: 'stage', region: 'eu-central-1' }], [{ profile: 'stage', region: 'us-east-2' }]]);
  await expect(choice.selectNamed(['nope'], [])).rejects.toMatchObject({ code: 'aws.profile-not-found' });
  await expect(choice.selectNamed(['bare'], [])).rejects.toMatchObject({ code: 'aws.no-region' });
});

test('a choice that was changed in the settings by someone else is listed, unless this run lists what was named', async () => {
  const { choice, selected, edit } = setUp(twoProfiles, [{ profile: 'prod', region: 'eu-west-1' }]);
  await choice.chosen();
  edit([{ profile: 'prod', region: 'eu-west-1' }]);
  await choice.chosen();
  expect(selected).toEqual([[{ profile: 'prod', region: 'eu-west-1' }]]);
  edit([{ profile: 'stage', region: 'eu-north-1' }]);
  await choice.chosen();
  edit(undefined);
  await choice.chosen();
  expect(selected.slice(1)).toEqual([[{ profile: 'stage', region: 'eu-north-1' }], [{ profile: 'prod', region: 'eu-west-1' }, { profile: 'stage', region: 'us-east-2' }]]);
  const named = setUp(twoProfiles, [{ profile: 'prod', region: 'eu-west-1' }]);
  await named.choice.selectNamed(['stage'], []);
  named.edit(undefined);
  await named.choice.chosen();
  expect(named.selected).toEqual([[{ profile: 'stage', region: 'us-east-2' }]]);
});
