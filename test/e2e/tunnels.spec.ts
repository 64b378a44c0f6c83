/** Tunnels in the window: opened, used from outside it, watched, mended and closed. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Page } from '@playwright/test';
import { expect, host, test } from './app.ts';

test.afterEach(async ({ window }) => {
  await window.getByRole('button', { name: 'Tunnels', exact: true }).click();
  await expect(window.getByRole('heading', { name: 'Tunnels' })).toBeVisible();
  const rows = window.locator('tbody[data-forward-id]');
  for (let left = await rows.count(); left > 0; left -= 1) {
    await rows.first().getByRole('button', { name: /^Close/ }).click();
    await expect(rows).toHaveCount(left - 1);
  }
  await window.getByRole('button', { name: 'Hosts', exact: true }).click();
});

/** Fills the form and opens the tunnel; an instance that was chosen before stays. */
async function openTunnel(window: Page, { instance, ...fields }: { readonly instance?: string } & Readonly<Record<string, string>>): Promise<void> {
  const dialog = window.getByRole('dialog', { name: 'Forward a port' });
  await expect(dialog).toBeVisible();
  if (instance !== undefined) {
    const another = dialog.getByRole('button', { name: 'Another…' });
    if (await another.isVisible()) await another.click();
    await dialog.getByRole('combobox', { name: 'Instance' }).fill(instance);
    await window.keyboard.press('Enter');
  }
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByRole('button', { name: 'Open tunnel' }).click();
  await expect(dialog).toBeHidden();
}

async function localPort(window: Page): Promise<number> {
  const address = await window.locator('tbody[data-state=listening] th .copyable').first().innerText();
  return Number(address.split(':').at(-1));
}

test('a tunnel from the host panel carries a page, counts it, and is gone when it is closed', async ({ window }) => {
  await host(window, 'web-1').click();
  await window.getByRole('complementary', { name: 'Host details' }).getByRole('button', { name: 'Forward a port…' }).click();
  await expect(window.getByRole('dialog')).toContainText('web-1');
  await openTunnel(window, { 'Remote port': '80' });
  const row = window.locator('tbody[data-forward-id]');
  await expect(row).toHaveAttribute('data-state', 'listening');
  await expect(row).toContainText('web-1:80');
  await expect(window.getByTestId('tunnels-item')).toHaveText('1 tunnel');
  const port = await localPort(window);
  for (let count = 0; count < 3; count += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    expect(await answer.text()).toContain('<h1>Hello from web-1</h1>');
  }
  await expect(row.getByTestId('connections')).toHaveText('0 / 3');
  await expect(row.getByTestId('received')).toHaveText(/^(\d{3} B|1\.\d kB)/);
  await row.getByRole('button', { name: /^Close/ }).click();
  await expect(row).toHaveCount(0);
  await expect(window.getByTestId('tunnels-item')).toHaveCount(0);
  const socket = connect({ host: '127.0.0.1', port });
  expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a port that is in use is told with its remedy, and another one is a change away', async ({ window }) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  await window.getByRole('button', { name: 'Tunnels', exact: true }).click();
  await window.getByRole('button', { name: 'Forward a port…' }).first().click();
  await openTunnel(window, { instance: 'web-1', 'Remote port': '80', 'Local port': port });
  const row = window.locator('tbody[data-forward-id]');
  await expect(row).toHaveAttribute('data-state', 'failed');
  await expect(row.getByRole('alert')).toContainText(`127.0.0.1 port ${port} is in use.`);
  await expect(row.getByRole('alert')).toContainText('Choose another port, or 0 for a free one, and an address of this machine.');
  await expect(window.getByTestId('tunnels-item')).toHaveText('1 tunnel, 1 failed');
  await row.getByRole('button', { name: 'Change…' }).click();
  await openTunnel(window, { 'Local port': '' });
  await expect(row).toHaveCount(1);
  await expect(row).toHaveAttribute('data-state', 'listening');
  expect(await (await fetch(`http://127.0.0.1:${await localPort(window)}/`)).text()).toContain('Hello from web-1');
  taken.close();
});

test('by the keyboard alone: the palette opens the form, and a remote host is reached through an instance', async ({ window }) => {
  await window.keyboard.press('Control+k');
  await window.keyboard.type('forward a port');
  await window.keyboard.press('Enter');
  await openTunnel(window, { instance: 'web-1', 'Remote port': '6379', 'Remote host': '10.0.20.5', Sessions: '2' });
  const row = window.locator('tbody[data-forward-id]');
  await expect(row).toHaveAttribute('data-state', 'listening');
  await expect(row).toContainText('10.0.20.5:6379');
  await expect(row).toContainText('through web-1');
  await expect(row).toContainText('2 sessions');
  const socket = connect({ host: '127.0.0.1', port: await localPort(window) });
  socket.write('PING\r\n');
  expect(String((await once(socket, 'data'))[0])).toBe('+PONG\r\n');
  await expect(row.getByTestId('connections')).toHaveText('1 / 1');
  socket.destroy();
});

test('an address that lets others in is warned of in the form, and tunnels outlive a reload', async ({ window }) => {
  await window.getByRole('button', { name: 'Tunnels', exact: true }).click();
  await window.getByRole('button', { name: 'Forward a port…' }).first().click();
  const dialog = window.getByRole('dialog');
  await dialog.getByLabel('Local address').fill('0.0.0.0');
  await expect(dialog.getByRole('status')).toContainText('Whoever reaches this address from another machine can use the tunnel');
  await dialog.getByLabel('Local address').fill('127.0.0.1');
  await expect(dialog.getByRole('status')).toHaveCount(0);
  await openTunnel(window, { instance: 'web-1', 'Remote port': '80' });
  await expect(window.locator('tbody[data-state=listening]')).toBeVisible();
  const port = await localPort(window);
  await window.reload();
  await expect(window.getByTestId('tunnels-item')).toHaveText('1 tunnel');
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('Hello from web-1');
});
