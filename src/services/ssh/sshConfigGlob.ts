/**
 * The files an Include names, with the wildcards of glob(7): `*`, `?`, `[a-z]`, in lexical order.
 */
import { lstat, readdir } from 'node:fs/promises';

/**
 * Existing files and folders that match an absolute path pattern. A name with a leading dot is matched by a leading dot only.
 *
 * Folders that cannot be read match nothing.
 */
export async function expandGlob(pattern: string): Promise<string[]> {
  let found = [pattern.startsWith('/') ? '' : '.'];
  const parts = pattern.split('/').slice(pattern.startsWith('/') ? 1 : 0);
  for (const part of parts) {
    if (!/[*?[]/.test(part)) {
      found = found.map((folder) => `${folder}/${part.replace(/\\(.)/g, '$1')}`);
      continue;
    }
    const expression = toExpression(part);
    const matches = await Promise.all(
      found.map(async (folder) => {
        const names = await readdir(folder === '' ? '/' : folder).catch(() => []);
        return names.filter((name) => (!name.startsWith('.') || part.startsWith('.')) && expression.test(name)).map((name) => `${folder}/${name}`);
      }),
    );
    found = matches.flat();
  }
  const exist = await Promise.all(found.map((path) => lstat(path).then(() => true, () => false)));
  return found.filter((_, index) => exist[index]).sort(byCharacter);
}

function byCharacter(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** One path part as an expression. A `[` that is never closed stands for itself. */
function toExpression(part: string): RegExp {
  let expression = '';
  for (let at = 0; at < part.length; at += 1) {
    const character = part[at] ?? '';
    if (character === '*') expression += '.*';
    else if (character === '?') expression += '.';
    else if (character === '\\' && at + 1 < part.length) {
      at += 1;
      expression += literal(part[at] ?? '');
    } else if (character === '[') {
      const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(part.slice(at));
      if (set === null) {
        expression += literal('[');
      } else {
        expression += `[${set[1] === '' ? '' : '^'}${(set[2] ?? '').replace(/[\\\]^[]/g, '\\$&')}]`;
        at += set[0].length - 1;
      }
    } else expression += literal(character);
  }
  try {
    return new RegExp(`^${expression}$`, 'su');
  } catch {
    // A range that runs backwards, such as [z-a], matches nothing.
    return /^(?!)/;
  }
}

function literal(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/-]/g, (special) => `\\${special}`);
}
