/**
 * `npm start [-- arguments]`: the desktop app where Electron's binary is there or can be had, else the web app in the browser.
 *
 * Never loads the `electron` package in Node: that starts a blocking download.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildOrFail, prepare, root, say } from './bootstrap.mjs';

await prepare();
buildOrFail();
const argv = process.argv.slice(2);
const electron = await getElectron();
if (typeof electron === 'string') {
  const app = spawn(electron, [root, ...argv], { stdio: 'inherit' });
  app.on('exit', (code) => process.exit(code ?? 1));
} else {
  say(`postern: ${electron.reason}; opening the web app instead`);
  const program = join(root, 'out', 'postern', 'postern.js');
  process.argv = [process.execPath, program, 'serve', '--open', ...argv];
  await import(pathToFileURL(program).href);
}

/** The path of Electron's binary, fetched when it can be, or the reason why there is none. */
async function getElectron() {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return { reason: 'no display for the desktop app' };
  const found = findElectron();
  if (found !== undefined) return found;
  if (process.env['ELECTRON_SKIP_BINARY_DOWNLOAD']) return { reason: "Electron's binary is not installed" };
  // Electron's own installer may hang on a network that drops packets, so its source is asked first.
  const source = process.env['ELECTRON_MIRROR'] ?? process.env['npm_config_electron_mirror'] ?? 'https://github.com/';
  const answers = await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(4_000) }).then(() => true, () => false);
  if (answers) {
    say("postern: fetching Electron's binary");
    spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], { stdio: 'ignore', timeout: 300_000 });
  }
  return findElectron() ?? { reason: `Electron's binary is not installed and could not be fetched from ${new URL(source).host}` };
}

function findElectron() {
  const electron = join(root, 'node_modules', 'electron');
  const note = join(electron, 'path.txt');
  if (!existsSync(note)) return undefined;
  const binary = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(electron, 'dist'), readFileSync(note, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}
