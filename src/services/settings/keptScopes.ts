/** Which profiles and regions the settings file chooses, for who needs nothing else of it: without the schema of all settings, which takes as long as the whole of `postern ls`. */
import { getNodeValue } from 'jsonc-parser';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../../contract/scope.ts';
import { readJsonText } from './jsonText.ts';

/** As `settings.get()` says it; a bad entry is left out, a file that cannot be read says nothing. */
export async function readKeptScopes(dataDir: string): Promise<readonly Scope[] | undefined> {
  const text = await readFile(join(dataDir, 'settings.json'), 'utf8').catch(() => '');
  const property = readJsonText(text).root?.children?.find(({ children }) => children?.[0]?.value === 'scopes');
  const value: unknown = property?.children?.[1] === undefined ? undefined : getNodeValue(property.children[1]);
  return Array.isArray(value) ? value.filter(isScope).map(({ profile, region }) => ({ profile, region })) : undefined;
}

function isScope(value: unknown): value is Scope {
  return typeof value === 'object' && value !== null && 'profile' in value && typeof value.profile === 'string' && 'region' in value && typeof value.region === 'string';
}
