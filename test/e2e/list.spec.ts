/** The hosts list as a person uses it: the filter language with its completions, grouping, saved views, pins, several hosts at once. */
import { expect, test } from './app.ts';

test('a filter is completed as it is typed, and finds the hosts it names', { tag: '@web' }, async ({ window: page }) => {
  const filter = page.getByRole('combobox', { name: 'Filter hosts' });
  await expect(page.locator('[data-instance-id]').first()).toBeVisible();
  await filter.click();
  await filter.pressSequentially('sta');
  await expect(page.locator('.completions li').first()).toHaveText('state:');
  await filter.press('Tab');
  await expect(page.locator('.completions li').first()).toContainText('state:running');
  await page.locator('.completions li', { hasText: 'state:stopped' }).click();
  await expect(filter).toHaveValue('state:stopped ');
  await expect(page.locator('[data-instance-id]').first()).toBeVisible();
  expect(new Set(await page.locator('[data-instance-id]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-state'))))).toEqual(new Set(['stopped']));
  await filter.fill('is:foo');
  await expect(page.getByRole('alert').filter({ hasText: '"is:foo" is none of' })).toBeVisible();
  await expect(page.locator('[data-instance-id]')).toHaveCount(0);
});

test('hosts are grouped by a tag, a view is saved under a name, and both are there after a reload', { tag: '@web' }, async ({ window: page }) => {
  const filter = page.getByRole('combobox', { name: 'Filter hosts' });
  await filter.fill('state:running');
  await page.getByRole('button', { name: 'Arrange and save views' }).click();
  await page.getByLabel('Group by').selectOption('region');
  await page.getByLabel('Name of the view').fill('Running by region');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: /^Running by region/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.host-row.group.level-0').first()).toContainText('ap-northeast-1');
  await page.reload();
  await expect(page.locator('.host-row.group.level-0').first()).toContainText('ap-northeast-1');
  await page.getByRole('button', { name: 'Arrange and save views' }).click();
  await page.getByRole('button', { name: /^Running by region/ }).click();
  await expect(filter).toHaveValue('state:running');
  await page.getByRole('button', { name: 'Arrange and save views' }).click();
  await page.getByRole('button', { name: 'Remove view Running by region' }).click();
  await page.getByLabel('Group by').selectOption('place');
});

test('several hosts are selected with the mouse or the keyboard, and pinned hosts come first', { tag: '@web' }, async ({ window: page }) => {
  const filter = page.getByRole('combobox', { name: 'Filter hosts' });
  await filter.fill('name:web-');
  const rows = page.locator('.host-row.instance');
  await expect(rows.nth(2)).toBeVisible();
  await rows.nth(0).click();
  await rows.nth(2).click({ modifiers: ['Shift'] });
  await expect(page.getByRole('toolbar', { name: '3 selected' })).toBeVisible();
  await rows.nth(1).click({ modifiers: ['Control'] });
  await expect(page.getByRole('toolbar', { name: '2 selected' })).toBeVisible();
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await filter.fill('');
  await expect(page.locator('.host-row.group').first()).toContainText('Pinned');
  await filter.fill('is:pinned');
  await expect(page.getByRole('status').filter({ hasText: /^2 of/ })).toBeVisible();
  await filter.press('ArrowDown');
  await filter.press('ArrowDown');
  await filter.press('Shift+ArrowDown');
  await expect(page.getByRole('toolbar', { name: '2 selected' })).toBeVisible();
  await page.getByRole('button', { name: 'Unpin', exact: true }).click();
  await filter.fill('');
  await expect(page.locator('.host-row.group').first()).not.toContainText('Pinned');
});

test('more than five sessions at once are asked about, and none is opened when the answer is no', { tag: '@web' }, async ({ window: page }) => {
  const filter = page.getByRole('combobox', { name: 'Filter hosts' });
  await filter.fill('state:running');
  const rows = page.locator('.host-row.instance');
  await rows.nth(0).click();
  await rows.nth(6).click({ modifiers: ['Shift'] });
  await page.getByRole('toolbar', { name: /selected$/ }).getByRole('button', { name: 'Open', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: /^Open \d+ sessions at once\?$/ });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('tab')).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await filter.fill('');
});
