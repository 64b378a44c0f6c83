/**
 * The dependency rule of src/README.md as two tables, read by dependency-cruiser: what each folder may import,
 * and the home of each outside package. What is in no table is an error.
 */

/** Folder of src/ (`*`: the files directly in it, which wire the folders) -> what it may import besides itself. */
const mayImport = {
  contract: [],
  link: ['contract'],
  query: ['contract'],
  asciicast: [],
  renderer: ['contract', 'link', 'query', 'asciicast'],
  'services/base': ['contract'],
  'services/aws': ['contract', 'services/base'],
  'services/keys': ['contract', 'services/base'],
  'services/estate': ['contract', 'services/base', 'services/aws'],
  'services/history': ['contract', 'services/base'],
  'services/recording': ['contract', 'services/base', 'asciicast'],
  'services/actions': ['contract', 'services/base', 'services/aws', 'services/keys'],
  'services/reach': ['contract', 'services/base'],
  'services/settings': ['contract', 'services/base'],
  'services/forwards': ['contract', 'services/base'],
  'services/ssm': ['contract', 'services/base', 'services/aws', 'services/keys', 'services/reach'],
  'services/ssh': ['contract', 'services/base', 'services/aws', 'services/keys', 'services/reach'],
  'services/routes': ['contract', 'services/base', 'services/aws', 'services/keys', 'services/reach', 'services/ssm', 'services/ssh'],
  'services/sessions': ['contract', 'services/base', 'services/aws', 'services/keys', 'services/reach', 'services/ssm', 'services/ssh', 'services/routes'],
  'services/*': ['contract', 'services'],
  demo: ['contract', 'services/base', 'services/ssm/message'],
  'apps/electron': ['contract', 'link', 'services', 'demo'],
  'apps/web': ['contract', 'link', 'services', 'demo'],
  'apps/cli': ['contract', 'link', 'query', 'asciicast', 'services', 'demo', 'apps/web'],
};

/** Outside package (a trailing slash means every package of that scope) -> the folders that may import it. */
const homes = {
  zod: ['contract', 'services'],
  '@aws-sdk/': ['services/aws'],
  '@smithy/': ['services/aws'],
  '@aws-crypto/': ['services/aws'],
  // One file loads it (base/loadSsh2.ts); the others take its types.
  ssh2: ['services/base', 'services/ssh', 'services/keys', 'demo'],
  '@napi-rs/keyring': ['services/keys'],
  'hash-wasm': ['services/keys'],
  'jsonc-parser': ['services/settings', 'renderer'],
  // Local shells and the demo's.
  '@lydell/node-pty': ['services/base'],
  ws: ['services/base', 'apps/web', 'demo'],
  commander: ['apps/cli'],
  electron: ['apps/electron'],
  react: ['renderer'],
  'react-dom': ['renderer'],
  '@tanstack/react-virtual': ['renderer'],
  '@xterm/': ['renderer'],
  i18next: ['renderer'],
  'react-i18next': ['renderer'],
  'dockview-react': ['renderer'],
  uplot: ['renderer'],
  elkjs: ['renderer'],
  '@xyflow/': ['renderer'],
};

/** Folders that run in plain Node and may import its modules. */
const nodeFolders = ['services', 'demo', 'apps'];

const literal = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
/** A folder, the files directly in it, or a file by its name or the beginning of it (`services/ssm/message`, `messageFlags`). */
const inFolder = (name) => (name.endsWith('/*') ? `^src/${literal(name.slice(0, -2))}/[^/]+$` : `^src/${literal(name)}(/|[A-Z][A-Za-z]*\\.|\\.)`);
const isPackage = (name) => `(^|node_modules/)(@types/)?${literal(name)}${name.endsWith('/') ? '' : '(/|$)'}`;
const names = Object.keys(mayImport);

const folderRules = Object.entries(mayImport).map(([name, allowed]) => ({
  name: `${name.replace('/*', '').replaceAll('/', '-')}-imports-only-${allowed.length === 0 ? 'itself' : 'below'}`,
  comment: `${name} may import ${allowed.length === 0 ? 'nothing of src but itself' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: inFolder(name) },
  to: { path: '^src/', pathNot: [name, ...allowed].map(inFolder) },
}));

const packageRules = Object.entries(homes).map(([name, folders]) => ({
  name: `home-of-${name.replaceAll(/[@/]/g, ' ').trim().replaceAll(' ', '-')}`,
  comment: `${name} is imported in ${folders.join(', ')} only.`,
  severity: 'error',
  from: { path: '^src/', pathNot: folders.map(inFolder) },
  to: { path: isPackage(name) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...folderRules,
    ...packageRules,
    {
      name: 'folder-has-no-line',
      comment: 'Every folder of src has a line in the table of build/dependency-rule.mjs.',
      severity: 'error',
      from: { path: '^src/', pathNot: names.map(inFolder) },
      to: {},
    },
    {
      name: 'package-has-no-home',
      comment: 'Every outside package has a line in the table of build/dependency-rule.mjs.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/', pathNot: Object.keys(homes).map(isPackage) },
    },
    {
      name: 'no-node-here',
      comment: 'contract, link and renderer run in a browser: no Node modules.',
      severity: 'error',
      from: { path: '^src/', pathNot: nodeFolders.map(inFolder) },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-cycle', comment: 'Nothing imports itself through others.', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'resolves', comment: 'Every import names something that exists.', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    { name: 'src-stands-alone', comment: 'src imports no tests, benchmarks or build files.', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench|build)/' } },
    { name: 'preload-is-small', comment: 'The sandboxed preload imports Electron and types of the contract only.', severity: 'error', from: { path: '^src/apps/electron/preload\\.' }, to: { path: '^src/', pathNot: '^src/contract/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports count: a type is knowledge too.
    tsPreCompilationDeps: true,
    // `.ts` endings are written out; the others are for the renderer's styles. The ligatures add-on ships without its `main`.
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default', 'require'], mainFields: ['module', 'main'] },
  },
};
