/** Which theme a terminal shows: by rule of its host, else the person's for light or dark windows. */
import type { Instance } from '../../../contract/instance.ts';
import type { Settings } from '../../../contract/settings.ts';
import type { TerminalTheme, ThemeRule } from '../../../contract/terminalTheme.ts';
import type { ShownTheme } from '../theme.ts';
import { ownThemes, posternDark, posternHighContrast, posternLight } from './ownThemes.ts';
import { wellKnownThemes } from './wellKnownThemes.ts';

export type ThemeSettings = Pick<Settings['terminal'], 'lightTheme' | 'darkTheme' | 'themes' | 'themeRules'>;
/** What a rule looks at. */
export type ThemedHost = Pick<Instance, 'scope' | 'tags'>;

export interface ChosenTheme {
  readonly theme: TerminalTheme;
  /** A name that was asked for and is no theme's; the window's own is shown instead. */
  readonly missing?: string;
}

/** Under each name once; an imported theme comes before one that Postern brings under that name. */
export function themesOf({ themes }: Pick<ThemeSettings, 'themes'>): readonly TerminalTheme[] {
  const byName = new Map([...wellKnownThemes.map(({ theme }) => theme).toReversed(), ...ownThemes.toReversed(), ...themes.toReversed()].map((theme) => [theme.name, theme]));
  return [...byName.values()].toReversed();
}

export function themeNamed(name: string, settings: Pick<ThemeSettings, 'themes'>): TerminalTheme | undefined {
  return themesOf(settings).find((theme) => theme.name === name);
}

/** A person who asked for high contrast gets it everywhere: rules are for light and dark windows. */
export function chooseTheme(shown: ShownTheme, settings: ThemeSettings, host: ThemedHost | undefined): ChosenTheme {
  if (shown === 'high-contrast') return { theme: posternHighContrast };
  const rule = host === undefined ? undefined : settings.themeRules.find((one) => fits(one, host));
  const name = rule?.theme ?? (shown === 'dark' ? settings.darkTheme : settings.lightTheme);
  const theme = themeNamed(name, settings);
  return theme === undefined ? { theme: shown === 'dark' ? posternDark : posternLight, missing: name } : { theme };
}

function fits(rule: ThemeRule, host: ThemedHost): boolean {
  return 'tag' in rule ? host.tags[rule.tag.key] === rule.tag.value : host.scope.accountId === rule.accountId;
}
