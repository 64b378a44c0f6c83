/** What services say, in a Japanese window: errors with their codes beside, reasons of routes, steps, ends; and hostile names in them. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoCloud } from '../../src/demo/demoCloud.ts';
import { ja } from '../../src/renderer/i18n/ja.ts';
import { ec2Error, emptyAnswer, instancesAnswer, profileSection, startScriptedAws } from '../integration/scriptedAws.ts';
import type { RunningApp } from './app.ts';
import { activeTab, expect, host, launchApp, test } from './app.ts';
import { homeWithProfiles, startCloud } from './ownCloud.ts';

/** What an endpoint may name an error. */
const HOSTILE_CODE = '<img src=/pwned>{0}{{7*7}}';

let cloud: DemoCloud;
let denying: Awaited<ReturnType<typeof startScriptedAws>>;
let odd: Awaited<ReturnType<typeof startScriptedAws>>;
/** Lists one host that nothing is known of. */
let bare: Awaited<ReturnType<typeof startScriptedAws>>;
let home: string;
let app: RunningApp;

test.use({ locale: 'ja-JP' });

test.beforeAll(async () => {
  cloud = await startCloud();
  denying = await startScriptedAws(() => ec2Error('UnauthorizedOperation', 403));
  odd = await startScriptedAws(() => ec2Error(HOSTILE_CODE.replaceAll('<', '&lt;'), 400));
  bare = await startScriptedAws((call) => (call.operation === 'DescribeInstances' ? instancesAnswer(['i-0123456789abcdef0']) : emptyAnswer(call)));
  home = await homeWithProfiles(profileSection('denied', denying.url) + profileSection('odd', odd.url) + profileSection('bare', bare.url), cloud);
  app = await launchApp(test.info().project.name, { arguments: [], home });
});

test.afterAll(async () => {
  await app.stop();
  await denying.close();
  await odd.close();
  await bare.close();
  await cloud.close();
  await rm(home, { recursive: true, force: true });
});

test('a denied call is told in Japanese with its code, and a hostile name in it is text', { tag: '@web' }, async ({ page }, testInfo) => {
  // The list shows what fits.
  await page.setViewportSize({ width: 1280, height: 2400 });
  await page.goto(app.url);
  const row = page.getByRole('option').filter({ hasText: 'aws.access-denied' });
  await expect(row).toContainText('プロファイル denied（eu-west-1）では ec2:DescribeInstances が許可されていません。');
  await expect(row).toContainText('この ID の IAM ポリシーで ec2:DescribeInstances を許可するか、別のプロファイルを選択してください。');
  await expect(page.getByRole('option').filter({ hasText: 'aws.failed' })).toContainText(`プロファイル odd（eu-west-1）の ec2:DescribeInstances が失敗しました: ${HOSTILE_CODE}。`);
  expect(await page.locator('img').count()).toBe(0);
  await page.screenshot({ path: testInfo.outputPath('denied-ja.png') });
});

test('routes say in Japanese why they are usable, and a session that failed says why', { tag: '@web' }, async ({ page }, testInfo) => {
  await page.goto(app.url);
  await host(page, 'batch-1').click();
  const routes = page.getByRole('region', { name: ja.host.routes, exact: true });
  await expect(routes).toContainText(/SSM エージェント \S+ はオンラインです（最終応答は \d+ 秒前）。/);
  await expect(routes).toContainText(/sg-\S+ に、ポート 22 で接続を許可するルールがありません。/);
  await page.screenshot({ path: testInfo.outputPath('routes-ja.png') });
  await page.locator('[data-instance-id=i-0123456789abcdef0][role=option]').dblclick();
  await expect(activeTab(page)).toHaveAttribute('data-state', 'failed');
  await expect(page.getByTestId('session-banner')).toContainText('i-0123456789abcdef0 への経路がありません: シリアルコンソール: アカウントで許可され、');
  await expect(page.getByTestId('session-banner')).toContainText('Systems Manager に登録されていません。エージェントがないか、');
  await expect(page.getByTestId('session-banner')).toContainText('route.none-usable');
  await page.screenshot({ path: testInfo.outputPath('failed-ja.png') });
});

test('a wrong passphrase and a port in use are told in Japanese, each with its code and what to do', { tag: '@web' }, async ({ page }, testInfo) => {
  const folder = await mkdtemp(join(tmpdir(), 'postern-said-'));
  const file = join(folder, 'laptop.pem');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'the right one', '-f', file], { stdio: 'ignore' });
  await page.goto(app.url);
  await page.locator('.view-switcher button').nth(3).click();
  await page.getByRole('button', { name: ja.keys.import, exact: true }).click();
  const keyForm = page.getByRole('dialog', { name: ja.keys.importTitle });
  await keyForm.getByLabel(ja.keys.file).setInputFiles(file);
  await keyForm.getByLabel(ja.keys.passphraseIfAny).fill('wrong');
  await keyForm.getByRole('button', { name: ja.keys.importGo, exact: true }).click();
  await expect(keyForm.getByRole('alert')).toContainText('このパスフレーズでは秘密鍵を開けません。');
  await expect(keyForm.getByRole('alert')).toContainText('大文字と小文字に注意して、パスフレーズをもう一度入力してください。');
  await expect(keyForm.getByRole('alert')).toContainText('key.passphrase-wrong');
  await page.keyboard.press('Escape');
  await rm(folder, { recursive: true });

  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  await page.locator('.view-switcher button').nth(2).click();
  await page.getByRole('button', { name: ja.tunnels.add }).first().click();
  const tunnelForm = page.getByRole('dialog', { name: ja.tunnels.formTitle });
  await tunnelForm.getByRole('combobox').first().fill('web-1');
  await expect(tunnelForm.getByRole('option').filter({ hasText: 'web-1' }).first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await tunnelForm.getByLabel(ja.tunnels.remotePort, { exact: true }).fill('80');
  await tunnelForm.getByLabel(ja.tunnels.localPort, { exact: true }).fill(String(port));
  await tunnelForm.getByRole('button', { name: ja.tunnels.open, exact: true }).click();
  const told = page.locator('tbody[data-forward-id]').getByRole('alert');
  await expect(told).toContainText(`127.0.0.1 のポート ${port} は使用中です。`);
  await expect(told).toContainText('app.port-in-use');
  await page.screenshot({ path: testInfo.outputPath('port-in-use-ja.png') });
  taken.close();
});
