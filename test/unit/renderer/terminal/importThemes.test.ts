import { expect, test } from 'vitest';
import { importThemes } from '../../../../src/renderer/terminal/themes/importThemes.ts';
import { writeWindowsTerminalScheme } from '../../../../src/renderer/terminal/themes/windowsTerminalSchemes.ts';
import { posternHighContrast } from '../../../../src/renderer/terminal/themes/ownThemes.ts';

const scheme = {
  name: 'Campbell', cursorColor: '#FFFFFF', selectionBackground: '#FFFFFF', background: '#0C0C0C', foreground: '#CCCCCC',
  black: '#0C0C0C', blue: '#0037DA', cyan: '#3A96DD', green: '#13A10E', purple: '#881798', red: '#C50F1F', white: '#CCCCCC', yellow: '#C19C00',
  brightBlack: '#767676', brightBlue: '#3B78FF', brightCyan: '#61D6D6', brightGreen: '#16C60C', brightPurple: '#B4009E', brightRed: '#E74856', brightWhite: '#F2F2F2', brightYellow: '#F9F1A5',
};

test('one scheme of Windows Terminal becomes a theme: purple is magenta, letters are small', () => {
  const { themes, problems } = importThemes(JSON.stringify(scheme), 'x.json');
  expect(problems).toEqual([]);
  expect(themes).toEqual([expect.objectContaining({ name: 'Campbell', magenta: '#881798', brightMagenta: '#b4009e', cursor: '#ffffff', background: '#0c0c0c' })]);
});

test('a whole settings.json with comments, trailing commas and a byte order mark gives all of its schemes', () => {
  const text = `\ufeff// mine\n{ "profiles": { "list": [{ "name": "bash", }] }, "schemes": [ ${JSON.stringify(scheme)}, /* two */ ${JSON.stringify({ ...scheme, name: 'Two', red: '#f00' })}, ], }`;
  const { themes, problems } = importThemes(text, 'settings.json');
  expect(problems).toEqual([]);
  expect(themes.map(({ name, red }) => [name, red])).toEqual([['Campbell', '#c50f1f'], ['Two', '#ff0000']]);
});

test('a scheme with a colour that is none is left out by name, and the others are kept', () => {
  const { red: _red, ...withoutRed } = scheme;
  const { themes, problems } = importThemes(JSON.stringify({ schemes: [{ ...withoutRed, name: 'Broken', blue: 'url(http://evil)' }, scheme] }), 'f.json');
  expect(themes.map(({ name }) => name)).toEqual(['Campbell']);
  expect(problems).toEqual([{ kind: 'bad-colours', theme: 'Broken', keys: ['red', 'blue'] }]);
});

test.each([['no JSON', '{'], ['JSON of something else', '{"a": [1, 2, {"b": null}]}'], ['an empty file', ''], ['a picture', '\u0089PNG\r\n']])('%s holds no theme, and that is said', (_what, text) => {
  expect(importThemes(text, 'x')).toEqual({ themes: [], problems: [{ kind: 'no-theme' }] });
});

test('a scheme without a name is called as its file, and a name with control characters shows them written out', () => {
  const { name: _name, ...nameless } = scheme;
  expect(importThemes(JSON.stringify(nameless), 'C:\\themes\\My theme.json').themes[0]?.name).toBe('My theme');
  expect(importThemes(JSON.stringify({ ...scheme, name: 'a\u202eb' }), 'x.json').themes[0]?.name).toBe('a\\u{202e}b');
});

test('what is exported comes back the same', () => {
  expect(importThemes(writeWindowsTerminalScheme(posternHighContrast), 'x.json')).toEqual({ themes: [posternHighContrast], problems: [] });
});
