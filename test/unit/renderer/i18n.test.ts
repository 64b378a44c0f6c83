import { expect, test } from 'vitest';
import { en } from '../../../src/renderer/i18n/en.ts';
import { i18n, languageOf } from '../../../src/renderer/i18n/i18n.ts';
import { ja } from '../../../src/renderer/i18n/ja.ts';

interface Tree {
  readonly [key: string]: string | Tree;
}

/** Dotted path -> text of every leaf. */
function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : leaves(value, `${path}${key}.`)));
}

const blanks = (text: string): string[] => [...new Set(text.match(/\{\{[^}]+\}\}/g))].sort();

test('every text is in both languages, and nothing is in one alone', () => {
  const keysOf = (tree: Tree): string[] => leaves(tree).map(([key]) => key).filter((key) => !key.endsWith('_one')).sort();
  expect(keysOf(ja)).toEqual(keysOf(en));
});

test('a text fills the same blanks in both languages', () => {
  const filled = (tree: Tree): [string, string[]][] => leaves(tree).flatMap(([key, text]) => (key.endsWith('_one') ? [] : [[key, blanks(text)] as [string, string[]]])).sort(([left], [right]) => (left < right ? -1 : 1));
  expect(filled(ja)).toEqual(filled(en));
});

test('every text with a singular has its plural', () => {
  const keys = leaves(en).map(([key]) => key);
  expect(keys.filter((key) => key.endsWith('_one') && !keys.includes(key.replace(/_one$/, '_other')))).toEqual([]);
});

test('a text is there at once, without waiting', () => {
  expect(i18n.t('common.cancel')).toBe('Cancel');
});

test('the language is the first of the person\'s that Postern speaks, and English where it speaks none', () => {
  expect(languageOf(['fr-FR', 'ja-JP', 'en'])).toBe('ja');
  expect(languageOf(['de', 'en-GB'])).toBe('en');
  expect(languageOf(['de'])).toBe('en');
});
