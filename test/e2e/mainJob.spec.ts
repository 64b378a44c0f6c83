/** Acceptance 1: the main job, as a person does it. */
import { activeTab, expect, expectScreen, host, openHost, screen, terminal, test, typeLine } from './app.ts';

const PROMPT = /\$ ?$/;

test('Enter on a web host opens a shell in a tab, and typing, colours and exit work', async ({ window }) => {
  await openHost(window, 'web-1');
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
  await expectScreen(window, PROMPT);
  await typeLine(window, 'echo "sum $((20 + 22))"');
  await expectScreen(window, 'sum 42');
  await typeLine(window, String.raw`printf '\033[31mred\033[0m \033[1;32mbold\033[0m \033[38;2;10;20;30mtrue\033[0m\n'`);
  await expectScreen(window, /^red bold true$/m);
  const red = terminal(window).locator('.xterm-rows span', { hasText: /^red$/ }).last();
  await expect(red).toHaveClass(/xterm-fg-1\b/);
  await expect(terminal(window).locator('.xterm-rows span', { hasText: /^true$/ }).last()).toHaveCSS('color', 'rgb(10, 20, 30)');
  await typeLine(window, 'exit');
  await expect(activeTab(window)).toHaveAttribute('data-state', 'closed');
  await expect(window.getByTestId('session-banner')).toContainText('Session ended');
});

test('the shell has the size of its tab, and follows it', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  const size = async (): Promise<string> => {
    await typeLine(window, 'clear; stty size');
    await expectScreen(window, /^\d+ \d+$/m);
    return /^\d+ \d+$/m.exec(await screen(window))?.[0] ?? '';
  };
  const rowsShown = (): Promise<number> => terminal(window).locator('.xterm-rows > div').count();
  const apart = async (): Promise<number> => Number((await size()).split(' ')[0]) - (await rowsShown());
  await expect.poll(apart).toBe(0);
  const before = await rowsShown();
  await window.setViewportSize({ width: 1000, height: 560 });
  await expect.poll(rowsShown).toBeLessThan(before);
  await expect.poll(apart).toBe(0);
});

test('a flood arrives to the last byte, and the shell answers after it', async ({ window }, testInfo) => {
  // A busy machine takes a minute for 20 MiB by Session Manager: once is enough.
  test.slow();
  const mebibytes = testInfo.project.name === 'web' ? 20 : 4;
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await typeLine(window, `head -c ${mebibytes * 1024 * 1024} /dev/zero | tr "\\0" x; echo; echo flood-is-$((${mebibytes} + 0))-MiB`);
  await expect.poll(() => screen(window), { timeout: 200_000 }).toContain(`flood-is-${mebibytes}-MiB`);
});

test('by SSH: first contact is proven by the console output, the flood comes whole, Ctrl+C stops yes, the exit status shows', async ({ window }) => {
  await openHost(window, 'bastion', 'Shift+Enter');
  const chooser = window.getByRole('dialog', { name: 'Open bastion' });
  await chooser.getByRole('radio', { name: /^SSH to 203\.0\.113\.10/ }).check();
  await chooser.getByRole('button', { name: 'Open' }).click();
  await expect(activeTab(window)).toHaveAttribute('data-state', 'connected');
  await expectScreen(window, PROMPT);
  await typeLine(window, 'head -c 20971520 /dev/zero | tr "\\0" x; echo; echo flood-is-$((10 + 10))-MiB');
  await expect.poll(() => screen(window), { timeout: 60_000 }).toContain('flood-is-20-MiB');
  await typeLine(window, 'yes');
  await expectScreen(window, /^y\ny\ny/m);
  await window.keyboard.press('Control+c');
  await typeLine(window, 'clear; echo stopped-$((2 * 3))');
  await expectScreen(window, 'stopped-6');
  await typeLine(window, 'exit 3');
  await expect(window.getByTestId('session-banner')).toContainText('with exit status 3');
});

test('a second tab by Session Manager works beside the first, and a reload keeps both', async ({ window }) => {
  await openHost(window, 'web-1');
  await expectScreen(window, PROMPT);
  await typeLine(window, 'echo first-$((1 + 0))');
  await expectScreen(window, 'first-1');
  await openHost(window, 'batch-1');
  await expect(window.getByRole('tab')).toHaveCount(2);
  await expectScreen(window, PROMPT);
  await typeLine(window, 'echo second-$((1 + 1))');
  await expectScreen(window, 'second-2');
  await window.reload();
  await expect(window.getByRole('tab')).toHaveCount(2);
  await window.getByRole('tab', { name: /web-1/ }).click();
  await expectScreen(window, 'first-1');
  await window.getByRole('tab', { name: /batch-1/ }).click();
  await expectScreen(window, 'second-2');
  await typeLine(window, 'echo alive-$((7 * 6))');
  await expectScreen(window, 'alive-42');
});

test('a host nobody may reach says which rule keeps it closed, before and after it is tried', async ({ window }) => {
  await host(window, 'batch-1').click();
  const routes = window.getByRole('region', { name: 'Routes', exact: true });
  await expect(routes).toContainText(/No rule of sg-\S+ lets anybody in on port 22/);
});
