/** What `postern ls` loads before it begins: each package and each hundred kilobytes more is time of every script that lists in a loop. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Static imports and re-exports of values. */
function importsOf(source: string): string[] {
  return [...source.matchAll(/^(?:import|export)\s+(?!type\b)(?:([^'";]*?)\sfrom\s+)?'([^']+)'/gm)].flatMap(([, names = '', from = '']) => (isTypesOnly(names) ? [] : [from]));
}

function isTypesOnly(names: string): boolean {
  const inBraces = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  return inBraces !== undefined && inBraces.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
}

test('a list loads no schemas and none of the services: three packages, and what it needs of Node', () => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const walk = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const from of importsOf(readFileSync(file, 'utf8'))) {
      if (from.startsWith('.')) walk(join(dirname(file), from));
      else packages.add(from);
    }
  };
  walk(fileURLToPath(new URL('../../../src/apps/cli/addListCommand.ts', import.meta.url)));
  expect([...packages].filter((name) => !name.startsWith('node:')).toSorted()).toEqual(['@smithy/shared-ini-file-loader', 'commander', 'jsonc-parser']);
  expect([...packages].filter((name) => name.startsWith('node:')).toSorted()).toEqual(['node:fs', 'node:fs/promises', 'node:net', 'node:os', 'node:path']);
  expect([...files].filter((file) => file.endsWith('services/services.ts'))).toEqual([]);
});
