/** Node runs the source as it is: a named import that only a bundler understands, or syntax it cannot erase, is seen here. */
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Programs and worker threads start when they are loaded; the desktop app needs Electron. */
const started = /\.worker\.ts$|^src\/apps\/cli\/main\.ts$|^src\/apps\/electron\//;

test('every module of contract, link, services, demo, web and command line loads in plain Node', async () => {
  const files = globSync('src/{contract,link,services,demo,apps}/**/*.ts', { cwd: root }).filter((file) => !started.test(file));
  expect(files.length).toBeGreaterThan(50);
  const script = `
    const failures = [];
    for (const file of ${JSON.stringify(files)}) await import('./' + file).catch((error) => failures.push(file + ': ' + error.message.split('\\n')[0]));
    console.log(JSON.stringify(failures));
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  expect(JSON.parse(stdout)).toEqual([]);
}, 30_000);
