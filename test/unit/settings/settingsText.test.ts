import { expect, test } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import { checkChanges, type SettingsChange } from '../../../src/contract/settingsChange.ts';
import { changeSettingsText, readSettingsText } from '../../../src/services/settings/settingsText.ts';

const text = `// mine
{
  // how it looks
  "theme": "dark", // for the night
  /* the terminal */
  "terminal": {
    "fontSize": 15, // glasses
    "scrollback": 5000 // lines
  },
  "foldedSections": [
    // first
    "tags", // of hosts
    7, // a number by mistake
    "routes"
  ], // end of list
  "unheardOf": { "a": [1] } // from a newer one
}
`;

/** The text after changes, which must then mean what they say. */
function changed(before: string, ...changes: SettingsChange[]): string {
  const after = changeSettingsText(before, changes);
  const wanted = checkChanges(readSettingsText(before).settings, changes);
  expect(readSettingsText(after)).toMatchObject({ syntax: undefined, settings: 'settings' in wanted ? wanted.settings : undefined });
  return after;
}

test('comments, commas behind the last entry and single quotes of nobody: JSON as editors write it is read', () => {
  expect(readSettingsText('/* a */ { "theme": "light", /* b */ "terminal": { "fontSize": 20, }, } // c').settings).toEqual(Settings.parse({ theme: 'light', terminal: { fontSize: 20 } }));
});

test('a changed value is the only thing that changes in the text', () => {
  expect(changed(text, { path: ['terminal', 'fontSize'], value: 16 })).toBe(text.replace('15', '16'));
  expect(changed(text, { path: ['theme'], value: 'light' })).toBe(text.replace('"dark"', '"light"'));
  expect(changed(text, { path: ['theme'], value: 'dark' })).toBe(text);
});

test('a new setting comes behind the last one, whose comment stays where it is', () => {
  expect(changed(text, { path: ['terminal', 'fontFamily'], value: 'Fira Code' })).toBe(text.replace('5000 // lines', '5000, // lines\n    "fontFamily": "Fira Code"'));
  expect(changed(text, { path: ['ssh', 'reconnect'], value: false })).toBe(text.replace('} // from a newer one', '}, // from a newer one\n  "ssh": {\n    "reconnect": false\n  }'));
});

test('a setting that is taken back goes with the comment on its line; comments on lines of their own stay', () => {
  expect(changed(text, { path: ['theme'] })).toBe(text.replace('  "theme": "dark", // for the night\n', ''));
  expect(changed(text, { path: ['terminal', 'scrollback'] })).toBe(text.replace('15, // glasses\n    "scrollback": 5000 // lines\n', '15 // glasses\n'));
  expect(changed('{"theme":"dark","language":"ja"}', { path: ['language'] })).toBe('{"theme":"dark"}');
  expect(changed('{"theme":"dark","language":"ja"}', { path: ['theme'] })).toBe('{"language":"ja"}');
});

test('a list changes entry by entry: comments and the entries that are ignored stay', () => {
  expect(changed(text, { path: ['foldedSections'], value: ['tags', 'routes', 'metrics'] })).toBe(text.replace('    "routes"\n', '    "routes",\n    "metrics"\n'));
  expect(changed(text, { path: ['foldedSections'], value: ['routes'] })).toBe(text.replace('    "tags", // of hosts\n', ''));
  expect(changed(text, { path: ['foldedSections'], value: ['tags', 'console', 'routes'] })).toContain('"tags", // of hosts\n    "console",\n    7, // a number by mistake\n    "routes"\n');
  expect(changed(text, { path: ['foldedSections'], value: [] })).toContain('"foldedSections": [\n    // first\n    7 // a number by mistake\n  ], // end of list');
});

test('an entry of an object is changed, added and taken out alone, and what is unknown in it stays', () => {
  const accounts = '{\n  "accounts": {\n    "123456789012": { "label": "prod", "mood": "grim" }, // the big one\n    "210987654321": { "label": "stage" }\n  }\n}\n';
  expect(changed(accounts, { path: ['accounts'], value: { '123456789012': { label: 'production' }, '111111111111': { production: true } } })).toBe(
    '{\n  "accounts": {\n    "123456789012": { "label": "production", "mood": "grim" }, // the big one\n    "111111111111": {\n      "production": true\n    }\n  }\n}\n',
  );
});

