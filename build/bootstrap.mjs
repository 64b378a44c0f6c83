/**
 * What has to be true before anything of Postern runs: packages installed, Node 24 running, native crypto built, bundles fresh.
 *
 * Plain JavaScript for Node 20 and later, with nothing installed. Speaks on stderr only: stdout belongs to the command.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNativeCrypto } from './nativeCrypto.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const nodeMajor = 24;

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends the process with one clear line. */
export function fail(text) {
  say(`postern: ${text}`);
  process.exit(1);
}

/**
 * Installs, re-runs this script under Node 24 when it is not running there, and builds the native crypto.
 * Returns only under Node 24; call it before anything that needs packages.
 */
export async function prepare() {
  install();
  if (Number(process.versions.node.split('.')[0]) !== nodeMajor) await runAgainUnderOurNode();
  process.env['PATH'] = `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}`;
  buildNativeCrypto(root, say);
}

/** Builds out/ when it is older than any source. @returns whether out/ is fresh now */
export function buildWhenStale() {
  const built = join(root, 'out', 'built');
  const sources = ['src', 'resources', 'build', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];
  if (existsSync(built) && Math.max(...sources.map((name) => newest(join(root, name)))) <= statSync(built).mtimeMs) return true;
  say('postern: building');
  const run = spawnSync(process.execPath, [join(root, 'build', 'build.ts'), '--quiet'], { cwd: root, stdio: ['ignore', 2, 2] });
  return run.status === 0;
}

/** As buildWhenStale, for a command that is nothing without it. */
export function buildOrFail() {
  if (!buildWhenStale()) fail('the build failed (its own message is above)');
}

/** Latest modification below a path; a folder's own date tells of removed files. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** npm notes what it installed in node_modules/.package-lock.json, at the very end: that is compared with the lock file. */
function isInstalled() {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const have = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional === true || have[path]?.version === entry.version);
}

function readPackages(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

function install() {
  if (isInstalled()) return;
  const folder = join(root, 'node_modules');
  // npm ci empties it first: the packages of whoever owns it.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) fail(`${folder} is a link to a folder that holds other packages than package-lock.json names. Remove the link, or install where it leads.`);
  say('postern: installing packages with npm ci (a minute or two)');
  const npm = process.env['npm_execpath'];
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  // stdout is npm's summary, which belongs to nobody's answer.
  const run = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...options], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync(`npm ${options.join(' ')}`, { cwd: root, stdio: ['ignore', 2, 2], shell: true });
  if (run.status !== 0) fail('npm ci failed (its own message is above); check the network and the registry, then run this again');
}

async function runAgainUnderOurNode() {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const version = existsSync(node) ? spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim() : 'none';
  if (!version.startsWith(`${nodeMajor}.`)) {
    fail(`Node ${nodeMajor} is needed in node_modules/node, found ${version}. Its install script was not run: remove node_modules and run npm ci without --ignore-scripts.`);
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal sends Ctrl+C to both; the child decides, and its end is ours.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve) => child.on('exit', (...end) => resolve(end)));
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(code ?? 1);
}
