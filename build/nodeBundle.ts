/**
 * How the services are bundled for Node: one folder for all chunks, the AWS SDK inside (81 ms to import instead of 468),
 * native packages outside, and every worker thread's file beside the chunk that starts it (see src/services/base/workerFile.ts).
 */
import { globSync } from 'node:fs';
import http from 'node:http';
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
    plugins: [leanBuiltins()],
    ssr: { noExternal: true, external: external.filter((name) => name !== 'electron'), target: 'node' },
    build: { ssr: true, target: 'node24', outDir, emptyOutDir: true, minify: false, reportCompressedSize: false, rolldownOptions: { input: entries('postern', 'src/apps/cli/main.ts'), output: { ...output, codeSplitting: { groups: [ofEveryCommand] } } } },
  };
}

/**
 * Stands in for what packages take from Node and no start of Postern's needs. As a module, `node:process` has every property of it read,
 * stdin among them, and `node:http` too, three of which load all of undici: 9 and 38 ms. `node:child_process` is for commander's
 * subcommands that are programs of their own, and TLS (12 ms) for connections that ws opens.
 */
function leanBuiltins(): Plugin {
  return {
    name: 'lean-builtins',
    enforce: 'pre',
    resolveId: (id, importer) => (stands.some(({ of, by }) => of === id && (by === undefined || importer?.includes(`/node_modules/${by}/`) === true)) ? `\0${id}` : undefined),
    load: (id) => stands.find(({ of }) => `\0${of}` === id)?.code,
  };
}

const httpNames = Object.keys(http).filter((name) => !['default', 'WebSocket', 'CloseEvent', 'MessageEvent'].includes(name));

/** `by`: only for that package. */
const stands: readonly { readonly of: string; readonly by?: string; readonly code: string }[] = [
  { of: 'node:process', by: 'commander', code: 'export default process;' },
  { of: 'node:child_process', by: 'commander', code: "export default { spawn: (...call) => process.getBuiltinModule('node:child_process').spawn(...call) };" },
  { of: 'node:http', code: `const http = process.getBuiltinModule('node:http'); export default http; export const { ${httpNames.join(', ')} } = http;` },
  { of: 'https', by: 'ws', code: "module.exports = { get request() { return process.getBuiltinModule('node:https').request; } };" },
  { of: 'tls', by: 'ws', code: "module.exports = { get connect() { return process.getBuiltinModule('node:tls').connect; } };" },
];
