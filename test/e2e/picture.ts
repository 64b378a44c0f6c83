/** Pictures of the window for the README: made anew in resources/screenshots when POSTERN_SCREENSHOTS is 1, else left as they are. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { root, test } from './app.ts';
import { toPalettePng } from './palettePng.ts';

/** @param name absent: to be looked at in out/test, not kept */
export async function picture(page: Page, name?: string): Promise<void> {
  if (process.env['POSTERN_SCREENSHOTS'] !== '1') return;
  // Nothing that changes with the run: no blinking cursor, no half-drawn frame.
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  const blank = await page.context().newPage();
  const folder = join(root, name === undefined ? 'out/test' : 'resources/screenshots');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name ?? test.info().title.replace(/\W+/g, '-')}.png`), await toPalettePng(blank, png));
  await blank.close();
}
