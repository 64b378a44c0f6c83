/**
 * Reads an .itermcolors file: an XML property list with a dictionary for each colour.
 *
 * Components are taken as sRGB whatever their "Color Space" says, as other terminals do. The page's own parser loads nothing from outside.
 *
 * @see https://iterm2.com/documentation-preferences-profiles-colors.html
 */
import { ansiNames } from '../../../contract/terminalTheme.ts';
import type { ReadTheme } from './readTheme.ts';

const keys: ReadonlyMap<string, string> = new Map([
  ...ansiNames.map((name, index) => [`Ansi ${index} Color`, name] as const),
  ['Background Color', 'background'],
  ['Foreground Color', 'foreground'],
  ['Cursor Color', 'cursor'],
  ['Cursor Text Color', 'cursorAccent'],
  ['Selection Color', 'selectionBackground'],
  ['Selected Text Color', 'selectionForeground'],
]);

/** @returns one theme without a name, or none */
export function readItermColours(text: string): readonly ReadTheme[] {
  const plist = new DOMParser().parseFromString(text, 'application/xml');
  const root = plist.querySelector('plist > dict');
  if (root === null || plist.querySelector('parsererror') !== null) return [];
  const colours: Record<string, unknown> = {};
  for (const [key, value] of entriesOf(root)) {
    const name = keys.get(key);
    if (name !== undefined) colours[name] = colourOf(value);
  }
  return Object.keys(colours).length === 0 ? [] : [{ name: undefined, colours }];
}

function entriesOf(dictionary: Element): readonly (readonly [string, Element])[] {
  return [...dictionary.children].flatMap((element) => {
    const value = element.nextElementSibling;
    return element.tagName === 'key' && value !== null ? [[element.textContent ?? '', value] as const] : [];
  });
}

/** @returns undefined when a component is missing, or is no number from 0 to 1 */
function colourOf(dictionary: Element): string | undefined {
  const components = new Map(entriesOf(dictionary).map(([key, value]) => [key, Number.parseFloat(value.textContent ?? '')]));
  const channels = ['Red', 'Green', 'Blue'].map((channel) => components.get(`${channel} Component`) ?? Number.NaN);
  if (!channels.every((channel) => channel >= 0 && channel <= 1)) return undefined;
  return `#${channels.map((channel) => Math.round(channel * 255).toString(16).padStart(2, '0')).join('')}`;
}