test('a value that cannot be is replaced when it is chosen anew, and when something below it is', () => {
  expect(changed('{\n  "theme": "pink" // sic\n}\n', { path: ['theme'], value: 'light' })).toBe('{\n  "theme": "light" // sic\n}\n');
  expect(changed('{\n  "terminal": 5\n}\n', { path: ['terminal', 'fontSize'], value: 20 })).toBe('{\n  "terminal": {\n    "fontSize": 20\n  }\n}\n');
});

test('the line ends and the indentation of the file are kept', () => {
  expect(changed('{\r\n\t"theme": "dark" // d\r\n}\r\n', { path: ['ssh', 'reconnect'], value: false })).toBe('{\r\n\t"theme": "dark", // d\r\n\t"ssh": {\r\n\t\t"reconnect": false\r\n\t}\r\n}\r\n');
  expect(changed('{\n    "theme": "dark",\n}\n', { path: ['language'], value: 'ja' })).toBe('{\n    "theme": "dark",\n    "language": "ja",\n}\n');
});

test('each bad value is named with its line and left out alone; so is what is no setting, and a name that is there twice', () => {
  const read = readSettingsText('{\n  "theme": "pink",\n  "terminal": { "fontSize": 400, "scrollback": 500, "fontsize": 3 },\n  "scopes": [\n    { "profile": "prod", "region": "us-east-1" },\n    { "profile": "prod" }\n  ],\n  "language": "ja",\n  "language": "en"\n}');
  expect(read.settings).toEqual(Settings.parse({ terminal: { scrollback: 500 }, scopes: [{ profile: 'prod', region: 'us-east-1' }], language: 'ja' }));
  expect(read.problems.map(({ path, line, kind }) => `${path} ${line} ${kind}`)).toEqual(['theme 2 bad', 'terminal.fontSize 3 bad', 'terminal.fontsize 3 unknown', 'scopes.1 6 bad', 'language 8 bad']);
});

test('where a text stops being JSON is named with its line', () => {
  const syntax = (broken: string) => readSettingsText(broken).syntax;
  expect(syntax('{\n  "theme": "dark"\n  "language": "ja"\n}')).toEqual({ line: 3, reason: 'a comma is missing' });
  expect(syntax('{\n  "theme": "dark",\n')).toMatchObject({ line: 3, reason: 'the file ends too early' });
  expect(syntax('{\n  "theme": \n}')).toMatchObject({ reason: 'a value is missing' });
  expect(syntax('[]')).toEqual({ line: 1, reason: 'the settings stand in { }' });
  expect(syntax('{ "theme": "dark" } {}')).toMatchObject({ reason: 'something stands behind the end' });
});

test('of a text that breaks off counts what stands whole before that', () => {
  const settings = (broken: string) => readSettingsText(broken).settings;
  expect(settings('{"theme": "dark", "scopes": [')).toEqual(Settings.parse({ theme: 'dark' }));
  expect(settings('{"theme": "dark", "scopes": [{"profile": "prod", "region": "us-east-1"}')).toEqual(Settings.parse({ theme: 'dark' }));
  expect(settings('{"theme": "dark", "terminal": {"fontSize": 20')).toEqual(Settings.parse({ theme: 'dark' }));
  expect(settings('{"terminal": {"fontSize": 20}, "theme": "dark"')).toEqual(Settings.parse({ theme: 'dark', terminal: { fontSize: 20 } }));
  expect(settings('{"theme": "dark" "language": "ja"}')).toEqual(Settings.parse({ theme: 'dark' }));
});

test('shortcuts that would take a key from the shell are bad values', () => {
  const { settings, problems } = readSettingsText('{"shortcuts": {"find": ["Ctrl+A"], "palette": ["Alt+X"], "new-tab": ["Ctrl+Shift+N", "Ctrl+K"], "close-tab": ["Ctrl+Shift"]}}');
  expect(problems.map(({ path }) => path)).toEqual(['shortcuts.find.0', 'shortcuts.palette.0', 'shortcuts.close-tab.0']);
  expect(settings.shortcuts).toEqual({ find: [], palette: [], 'new-tab': ['Ctrl+Shift+N', 'Ctrl+K'], 'close-tab': [] });
});

test('a file of a newer Postern is used as far as it is understood', () => {
  expect(readSettingsText('{"version": 9, "theme": "dark", "hologram": true, "language": "tlh"}')).toMatchObject({ newer: true, settings: { theme: 'dark', language: 'system' }, problems: [{ path: 'language' }] });
});
