/** A line that drops, as a person sees it: the screen stays, the tab says when and why, counts down, and comes back. */
import { mkdtemp, rm, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { hostKeyFingerprint } from '../../src/services/ssh/hostKeys.ts';
import type { CutProxy } from '../integration/cutProxy.ts';
import { startCutProxy } from '../integration/cutProxy.ts';
import { emptyAnswer, profileSection, startScriptedAws } from '../integration/scriptedAws.ts';
import { startSshd } from '../integration/sshd.ts';
import { activeTab, expect, expectScreen, host, launchApp, openHost, screen, terminal, test, typeLine } from './app.ts';
import { homeWithProfiles } from './ownCloud.ts';
import { picture } from './picture.ts';

/** Loopback of this machine, where the proxy is; port 22 is free there. */
const ADDRESS = '127.66.84.22';
const INSTANCE_ID = 'i-0123456789abcdef1';

interface Stage {
  readonly page: Page;
  readonly proxy: CutProxy;
  /** Public keys that EC2 Instance Connect was given. */
  readonly pushed: string[];
}

/** An app whose one host is a real sshd behind a proxy, entered with keys that EC2 Instance Connect is given; its shell is open. */
async function onStage(page: Page, project: string, act: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-reconnect-'));
  const lent = join(folder, 'authorized_keys');
  const sshd = await startSshd({ config: [`AuthorizedKeysFile ${lent}`, 'LogLevel INFO'] });
  const proxy = await startCutProxy(sshd.port, 0, { port: 22, host: ADDRESS });
  const pushed: string[] = [];
  const console = `ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----\r\nec2: 256 ${hostKeyFingerprint(sshd.hostKeys[0]?.blob ?? Buffer.alloc(0))} root@far (ED25519)\r\nec2: -----END SSH HOST KEY FINGERPRINTS-----\r\n`;
  const aws = await startScriptedAws(async (call) => {
    if (call.operation === 'DescribeInstances') {
      return { body: `<DescribeInstancesResponse><reservationSet><item><ownerId>111122223333</ownerId><instancesSet><item><instanceId>${INSTANCE_ID}</instanceId><instanceState><name>running</name></instanceState><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><privateIpAddressesSet><item><privateIpAddress>10.0.0.5</privateIpAddress><primary>true</primary><association><publicIp>${ADDRESS}</publicIp></association></item></privateIpAddressesSet></item></networkInterfaceSet><tagSet><item><key>Name</key><value>far</value></item></tagSet></item></instancesSet></item></reservationSet></DescribeInstancesResponse>` };
    }
    if (call.operation === 'GetConsoleOutput') return { body: `<GetConsoleOutputResponse><instanceId>${INSTANCE_ID}</instanceId><output>${Buffer.from(console).toString('base64')}</output></GetConsoleOutputResponse>` };
    if (call.operation === 'SendSSHPublicKey') {
      pushed.push(String(call.input['SSHPublicKey']));
      // As the service: the newest key alone opens the door.
      await writeFile(lent, `${pushed.at(-1) ?? ''}\n`);
      return { body: '{"RequestId":"request-1","Success":true}' };
    }
    return emptyAnswer(call);
  });
  const home = await homeWithProfiles(profileSection('work', aws.url));
  await mkdir(join(home, 'data'), { recursive: true });
  await writeFile(join(home, 'data', 'settings.json'), JSON.stringify({ version: 1, osUsers: [{ osUser: userInfo().username, instanceId: INSTANCE_ID }] }));
  const app = await launchApp(project, { arguments: [], home });
  try {
    await page.goto(app.url);
    await expect(host(page, 'far')).toBeVisible();
    await openHost(page, 'far', 'Shift+Enter');
    const chooser = page.getByRole('dialog', { name: 'Open far' });
    await chooser.getByRole('radio', { name: new RegExp(`^SSH to ${ADDRESS.replaceAll('.', String.raw`\.`)}`) }).check();
    await chooser.getByRole('button', { name: 'Open' }).click();
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
    await typeLine(page, 'exec /bin/sh');
    await expectScreen(page, /^# $|^[$#]\s*$/m);
    await act({ page, proxy, pushed });
  } finally {
    await app.stop();
    await proxy.close();
    await Promise.all([aws.close(), sshd.stop(), rm(home, { recursive: true, force: true }), rm(folder, { recursive: true, force: true })]);
  }
}

test('a dropped session keeps its screen, says when and why, counts down, takes no key, and comes back with a new shell', async ({ page }, testInfo) => {
  await onStage(page, testInfo.project.name, async ({ proxy, pushed }) => {
    await typeLine(page, 'echo before the drop');
    await expectScreen(page, /^before the drop$/m);
    await expect(page.getByTestId('round-trip')).toHaveText(/^[\d.]+ ms$/);
    proxy.refuse(true);
    proxy.cut();
    const banner = page.getByTestId('session-banner').filter({ visible: true });
    await expect(banner).toHaveText(/^\s*The line dropped at .+: .+ Trying again in \d+ seconds? \(attempt \d+\)\. What is typed now is not sent\.\s*Reconnect now\s*Stop$/);
    await expectScreen(page, /^before the drop$/m);
    await expectScreen(page, /^── \d\d:\d\d:\d\d ── The connection to far \(127\.66\.84\.22 port 22\) was lost: /m);
    await picture(page);
    await terminal(page).locator('textarea').focus();
    await page.keyboard.type('echo typed while away\n');
    proxy.refuse(false);
    // Its wait may end by itself before: then there is no such button any more.
    void banner.getByRole('button', { name: 'Reconnect now' }).click().catch(() => undefined);
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
    await expectScreen(page, /^── \d\d:\d\d:\d\d ── Connected again: a new shell ──$/m);
    await typeLine(page, 'echo after the drop');
    await expectScreen(page, /^after the drop$/m);
    const shown = await screen(page);
    expect(shown).toMatch(/before the drop[\s\S]*Connected again[\s\S]*after the drop/);
    expect(shown).not.toContain('typed while away');
    // Each sign-in had a key of its own.
    expect(new Set(pushed).size).toBe(2);
  });
});

test('Stop ends the attempts, and the tab can be opened again by hand', async ({ page }, testInfo) => {
  await onStage(page, testInfo.project.name, async ({ proxy }) => {
    proxy.refuse(true);
    proxy.cut();
    const banner = page.getByTestId('session-banner').filter({ visible: true });
    await banner.getByRole('button', { name: 'Stop' }).click();
    await expect(activeTab(page)).toHaveAttribute('data-state', 'failed');
    await expect(banner).toContainText('ssh.connection-lost');
    proxy.refuse(false);
    await banner.getByRole('button', { name: 'Retry' }).click();
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
  });
});

test('the network that comes back, told by the browser, is reason to try at once', async ({ page }, testInfo) => {
  await onStage(page, testInfo.project.name, async ({ proxy }) => {
    proxy.refuse(true);
    proxy.cut();
    const banner = page.getByTestId('session-banner').filter({ visible: true });
    await expect(banner).toContainText('(attempt 4)');
    // Whoever is told tries at once and counts anew; of itself it only counts on.
    await expect.poll(async () => {
      // As the browser tells it. Playwright's own switch would also take the window's link away.
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      return banner.innerText();
    }).toMatch(/\(attempt [12]\)/);
    proxy.refuse(false);
    await expect(activeTab(page)).toHaveAttribute('data-state', 'connected');
  });
});
