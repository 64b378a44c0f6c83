import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { preferencesDocument } from '../../../src/demo/sessionPreferences.ts';
import { createPreferencesReader, parsePreferences } from '../../../src/services/ssm/sessionPreferences.ts';

const NAME = 'SSM-SessionManagerRunShell';
const tokyo = { profile: 'prod', region: 'ap-northeast-1', accountId: '123456789012' };
const ohio = { ...tokyo, region: 'us-east-2' };

/** As the Session Manager console writes it: session-manager-schema.html in the user guide. */
const written = {
  schemaVersion: '1.0',
  description: 'Document to hold regional settings for Session Manager',
  sessionType: 'Standard_Stream',
  inputs: {
    s3BucketName: 'audit',
    s3KeyPrefix: 'sessions',
    s3EncryptionEnabled: true,
    cloudWatchLogGroupName: '/ssm/shells',
    cloudWatchEncryptionEnabled: true,
    cloudWatchStreamingEnabled: false,
    kmsKeyId: 'arn:aws:kms:ap-northeast-1:123456789012:key/1',
    runAsEnabled: true,
    runAsDefaultUser: 'deploy',
    idleSessionTimeout: '15',
    maxSessionDuration: '60',
    shellProfile: { windows: '', linux: 'exec bash\ncd ~' },
  },
};

test('every preference of the account is read', () => {
  expect(parsePreferences(NAME, JSON.stringify(written))).toEqual({
    documentName: NAME,
    idleMinutes: 15,
    maxMinutes: 60,
    runAsUser: 'deploy',
    shellProfile: { linux: 'exec bash\ncd ~' },
    kmsKeyId: 'arn:aws:kms:ap-northeast-1:123456789012:key/1',
    recordedTo: ['S3 bucket audit/sessions', 'CloudWatch log group /ssm/shells'],
  });
});

test('empty inputs are no preferences, and a run-as user counts only where run-as is on', () => {
  const inputs = { ...written.inputs, s3BucketName: '', cloudWatchLogGroupName: '', kmsKeyId: '', runAsEnabled: false, idleSessionTimeout: '', maxSessionDuration: '', shellProfile: { windows: 'cd C:\\', linux: '' } };
  expect(parsePreferences(NAME, JSON.stringify({ ...written, inputs }))).toEqual({ documentName: NAME, idleMinutes: 20, shellProfile: { windows: 'cd C:\\' }, recordedTo: [] });
});

test('numbers and truth values may be written as either kind', () => {
  const inputs = { ...written.inputs, runAsEnabled: 'true', idleSessionTimeout: 5, maxSessionDuration: 1440 };
  expect(parsePreferences(NAME, JSON.stringify({ ...written, inputs }))).toMatchObject({ idleMinutes: 5, maxMinutes: 1440, runAsUser: 'deploy' });
});

test.each([['no document', undefined, {}], ['a document that is no JSON', '---\nschemaVersion', { documentName: NAME }], ['a document of another shape', '[1]', { documentName: NAME }], ['values that cannot be', JSON.stringify({ inputs: { idleSessionTimeout: '-3', maxSessionDuration: { a: 1 }, shellProfile: 'x' } }), { documentName: NAME }]])('%s leaves the defaults of AWS', (_what, content, named) => {
  expect(parsePreferences(NAME, content)).toEqual({ ...named, idleMinutes: 20, shellProfile: {}, recordedTo: [] });
});

test('a shell profile of a whole book is cut', () => {
  const inputs = { ...written.inputs, shellProfile: { linux: 'x'.repeat(60_000), windows: '' } };
  expect(parsePreferences(NAME, JSON.stringify({ ...written, inputs })).shellProfile.linux).toBe(`${'x'.repeat(2_000)}…`);
});

test('each account and region is asked once in five minutes', async () => {
  let nowMs = 0;
  const asked: string[] = [];
  const reader = createPreferencesReader(
    async (scope, name) => {
      asked.push(`${scope.region} ${name}`);
      return JSON.stringify(preferencesDocument({ idleSessionTimeoutMinutes: 7 }));
    },
    { now: () => nowMs },
  );
  const [first] = await Promise.all([reader.of(tokyo), reader.of(tokyo), reader.of(ohio)]);
  expect(first.idleMinutes).toBe(7);
  nowMs = 5 * 60_000 - 1;
  await reader.of(tokyo);
  expect(asked).toEqual([`ap-northeast-1 ${NAME}`, `us-east-2 ${NAME}`]);
  nowMs += 1;
  await reader.of(tokyo);
  expect(asked.length).toBe(3);
});

test('a refusal is told, and asked about again the next time', async () => {
  let allowed = false;
  const reader = createPreferencesReader(
    async () => {
      if (!allowed) throw new PosternError({ code: 'aws.access-denied', message: 'ssm:GetDocument is not allowed.' });
      return undefined;
    },
    { now: () => 0 },
  );
  await expect(reader.of(tokyo)).rejects.toMatchObject({ code: 'aws.access-denied' });
  allowed = true;
  expect(await reader.of(tokyo)).toEqual({ idleMinutes: 20, shellProfile: {}, recordedTo: [] });
});
