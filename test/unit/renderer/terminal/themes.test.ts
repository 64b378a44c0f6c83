import { expect, test } from 'vitest';
import { Settings } from '../../../../src/contract/settings.ts';
import { ansiNames, TerminalTheme } from '../../../../src/contract/terminalTheme.ts';
import { chooseTheme, themeNamed, themesOf } from '../../../../src/renderer/terminal/themes/chooseTheme.ts';
import { contrastRatio, isDark, lowContrasts } from '../../../../src/renderer/terminal/themes/contrast.ts';
import { posternDark, posternHighContrast, posternLight } from '../../../../src/renderer/terminal/themes/ownThemes.ts';
import { toRule } from '../../../../src/renderer/terminal/themes/toRule.ts';
import { toXtermTheme } from '../../../../src/renderer/terminal/themes/toXtermTheme.ts';
import { wellKnownThemes } from '../../../../src/renderer/terminal/themes/wellKnownThemes.ts';

const { terminal } = Settings.parse({});
const own: TerminalTheme = { ...posternDark, name: 'Mine', background: '#101010' };
const host = { scope: { profile: 'p', region: 'eu-west-1', accountId: '111122223333' }, tags: { env: 'prod' } };

test('every theme that Postern brings is a whole theme under a name of its own, with its source and licence', () => {
  const themes = themesOf(terminal);
  expect(new Set(themes.map(({ name }) => name)).size).toBe(themes.length);
  expect(themes).toHaveLength(wellKnownThemes.length + 3);
  for (const theme of themes) expect(TerminalTheme.safeParse(theme).error, theme.name).toBeUndefined();
  for (const { source, licence } of wellKnownThemes) expect([source, licence]).toEqual([expect.stringMatching(/^https:\/\//), expect.stringMatching(/^(MIT|Apache-2\.0)$/)]);
});

test('published colours are where their authors put them', () => {
  const dracula = themeNamed('Dracula', terminal);
  expect(ansiNames.map((name) => dracula?.[name])).toEqual(['#21222c', '#ff5555', '#50fa7b', '#f1fa8c', '#bd93f9', '#ff79c6', '#8be9fd', '#f8f8f2', '#6272a4', '#ff6e6e', '#69ff94', '#ffffa5', '#d6acff', '#ff92df', '#a4ffff', '#ffffff']);
  expect(themeNamed('Solarized Light', terminal)).toMatchObject({ background: '#fdf6e3', foreground: '#657b83', red: '#dc322f', brightRed: '#cb4b16', brightWhite: '#fdf6e3' });
  expect(themeNamed('Tokyo Night', terminal)).toMatchObject({ selectionBackground: '#283457', red: '#f7768e', brightRed: '#ff899d', brightGreen: '#9fe044', brightYellow: '#faba4a', brightBlue: '#8db0ff', brightMagenta: '#c7a9ff', brightCyan: '#a4daff' });
  expect(themeNamed('Rosé Pine', terminal)).toMatchObject({ cursor: '#524f67', cursorAccent: '#e0def4', brightBlack: '#6e6a86' });
});

test('light and dark windows have a theme each, and high contrast keeps its own whatever a rule says', () => {
  const chosen = { ...terminal, lightTheme: 'Solarized Light', darkTheme: 'Nord', themeRules: [{ accountId: '111122223333', theme: 'Dracula' }] };
  expect(chooseTheme('light', chosen, undefined).theme.name).toBe('Solarized Light');
  expect(chooseTheme('dark', chosen, undefined).theme.name).toBe('Nord');
  expect(chooseTheme('dark', chosen, host).theme.name).toBe('Dracula');
  expect(chooseTheme('high-contrast', chosen, host).theme).toBe(posternHighContrast);
});

test('the first rule that fits a host counts: its account, or a tag with exactly that value', () => {
  const rules = [{ tag: { key: 'env', value: 'production' }, theme: 'Nord' }, { tag: { key: 'env', value: 'prod' }, theme: 'Monokai' }, { accountId: '111122223333', theme: 'Dracula' }];
  expect(chooseTheme('dark', { ...terminal, themeRules: rules }, host).theme.name).toBe('Monokai');
  expect(chooseTheme('dark', { ...terminal, themeRules: rules }, { ...host, tags: {} }).theme.name).toBe('Dracula');
  expect(chooseTheme('dark', { ...terminal, themeRules: rules }, { tags: {}, scope: { ...host.scope, accountId: '999999999999' } }).theme).toBe(posternDark);
});

test('a name that is no theme is told, and the window’s own theme is shown', () => {
  const chosen = { ...terminal, lightTheme: 'Draclua', themeRules: [{ accountId: '111122223333', theme: 'Nrod' }] };
  expect(chooseTheme('light', chosen, undefined)).toEqual({ theme: posternLight, missing: 'Draclua' });
  expect(chooseTheme('dark', chosen, host)).toEqual({ theme: posternDark, missing: 'Nrod' });
});

test('an imported theme takes the place of one that Postern brings under its name', () => {
  const nord = { ...own, name: 'Nord' };
  expect(themeNamed('Nord', { themes: [nord] })).toBe(nord);
  expect(themesOf({ themes: [own] }).map(({ name }) => name)).toContain('Mine');
});

test('where a theme names no cursor or selection, they follow from its text and background', () => {
  const { cursor: _cursor, cursorAccent: _accent, selectionBackground: _selection, ...bare } = own;
  expect(toXtermTheme(bare)).toMatchObject({ background: '#101010', cursor: own.foreground, cursorAccent: '#101010', selectionBackground: `${own.foreground}44`, overviewRulerBorder: '#101010' });
});

test('contrast is as WCAG computes it', () => {
  expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrastRatio('#ffffff', '#777777')).toBeCloseTo(4.48, 2);
  expect([isDark('#002b36'), isDark('#fdf6e3')]).toEqual([true, false]);
});

test('colours that are hard to see are named with their contrast; the window’s own themes have none', () => {
  expect([posternLight, posternHighContrast].map(lowContrasts)).toEqual([[], []]);
  expect(lowContrasts({ ...posternLight, yellow: '#ffff00' })).toEqual([{ name: 'yellow', ratio: contrastRatio('#ffff00', '#ffffff') }]);
});

test('a rule is typed as an account id or as key=value', () => {
  expect(toRule('1111-2222-3333', 'Nord')).toEqual({ accountId: '111122223333', theme: 'Nord' });
  expect(toRule(' env = prod ', 'Nord')).toEqual({ tag: { key: 'env', value: 'prod' }, theme: 'Nord' });
  expect([toRule('prod', 'Nord'), toRule('=prod', 'Nord'), toRule('', 'Nord')]).toEqual([undefined, undefined, undefined]);
});
