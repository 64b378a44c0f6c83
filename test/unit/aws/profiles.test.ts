import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { listProfiles, readProfiles } from '../../../src/services/aws/profiles.ts';
import { createCloud } from '../../integration/scriptedAws.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function cloudOf(config: string, options: Parameters<typeof createCloud>[1] = {}): ReturnType<typeof createCloud> {
  const cloud = await createCloud(config, { kind: 'aws', ...options });
  cleanups.push(cloud.remove);
  return cloud;
}

test('profiles of both files are listed with the region of their section', async () => {
  const cloud = await cloudOf('[default]\nregion = eu-west-1\n[profile work]\nregion=us-east-1\n[profile no-region]\noutput = json\n[sso-session corp]\nsso_region = eu-west-1\n[services local]\nec2 =\n  endpoint_url = http://127.0.0.1:1\n', {
    credentials: '[work]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n[only-keys]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n',
  });
  expect(await listProfiles(cloud)).toEqual([
    { profile: 'default', region: 'eu-west-1', demo: false },
    { profile: 'work', region: 'us-east-1', demo: false },
    { profile: 'no-region', demo: false },
    { profile: 'only-keys', demo: false },
  ]);
});

test('the region of the environment is that of the default profile only, where its section has none', async () => {
  const environment = { AWS_REGION: '', AWS_DEFAULT_REGION: 'ap-south-1' };
  const cloud = await cloudOf('[default]\noutput = json\n[profile other]\noutput = json\n', { environment });
  expect(await listProfiles(cloud)).toEqual([
    { profile: 'default', region: 'ap-south-1', demo: false },
    { profile: 'other', demo: false },
  ]);
  expect(await listProfiles({ ...cloud, environment: { ...environment, AWS_PROFILE: 'other' } })).toEqual([
    { profile: 'default', demo: false },
    { profile: 'other', region: 'ap-south-1', demo: false },
  ]);
});

test('postern_regions gives an entry for each region, of the demo as such', async () => {
  const cloud = await cloudOf('[profile demo]\nregion = eu-west-1\npostern_regions = eu-west-1, ap-northeast-1 ,\n', { kind: 'demo' });
  expect(await listProfiles(cloud)).toEqual([
    { profile: 'demo', region: 'eu-west-1', demo: true },
    { profile: 'demo', region: 'ap-northeast-1', demo: true },
  ]);
});

test('keys in the environment without any file are the profile default', async () => {
  const environment = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'eu-north-1' };
  expect(await listProfiles({ kind: 'aws', configFile: '/nowhere/config', credentialsFile: '/nowhere/credentials', environment })).toEqual([{ profile: 'default', region: 'eu-north-1', demo: false }]);
  expect(await listProfiles({ kind: 'demo', configFile: '/nowhere/config', credentialsFile: '/nowhere/credentials', environment })).toEqual([]);
});

test('files that are edited are read anew', async () => {
  const cloud = await cloudOf('[profile a]\n region = eu-west-1\n');
  expect((await listProfiles(cloud)).map(({ profile }) => profile)).toEqual(['a']);
  await writeFile(cloud.configFile, '[profile b]\nregion = eu-west-1\n');
  expect((await listProfiles(cloud)).map(({ profile }) => profile)).toEqual(['b']);
});

test('the files named by the environment are used where the cloud names none', async () => {
  const cloud = await cloudOf('[profile named]\nregion = eu-west-1\n');
  expect(await listProfiles({ kind: 'aws', environment: { AWS_CONFIG_FILE: cloud.configFile, AWS_SHARED_CREDENTIALS_FILE: cloud.credentialsFile } })).toEqual([{ profile: 'named', region: 'eu-west-1', demo: false }]);
});

test('a malformed file is named with its line, quotes nothing of it, and hides nothing of the other', async () => {
  const cloud = await cloudOf('region = eu-west-1\n# fine\n[profile good]\nregion = eu-west-1 ; fine\ns3 =\n  max_queue_size = 10\naws_secret_access_key wJalrXUtnFEMI\n[profile broken\nregion = eu-west-2\n[bare]\nregion = eu-west-3\n', { credentials: '[keys]\naws_access_key_id = AKIDEXAMPLE\n' });
  const { profiles, problems } = await readProfiles(cloud);
  expect(profiles.map(({ profile }) => profile)).toEqual(['good', 'keys']);
  expect(problems.map(({ code, message }) => [code, message.replace(cloud.configFile, 'FILE')])).toEqual([
    ['data.unreadable', 'FILE line 1: a setting before the first section.'],
    ['data.unreadable', 'FILE line 7: neither a section nor a setting.'],
    ['data.unreadable', 'FILE line 8: a section name that does not end with ].'],
    ['data.unreadable', 'FILE line 10: the section [bare] is not used.'],
  ]);
  expect(JSON.stringify(problems.map((problem) => problem.toReport()))).not.toContain('wJalr');
});

test('a file that cannot be read is an error when no profile is left', async () => {
  const cloud = await cloudOf('');
  await mkdir(cloud.credentialsFile);
  await expect(listProfiles(cloud)).rejects.toMatchObject({ code: 'data.unreadable', message: `${cloud.credentialsFile} cannot be read (EISDIR).` });
  await writeFile(cloud.configFile, '[profile a]\nregion = eu-west-1\n');
  await chmod(cloud.configFile, 0o600);
  expect((await listProfiles(cloud)).map(({ profile }) => profile)).toEqual(['a']);
});
