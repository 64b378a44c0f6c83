/**
 * ssh2's native crypto: whether it loads under this Node, and a rebuild where it does not.
 *
 * npm builds it against the headers of the Node that runs npm, or of a `nodedir` in ~/.npmrc; under another major it does not load,
 * and ssh2 falls back to slower JavaScript without a word. Never fatal here; `npm run check` is where it counts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Headers from 24.19 on make addons of ssh2's kind abort the process at a garbage collection (nodejs/node#65446, mscdex/ssh2#1511).
 * Those of 24.18.1 are of the same ABI and do not.
 */
const HEADERS_VERSION = '24.18.1';

/** Loads the binding and leaves its ciphers to the garbage collector, in turns of their own, where a bad build aborts. */
const useIt = `
  const { AESGCMDecipher } = require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');
  let turns = 0;
  const timer = setInterval(() => {
    for (let count = 0; count < 200; count += 1) new AESGCMDecipher('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12));
    const garbage = Array.from({ length: 20000 }, (_, index) => ({ index: [index] }));
    if (garbage.length === 0 || ++turns > 200) clearInterval(timer);
  }, 1);
`;

export function nativeCryptoLoads() {
  // A process of its own: a failed load is remembered, and a bad build takes the process with it.
  return spawnSync(process.execPath, ['-e', useIt], { cwd: join(import.meta.dirname, '..'), stdio: 'ignore' }).status === 0;
}

export function hasCompiler() {
  return ['c++ --version', 'make --version', 'python3 --version'].every((command) => spawnSync(command, { shell: true, stdio: 'ignore' }).status === 0);
}

/** Rebuilds ssh2's binding once per installation when it does not load and a compiler is there. */
export function buildNativeCrypto(root, say) {
  const tried = join(root, 'node_modules', '.native-crypto-tried');
  const binding = join(root, 'node_modules', 'ssh2', 'lib', 'protocol', 'crypto', 'build');
  if (existsSync(tried)) return;
  if (nativeCryptoLoads()) {
    writeFileSync(tried, `${process.version} works\n`);
    return;
  }
  if (!hasCompiler()) {
    // Slower is better than a build that would abort.
    rmSync(binding, { recursive: true, force: true });
    return;
  }
  say("postern: building ssh2's native crypto for this Node");
  const scratch = mkdtempSync(join(tmpdir(), 'postern-headers-'));
  try {
    const run = spawnSync('npm rebuild ssh2 cpu-features', { cwd: root, shell: true, stdio: 'ignore', env: { ...process.env, npm_config_nodedir: findHeaders(scratch) } });
    writeFileSync(tried, `${process.version} ${run.status === 0 ? 'built' : 'failed'}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (nativeCryptoLoads()) return;
  rmSync(binding, { recursive: true, force: true });
  say('postern: it did not build; SSH works without it, slower');
}

/** A folder with include/node of HEADERS_VERSION, fetched into `scratch`: the package of that Node's binary carries them. */
function findHeaders(scratch) {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${system}-${process.arch}`;
  spawnSync(`npm install --prefix "${scratch}" --no-save --ignore-scripts ${name}@${HEADERS_VERSION}`, { shell: true, stdio: 'ignore' });
  return join(scratch, 'node_modules', name);
}
