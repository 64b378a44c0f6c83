/** The desktop app's main process under the stand-in `electron` module, where its services cannot start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('a desktop app whose services cannot start says why in a box of the system, and ends', async () => {
  const home = await mkdtemp(join(tmpdir(), 'postern-no-folder-'));
  const dataDir = join(home, 'file', 'data');
  await writeFile(join(home, 'file'), '');
  const child = spawn(process.execPath, ['--import', './test/e2e/standIn/register.mjs', 'src/apps/electron/main.ts'], { cwd: root, env: { PATH: process.env['PATH'], HOME: home, POSTERN_DATA_DIR: dataDir }, stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(said).toBe(`stand-in error box: Postern cannot start: The data folder ${dataDir} cannot be made.\nMake it by hand, or name another one in POSTERN_DATA_DIR.\n`);
  expect(code).toBe(1);
});
