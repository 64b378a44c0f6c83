/**
 * ssh2's native crypto: whether it loads under this Node, and a rebuild where it does not.
 *
 * npm builds it against the headers of the Node that runs npm, or of a `nodedir` in ~/.npmrc; under another major it does not load,
 * and ssh2 falls back to slower JavaScript without a word. Never fatal here; `npm run check` is where it counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

export function nativeCryptoLoads() {
  // A failed load is remembered by the process, so a fresh one is asked.
  return spawnSync(process.execPath, ['-e', `require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')`], { cwd: join(import.meta.dirname, '..'), stdio: 'ignore' }).status === 0;
}

export function hasCompiler() {
  return ['c++ --version', 'make --version', 'python3 --version'].every((command) => spawnSync(command, { shell: true, stdio: 'ignore' }).status === 0);
}

/** Rebuilds ssh2's binding once per installation when it does not load and a compiler is there. */
export function buildNativeCrypto(root, say) {
  const tried = join(root, 'node_modules', '.native-crypto-tried');
  if (loadsHere() || existsSync(tried) || !hasCompiler()) return;
  say("postern: building ssh2's native crypto for this Node");
  const scratch = mkdtempSync(join(tmpdir(), 'postern-headers-'));
  try {
    const run = spawnSync('npm rebuild ssh2 cpu-features', { cwd: root, shell: true, stdio: 'ignore', env: { ...process.env, npm_config_nodedir: findHeaders(root, scratch) } });
    writeFileSync(tried, `${process.version} ${run.status === 0 ? 'built' : 'failed'}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (!nativeCryptoLoads()) say('postern: it did not build; SSH works without it, slower');
}

function loadsHere() {
  try {
    require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');
    return true;
  } catch {
    return false;
  }
}

/** The folder with include/node of this very Node: beside the `node` package's binary, or fetched into `scratch` (npm prunes it on later installs). */
function findHeaders(root, scratch) {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${system}-${process.arch}`;
  const beside = join(root, 'node_modules', 'node', 'node_modules', name);
  if (existsSync(join(beside, 'include', 'node', 'node.h'))) return beside;
  spawnSync(`npm install --prefix "${scratch}" --no-save --ignore-scripts ${name}@${process.versions.node}`, { shell: true, stdio: 'ignore' });
  return join(scratch, 'node_modules', name);
}
