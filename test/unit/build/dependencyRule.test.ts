/** The dependency rule, tried on small planted trees: each kind of wrong import is seen, and the right ones pass. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface CruiseAnswer {
  readonly summary: { readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[] };
}

/** Writes the tree below out/ (so that node_modules is found), runs dependency-cruiser as `npm run check` does, and answers `file: rule` lines. */
async function violationsOf(tree: Readonly<Record<string, string>>): Promise<string[]> {
  mkdirSync(join(root, 'out'), { recursive: true });
  const directory = mkdtempSync(join(root, 'out', 'planted-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const answer = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [program, '--config', join(root, 'build/dependency-rule.mjs'), '--output-type', 'json', 'src'], { cwd: directory }, (error, stdout, stderr) => (stdout === '' ? reject(new Error(stderr, { cause: error })) : resolve(stdout)));
  });
  const { summary } = JSON.parse(answer) as CruiseAnswer;
  return summary.violations.map((violation) => `${violation.from.replace(/^src\//, '')}: ${violation.rule.name}`).sort();
}

test('imports that follow the arrows pass', async () => {
  expect(
    await violationsOf({
      'src/contract/error.ts': `import * as z from 'zod';\nexport const E = z.string();`,
      'src/link/client.ts': `import { E } from '../contract/error.ts';\nexport const L = E;`,
      'src/renderer/main.tsx': `import 'react';\nimport '@xterm/xterm/css/xterm.css';\nimport { L } from '../link/client.ts';\nexport const R = L;`,
      'src/services/base/log.ts': `import 'node:fs';\nimport 'ws';\nimport '@lydell/node-pty';\nimport '../../contract/error.ts';\nexport {};`,
      'src/services/ssm/message.ts': `export const M = 1;`,
      'src/services/ssm/dataChannel.ts': `import './message.ts';\nimport '../base/log.ts';\nexport {};`,
      'src/services/ssh/shell.ts': `import 'ssh2';\nimport type { Client } from 'ssh2';\nimport '../base/log.ts';\nexport type C = Client;`,
      'src/services/routes/plan.ts': `import '../ssh/shell.ts';\nimport '../ssm/dataChannel.ts';\nexport {};`,
      'src/services/services.ts': `import './routes/plan.ts';\nimport './notices.ts';\nexport {};`,
      'src/services/notices.ts': `import '../contract/error.ts';\nexport {};`,
      'src/demo/cloud.ts': `import 'ws';\nimport '../services/ssm/message.ts';\nexport {};`,
      'src/apps/web/serve.ts': `import '../../services/services.ts';\nimport '../../link/client.ts';\nexport {};`,
      'src/apps/cli/main.ts': `import 'commander';\nimport '../web/serve.ts';\nvoid import('../../demo/cloud.ts');`,
      'src/apps/electron/main.ts': `import 'electron';\nimport '../../services/services.ts';`,
    }),
  ).toEqual([]);
}, 30_000);

test('each import against the arrows is named with its file', async () => {
  expect(
    await violationsOf({
      'src/contract/error.ts': `import 'node:fs';\nimport '../link/link.ts';\nexport {};`,
      'src/link/link.ts': `export interface Link { send(): void }`,
      'src/link/window.ts': `import 'react';\nexport {};`,
      'src/renderer/App.tsx': `import type { Log } from '../services/base/log.ts';\nexport type A = Log;`,
      'src/renderer/file.ts': `import 'node:path';\nimport 'electron';\nexport {};`,
      'src/services/base/log.ts': `export interface Log { info(): void }`,
      'src/services/base/up.ts': `import '../ssh/shell.ts';\nexport {};`,
      'src/services/ssh/shell.ts': `import '../ssm/message.ts';\nexport {};`,
      'src/services/ssm/message.ts': `export {};`,
      'src/services/ssm/dataChannel.ts': `export {};`,
      'src/services/keys/store.ts': `import { app } from 'electron';\nexport const a = app;`,
      'src/services/routes/plan.ts': `import '@aws-sdk/client-ec2';\nimport '../../demo/cloud.ts';\nexport {};`,
      'src/services/sessions/wiring.ts': `import '../services.ts';\nexport {};`,
      'src/services/services.ts': `export {};`,
      'src/services/routes/window.ts': `import '../../link/link.ts';\nexport {};`,
      'src/demo/cloud.ts': `export {};`,
      'src/demo/agent.ts': `import '../services/ssm/dataChannel.ts';\nexport {};`,
      'src/services/sessions/a.ts': `import './b.ts';\nexport interface A { readonly a: 1 }`,
      'src/services/sessions/b.ts': `import type { A } from './a.ts';\nexport type B = A;`,
      'src/apps/web/serve.ts': `import '../cli/main.ts';\nimport 'semver';\nimport './gone.ts';`,
      'src/apps/cli/main.ts': `import '../../../test/fixture.ts';\nexport {};`,
      'src/apps/electron/preload.ts': `import '../../services/base/log.ts';\nexport {};`,
      'src/common/text.ts': `import '../contract/error.ts';\nexport {};`,
      'test/fixture.ts': `export {};`,
    }),
  ).toEqual(
    [
      'contract/error.ts: contract-imports-only-itself',
      'contract/error.ts: no-node-here',
      'link/window.ts: home-of-react',
      'renderer/App.tsx: renderer-imports-only-below',
      'renderer/file.ts: no-node-here',
      'renderer/file.ts: home-of-electron',
      'services/base/up.ts: services-base-imports-only-below',
      'services/ssh/shell.ts: services-ssh-imports-only-below',
      'services/keys/store.ts: home-of-electron',
      'services/routes/plan.ts: home-of-aws-sdk',
      'services/routes/plan.ts: services-routes-imports-only-below',
      'services/routes/window.ts: services-routes-imports-only-below',
      'demo/agent.ts: demo-imports-only-below',
      'services/sessions/a.ts: no-cycle',
      'services/sessions/wiring.ts: services-sessions-imports-only-below',
      'apps/web/serve.ts: apps-web-imports-only-below',
      'apps/web/serve.ts: package-has-no-home',
      'apps/web/serve.ts: resolves',
      'apps/cli/main.ts: src-stands-alone',
      'apps/electron/preload.ts: preload-is-small',
      'common/text.ts: folder-has-no-line',
    ].sort(),
  );
}, 30_000);
