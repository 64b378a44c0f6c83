import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { entries } from '../../../build/nodeBundle.ts';
import { workerFile } from '../../../src/services/base/workerFile.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('a worker is the TypeScript file beside its starter when run from source', () => {
  expect(workerFile('scan', 'file:///postern/src/services/aws/scanner.ts').href).toBe('file:///postern/src/services/aws/scan.worker.ts');
});

test('a worker is the JavaScript file in the folder of the bundle, whatever chunk its starter landed in', () => {
  expect(workerFile('scan', 'file:///postern/out/main/chunk-a1b2.js').href).toBe('file:///postern/out/main/scan.worker.js');
});

test('the build emits every worker of src under the name that its starter computes', () => {
  const workers = globSync('src/**/*.worker.ts', { cwd: root });
  expect(workers.length).toBeGreaterThan(0);
  expect(Object.keys(entries('postern', 'src/apps/cli/main.ts')).sort()).toEqual(['postern', ...workers.map((file) => basename(file, '.ts'))].sort());
});
