import { expect, test } from 'vitest';
import { en } from '../../../src/renderer/i18n/en.ts';
import { parseSource, readLiterals, usedKeys, windowSources } from './windowTexts.ts';

/** Texts that are the same in every language. */
const ALLOWED: ReadonlySet<string> = new Set([
  // The product's name.
  'panels/TopBar.tsx: Postern',
  'panels/StatusBar.tsx: Postern',
  // A file's name, as everybody types it.
  'panels/ConfigHostsGroup.tsx: ~/.ssh/config',
  'palette/PaletteRow.tsx: ~/.ssh/config',
  // What a person would type or find there, in whatever language.
  'panels/ImportKeyDialog.tsx: -----BEGIN …',
  'panels/SignInsSection.tsx: https://example.awsapps.com/start',
  // The usual sign for upper and lower case.
  'terminal/FindBar.tsx: Aa',
  // The key that does the same.
  'recording/RecordingPlayer.tsx: m',
  // AWS's own short word for a managed instance, the start of its ids.
  'panels/ManagedNode.tsx: MI',
]);

/** Names of themes are names; of keys, what is printed on them. */
const NAMES = ['terminal/themes/', 'state/shortcuts.ts'];

interface Tree {
  readonly [key: string]: string | Tree;
}

function keysOf(tree: Tree, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [`${path}${key}`] : keysOf(value, `${path}${key}.`)));
}

const sources = windowSources();
/** `hosts.selected` stands for `hosts.selected_one` and `hosts.selected_other`. */
const defined = new Set(keysOf(en).map((key) => key.replace(/_(one|other)$/, '')));

test('no text of the window is a literal in its sources', () => {
  const literals = sources.filter(({ file }) => !NAMES.some((start) => file.startsWith(start))).flatMap(readLiterals);
  expect(literals.filter((literal) => !ALLOWED.has(literal))).toEqual([]);
});

test('every exception from that is needed', () => {
  const literals = new Set(sources.flatMap(readLiterals));
  expect([...ALLOWED].filter((literal) => !literals.has(literal))).toEqual([]);
});

test('every key that is asked for is defined', () => {
  expect([...usedKeys(sources).called].filter((key) => !defined.has(key))).toEqual([]);
});

test('every text that is defined is used', () => {
  const { strings, patterns } = usedKeys(sources);
  expect([...defined].filter((key) => !strings.has(key) && !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
});

test('numbers and dates are written by the window\'s language, not by the system\'s', () => {
  expect(sources.filter(({ tree }) => /\.toLocale(Date|Time)?String\(/.test(tree.text)).map(({ file }) => file)).toEqual([]);
});

test('the search for literals finds text, attributes, conditions, templates, announcements and errors, and leaves keys, code and classes alone', () => {
  const source = parseSource(
    'made/up.tsx',
    `
    const error = new Error({ code: 'a.b', message: 'It broke', kind: 'close-tab' });
    const view = (
      <Panel className="one two" name="Private key" heading={busy ? 'Busy' : t('a.ready')} data-state="not shown">
        Plain text {count === 'none' ? 'nothing' : \`\${count} things\`} {t('a.key')} <code>ssh -V</code> 12 %
        <img alt="A picture" title={t('a.title')} className={open ? 'open' : 'shut'} />
      </Panel>
    );
    announce(copied ? 'Copied' : t('a.no'));
    `,
  );
  expect(readLiterals(source)).toEqual([
    'made/up.tsx: It broke',
    'made/up.tsx: Private key',
    'made/up.tsx: Busy',
    'made/up.tsx: Plain text',
    'made/up.tsx: nothing',
    'made/up.tsx: things',
    'made/up.tsx: A picture',
    'made/up.tsx: Copied',
  ]);
});
