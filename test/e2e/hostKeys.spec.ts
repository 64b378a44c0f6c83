/** Acceptance 8 of the SSH work and what a person sees of host keys: who vouches, what is refused, and what forgetting asks. */
import { rm } from 'node:fs/promises';
import { hostKeyFingerprint } from '../../src/services/ssh/hostKeys.ts';
import { emptyAnswer, profileSection, startScriptedAws } from '../integration/scriptedAws.ts';
import { startSshd } from '../integration/sshd.ts';
import { activeTab, expect, expectScreen, host, launchApp, openHost, test } from './app.ts';
import { homeWithProfiles } from './ownCloud.ts';

/** Loopback of this machine, where the man in the middle is; port 22 is free there. */
const ADDRESS = '127.66.83.22';
const INSTANCE_ID = 'i-0123456789abcdef0';

test('a man in the middle is refused at first contact: the tab names both keys and offers nothing to accept', { tag: '@web' }, async ({ page }, testInfo) => {
  const [rogue, real] = await Promise.all([startSshd({ machine: { address: ADDRESS } }), startSshd()]);
  const ownKey = hostKeyFingerprint(real.hostKeys[0]?.blob ?? Buffer.alloc(0));
  const rogueKey = hostKeyFingerprint(rogue.hostKeys[0]?.blob ?? Buffer.alloc(0));
  const console = `ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----\r\nec2: 256 ${ownKey} root@target (ED25519)\r\nec2: -----END SSH HOST KEY FINGERPRINTS-----\r\n`;
  const aws = await startScriptedAws((call) => {
    if (call.operation === 'DescribeInstances') {
      return { body: `<DescribeInstancesResponse><reservationSet><item><ownerId>111122223333</ownerId><instancesSet><item><instanceId>${INSTANCE_ID}</instanceId><instanceState><name>running</name></instanceState><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><privateIpAddressesSet><item><privateIpAddress>10.0.0.5</privateIpAddress><primary>true</primary><association><publicIp>${ADDRESS}</publicIp></association></item></privateIpAddressesSet></item></networkInterfaceSet><tagSet><item><key>Name</key><value>target</value></item></tagSet></item></instancesSet></item></reservationSet></DescribeInstancesResponse>` };
    }
    if (call.operation === 'GetConsoleOutput') return { body: `<GetConsoleOutputResponse><instanceId>${INSTANCE_ID}</instanceId><output>${Buffer.from(console).toString('base64')}</output></GetConsoleOutputResponse>` };
    return emptyAnswer(call);
  });
  const home = await homeWithProfiles(profileSection('work', aws.url));
  const app = await launchApp(testInfo.project.name, { arguments: [], home });
  try {
    await page.goto(app.url);
    await expect(host(page, 'target')).toBeVisible();
    await openHost(page, 'target', 'Shift+Enter');
    const chooser = page.getByRole('dialog', { name: 'Open target' });
    await chooser.getByRole('radio', { name: new RegExp(`^SSH to ${ADDRESS.replaceAll('.', String.raw`\.`)}`) }).check();
    await chooser.getByRole('button', { name: 'Open' }).click();
    await expect(activeTab(page)).toHaveAttribute('data-state', 'failed');
    const note = page.locator('.terminal-tab:not([hidden]) .error-note');
    await expect(note).toContainText(`What answers as ${INSTANCE_ID} shows the ssh-ed25519 key ${rogueKey}, but its console output tells ssh-ed25519 ${ownKey}. Nothing was sent to it.`);
    await expect(note).toContainText('ssh.host-key-contradicted');
    await expect(page.getByTestId('question')).toHaveCount(0);
    await expect(page.getByRole('button', { name: /trust|accept/i })).toHaveCount(0);
    expect(rogue.log()).toContain('SSH2_MSG_KEXINIT sent');
    expect(rogue.log()).not.toMatch(/userauth-request|ssh-userauth|publickey/);
  } finally {
    await app.stop();
    await Promise.all([aws.close(), rogue.stop(), real.stop(), rm(home, { recursive: true, force: true })]);
  }
});

test('where the console tells nothing the question says so, and the host itself proves its key; forgetting it asks for the name', { tag: '@web' }, async ({ window }) => {
  await openHost(window, 'web-3', 'Shift+Enter');
  const chooser = window.getByRole('dialog', { name: 'Open web-3' });
  await chooser.getByRole('radio', { name: /^SSH to 203\.0\.113\.33/ }).check();
  await chooser.getByRole('button', { name: 'Open' }).click();
  const question = window.getByTestId('question');
  await expect(question).toContainText('The console output of the instance tells no host key.');
  await expect(question.getByRole('button', { name: 'Trust this key and connect' })).toBeVisible();
  await question.getByRole('button', { name: 'Check through Session Manager' }).click();
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
  await expectScreen(window, /\$ ?$/);

  const views = window.getByRole('navigation', { name: 'Views' });
  await views.getByRole('button', { name: 'Keys' }).click();
  const row = window.getByRole('table', { name: 'Known hosts' }).getByRole('row').filter({ hasText: 'web-3' });
  await expect(row).toContainText('proven by the host through Session Manager');
  await row.getByRole('button', { name: /^Forget the key of/ }).click();
  const dialog = window.getByRole('dialog', { name: 'Forget the host key of web-3?' });
  const forget = dialog.getByRole('button', { name: 'Forget' });
  await expect(forget).toBeDisabled();
  await dialog.getByLabel('Type web-3 to confirm').fill('web-');
  await expect(forget).toBeDisabled();
  await dialog.getByLabel('Type web-3 to confirm').fill('web-3');
  await forget.click();
  await expect(row).toHaveCount(0);
  await views.getByRole('button', { name: 'Hosts' }).click();
});

test('the user who signs in is changed in the host panel, for that host alone', { tag: '@web' }, async ({ window }) => {
  await host(window, 'web-2').click();
  const panel = window.getByRole('article', { name: 'Host web-2' });
  await expect(panel.getByText('ec2-user, guessed from the image.')).toBeVisible();
  await panel.getByLabel('Sign in as').fill('deploy');
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByText('Set for this host. Empty: the usual one.')).toBeVisible();
  await host(window, 'web-1').click();
  await expect(window.getByRole('article', { name: 'Host web-1' }).getByText('ec2-user, guessed from the image.')).toBeVisible();
  await host(window, 'web-2').click();
  await expect(panel.getByLabel('Sign in as')).toHaveValue('deploy');
  await panel.getByLabel('Allow weak algorithms').check();
  await expect(panel.getByRole('note')).toContainText('Weak algorithms are allowed for this host');
  await panel.getByLabel('Allow weak algorithms').uncheck();
  await panel.getByLabel('Sign in as').fill('');
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByText('ec2-user, guessed from the image.')).toBeVisible();
});
