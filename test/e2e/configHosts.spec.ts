/** Hosts of ~/.ssh/config in the window: listed, opened by name, with what their configuration comes to. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeTab, expect, expectScreen, host, launchApp, type RunningApp, test, typeLine } from './app.ts';
import { generateKeyFile, startSshd, type Sshd } from '../integration/sshd.ts';

let home: string;
let sshd: Sshd;
let app: RunningApp;

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'postern-e2e-'));
  const ssh = join(home, '.ssh');
  await mkdir(ssh, { mode: 0o700 });
  const key = generateKeyFile(join(ssh, 'key'), ['ed25519']);
  sshd = await startSshd({ authorizedKeys: [key.publicKey] });
  const block = (name: string, ...lines: readonly string[]): string => [`Host ${name}`, 'HostName 127.0.0.1', `Port ${sshd.port}`, `User ${sshd.osUser}`, 'IdentityFile ~/.ssh/key', ...lines, ''].join('\n  ');
  const relay = `const s=require('net').connect(${sshd.port},'127.0.0.1');process.stdin.pipe(s);s.pipe(process.stdout)`;
  await writeFile(join(ssh, 'config'), [block('my-web', 'ControlMaster auto', 'Compression yes'), block('by-command', `ProxyCommand ${process.execPath} -e "${relay}"`)].join(''), { mode: 0o600 });
  await writeFile(join(ssh, 'known_hosts'), `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]?.publicKey ?? ''}\n`);
  app = await launchApp(test.info().project.name, { home, arguments: [] });
});

test.afterAll(async () => {
  await app.stop();
  await sshd.stop();
  await rm(home, { recursive: true, force: true });
});

test('a host of ~/.ssh/config is listed without any AWS account, opens by its name and Enter, and its configuration is shown', async ({ page }) => {
  await page.goto(app.url);
  await expect(host(page, 'my-web')).toBeVisible();
  await page.getByLabel('Filter hosts').fill('my-w');
  await expect(host(page, 'by-command')).toHaveCount(0);
  await page.getByLabel('Filter hosts').press('Enter');
  await expect(activeTab(page)).toContainText('my-web');
  await expectScreen(page, /\$|#/);
  await typeLine(page, 'echo over-$((6 * 7))');
  await expectScreen(page, 'over-42');
  await expectScreen(page, 'Postern does not follow: controlmaster auto');

  const panel = page.getByRole('complementary', { name: 'Host details' });
  await expect(panel.getByRole('region', { name: 'Postern does not follow these' }).getByRole('listitem').filter({ hasText: '.ssh/config line' })).toHaveText([/^controlmaster auto.*config line 6$/, /^compression yes.*config line 7$/]);
  await expect(panel.getByRole('table', { name: 'SSH configuration' }).getByRole('row', { name: 'port' })).toContainText(`${sshd.port}`);
});

test('the palette finds a host of ~/.ssh/config, and its ProxyCommand is asked about in the tab', { tag: '@web' }, async ({ page }) => {
  await page.goto(app.url);
  await expect(host(page, 'by-command')).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByLabel('Search hosts and actions').last().fill('by-command');
  await page.keyboard.press('Enter');
  const question = page.getByTestId('question');
  await expect(question).toContainText('ProxyCommand');
  await expect(question).toContainText(process.execPath);
  await question.getByRole('button', { name: 'Run it, now and later' }).click();
  await expectScreen(page, /\$|#/);
  await typeLine(page, 'echo by-$((6 * 7))');
  await expectScreen(page, 'by-42');
});
