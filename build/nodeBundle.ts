/**
 * How the services are bundled for Node: one folder for all chunks, the AWS SDK inside (81 ms to import instead of 468),
 * native packages outside, and every worker thread's file beside the chunk that starts it (see src/services/base/workerFile.ts).
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InlineConfig, Plugin } from 'vite';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages with native code, and the optional natives of ws, which it does without. */
export const external = ['electron', 'ssh2', 'cpu-features', '@napi-rs/keyring', '@lydell/node-pty', 'bufferutil', 'utf-8-validate'];

/** Entry name -> file, for one main file and all workers. */
export function entries(name: string, main: string): Record<string, string> {
  const found: Record<string, string> = { [name]: join(root, main) };
  for (const file of globSync('src/**/*.worker.ts', { cwd: root })) {
    const worker = basename(file, '.ts');
    if (found[worker] !== undefined) throw new Error(`two workers are named ${worker}.ts, and a bundle has one folder for all`);
    found[worker] = join(root, file);
  }
  return found;
}

export const output = { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } as const;

/** What `postern ls` shares with the other commands, in one file: in fifteen, finding them takes it a tenth of its time. */
const ofEveryCommand = {
  name: 'ofEveryCommand',
  includeDependenciesRecursively: false,
  test: toPathPattern([
    'package.json',
    'node_modules/(?:jsonc-parser|@smithy/shared-ini-file-loader)/.*',
    'src/apps/cli/(?:commonOptions|output|printable|run|table).ts',
    'src/contract/(?:error|say|scopeKey).ts',
    'src/services/(?:accountsFile|chosenScopes|openSshHome|ownCloud).ts',
    'src/services/aws/(?:configFiles|profiles).ts',
    'src/services/base/(?:clock|dataDir|dialer).ts',
    'src/services/estate/(?:estateFile|estateRow).ts',
    'src/services/settings/jsonText.ts',
    'src/services/ssh/(?:sshConfig(?:Glob|Hosts|Line|Paths)|sshPattern).ts',
  ]),
};

function toPathPattern(paths: readonly string[]): RegExp {
  return new RegExp(`[\\\\/](?:${paths.join('|').replaceAll('.ts', '\\.ts').replaceAll('/', '[\\\\/]')})$`);
}

/** Command line and web app, `postern.js` and its workers. */
export function posternBundle(outDir: string): InlineConfig {
  return {
    configFile: false,
    root,
    publicDir: false,
    plugins: [leanCommander()],
    ssr: { noExternal: true, external: external.filter((name) => name !== 'electron'), target: 'node' },
    build: { ssr: true, target: 'node24', outDir, emptyOutDir: true, minify: false, reportCompressedSize: false, rolldownOptions: { input: entries('postern', 'src/apps/cli/main.ts'), output: { ...output, codeSplitting: { groups: [ofEveryCommand] } } } },
  };
}

/**
 * Stands in for what commander takes from Node and no command of Postern's needs, 9 ms of every start: `node:process` as a module
 * has every property of it read, stdin among them, and `node:child_process` is for subcommands that are programs of their own.
 */
function leanCommander(): Plugin {
  const stands: ReadonlyMap<string, string> = new Map([
    ['node:process', 'export default process;'],
    ['node:child_process', "export default { spawn: (...call) => process.getBuiltinModule('node:child_process').spawn(...call) };"],
  ]);
  return {
    name: 'lean-commander',
    enforce: 'pre',
    resolveId: (id, importer) => (importer?.includes('/node_modules/commander/') === true && stands.has(id) ? `\0${id}` : undefined),
    load: (id) => (id.startsWith('\0') ? stands.get(id.slice(1)) : undefined),
  };
}
