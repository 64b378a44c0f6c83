/** `postern login`, and codes and commands asked on the terminal, against the demo's endpoints. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { createCliHome, type CliHome } from './cliProcess.ts';

const STAGING = '210987654321';
let demo: DemoCloud;
let cli: CliHome;
let environment: Record<string, string>;

beforeEach(async () => {
  demo = await startDemoCloud({ seed: randomBytes(32), log: silentLog });
  demo.identityCenter.settings.intervalSeconds = 0;
  cli = createCliHome();
  environment = { AWS_ENDPOINT_URL: demo.endpointUrl };
});
afterEach(async () => {
  cli.remove();
  await demo.close();
});

async function configure(config: string): Promise<void> {
  await mkdir(join(cli.folder, '.aws'), { recursive: true });
  await writeFile(join(cli.folder, '.aws', 'config'), config);
  await writeFile(join(cli.folder, '.aws', 'credentials'), (await readFile(demo.credentialsFile, 'utf8')).replace('[demo]', '[base]'));
}

const region = 'region = us-east-2';
const sso = (): string => `[profile sso-one]\n${region}\nsso_session = corp\nsso_account_id = ${STAGING}\nsso_role_name = ReadOnly\n[sso-session corp]\nsso_region = us-east-2\nsso_start_url = ${demo.endpointUrl}/start\n`;

test('postern login prints the page and the code, and signs in once the page was answered; without it a list says what to run', async () => {
  await configure(sso());
  const before = await cli.run(['ls', '--profile', 'sso-one'], { environment });
  expect([before.status, before.stdout]).toEqual([1, '']);
  expect(before.stderr).toContain('Profile sso-one needs a sign-in to corp. Sign in from the list of accounts, or run: postern login sso-one (aws.sign-in-needed)');

  const ssh = await cli.run(['ssh', 'web-4', '--', 'true'], { environment });
  expect([ssh.status, ssh.stderr.includes('No instance is called "web-4"'), ssh.stderr.includes('Profile sso-one needs a sign-in to corp.')]).toEqual([255, true, true]);

  const login = cli.start(['login', 'sso-one'], { environment });
  await login.printed('It must show the code');
  const [device] = demo.identityCenter.pendingDevices();
  if (device === undefined) throw new Error('nothing waits');
  await login.printed(`${demo.endpointUrl}/device?user_code=${device.userCode}`);
  await login.printed(`code ${device.userCode}`);
  device.outcome = 'approved';
  expect(await login.exited).toMatchObject({ status: 0, stdout: 'Signed in to corp.\n' });
  const folder = join(cli.folder, '.aws', 'sso', 'cache');
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);

  const after = await cli.run(['ls', '--profile', 'sso-one'], { environment });
  // The token is in the shared cache and nowhere in Postern's own files, its log included.
  const tokens = (await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))).flatMap((text) => [...text.matchAll(/"(?:accessToken|refreshToken|clientSecret)":"([^"]+)"/g)].map(([, secret = '']) => secret));
  expect(tokens).toHaveLength(4);
  const own = await readdir(cli.dataDir, { recursive: true, withFileTypes: true });
  for (const entry of own.filter((one) => one.isFile())) {
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
    expect(tokens.filter((secret) => text.includes(secret)), entry.name).toEqual([]);
    expect(text, entry.name).not.toMatch(/ASIA[A-Z2-7]{16}/);
  }
  expect(after.status).toBe(0);
  expect(after.stdout).toContain('us-east-2');

  // Ended by an administrator: what is known of the host does not hide why it cannot be opened.
  demo.identityCenter.revokeAll();
  demo.identities.endAll();
  const [name = ''] = /^\S+(?= +i-\S+ +running)/m.exec(after.stdout) ?? [];
  const refused = await cli.run(['ssh', name, '--via', 'session-manager', '--', 'true'], { environment });
  expect([refused.status, refused.stderr.includes('aws.sign-in-needed')]).toEqual([255, true]);
});

test('a profile that does not sign in is said', async () => {
  await configure(`${sso()}[profile keys]\n${region}\n`);
  expect(await cli.run(['login', 'keys'], { environment })).toMatchObject({ status: 1, stderr: expect.stringContaining('The profile "keys" does not sign in to Identity Center. (aws.profile-not-found)') });
});

test('an MFA code is asked on the terminal, once, and again when it was wrong', async () => {
  await configure(`[profile admin]\n${region}\nrole_arn = arn:aws:iam::${STAGING}:role/Admin\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/ann\n`);
  const list = cli.onTerminal(['ls', '--profile', 'admin', '--region', 'us-east-2', '--region', 'ap-northeast-1'], { environment, columns: 200 });
  await list.until(/MFA code of arn:aws:iam::123456789012:mfa\/ann for admin: /);
  list.type('000000\r');
  await list.until(/AWS did not take that code\. MFA code of/);
  list.type(`${demo.sts.mfaCode}\r`);
  await list.until(/web-1/);
  expect(await list.exited).toBe(0);
  expect(demo.faults.calls.filter(({ action, outcome }) => action === 'sts:GetSessionToken' && outcome === 'ok')).toHaveLength(1);
});

test('a command is shown on the terminal before its first run; without a terminal it never runs', async () => {
  const marker = join(cli.folder, 'ran');
  const [, accessKeyId = '', secretAccessKey = ''] = /aws_access_key_id = (\S+)\naws_secret_access_key = (\S+)/.exec(await readFile(demo.credentialsFile, 'utf8')) ?? [];
  await writeFile(join(cli.folder, 'answer.json'), JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey }));
  await configure(`[profile vault]\n${region}\ncredential_process = sh -c "echo x >> '${marker}'; cat '${join(cli.folder, 'answer.json')}'"\n`);
  const piped = await cli.run(['ls', '--profile', 'vault'], { environment });
  expect([piped.status, piped.stderr.includes('aws.consent-needed')]).toEqual([1, true]);
  await expect(stat(marker)).rejects.toMatchObject({ code: 'ENOENT' });
  const list = cli.onTerminal(['ls', '--profile', 'vault'], { environment, columns: 200 });
  await list.until(/echo x >> .*Run it, now and later \(yes\/no\)\? /s);
  list.type('yes\r');
  expect(await list.exited).toBe(0);
  expect(await readFile(marker, 'utf8')).toBe('x\n');
  expect((await cli.run(['ls', '--profile', 'vault'], { environment })).status).toBe(0);
});
