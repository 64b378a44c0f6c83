import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRegistration, readToken, registrationPath, tokenPath, writeRegistration, writeToken } from '../../../src/services/aws/identityCenterCache.ts';
import { Secret } from '../../../src/services/base/secret.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'postern-cache-')), 'sso', 'cache');
});
afterEach(() => rm(join(folder, '..', '..'), { recursive: true, force: true }));

const older = { startUrl: 'https://d-1234567890.awsapps.com/start', region: 'eu-west-1' };
const session = { ...older, name: 'corp' };

test('files are named as botocore names them: by session, by start URL, and by all that a registration is for', () => {
  // Computed with Python's json and hashlib as in botocore/utils.py.
  expect(tokenPath('', session)).toBe('ee0bfd2552fbd840c02cc48b6e823320543c450f.json');
  expect(tokenPath('', older)).toBe('7487b5b67d5fa1132cf33fa93ae51ef38cc37752.json');
  expect(registrationPath('', older)).toBe('8ba5c4795fa8538a47da089266d94d19d06fe7f6.json');
  expect(registrationPath('', { name: 'corp', startUrl: 'https://例.awsapps.com/start', region: 'eu-west-1', scopes: ['sso:account:access', 'x'] })).toBe('3b5877e9e729f575edb2fbb307f5381b8a903803.json');
});

test('a token is written whole with mode 0600 whatever the umask, and read back as it was', async () => {
  const umask = process.umask(0);
  try {
    const registration = { clientId: 'id', clientSecret: Secret.fromText('client secret'), expiresAtMs: Date.parse('2030-01-01T00:00:00Z') };
    await writeToken(folder, session, { accessToken: Secret.fromText('a'), expiresAtMs: Date.parse('2029-12-31T23:59:59.999Z'), refreshToken: Secret.fromText('r'), registration });
    await writeRegistration(folder, session, registration);
  } finally {
    process.umask(umask);
  }
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(JSON.parse(await readFile(tokenPath(folder, session), 'utf8'))).toEqual({ startUrl: session.startUrl, region: 'eu-west-1', accessToken: 'a', expiresAt: '2029-12-31T23:59:59Z', clientId: 'id', clientSecret: 'client secret', registrationExpiresAt: '2030-01-01T00:00:00Z', refreshToken: 'r' });
  const token = await readToken(folder, session);
  expect([token?.accessToken.revealText(), token?.refreshToken?.revealText(), token?.expiresAtMs, token?.registration?.clientSecret.revealText()]).toEqual(['a', 'r', Date.parse('2029-12-31T23:59:59Z'), 'client secret']);
  expect(JSON.stringify(token)).not.toContain('client secret');
  expect((await readRegistration(folder, session))?.clientId).toBe('id');
});

test.for(['', '{', '[]', '{"accessToken":"a"}', '{"accessToken":"a","expiresAt":"soon"}', '{"accessToken":7,"expiresAt":"2030-01-01T00:00:00Z"}'])('a damaged file is no token: %j', async (content) => {
  await mkdir(folder, { recursive: true });
  await writeFile(tokenPath(folder, session), content);
  expect(await readToken(folder, session)).toBe(undefined);
});

test('the time of AWS CLI version 1 is understood', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(tokenPath(folder, older), '{"accessToken": "a", "expiresAt": "2030-01-01T00:00:00UTC"}');
  expect((await readToken(folder, older))?.expiresAtMs).toBe(Date.parse('2030-01-01T00:00:00Z'));
});
