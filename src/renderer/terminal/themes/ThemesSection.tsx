/** Settings of the terminal's colours: one theme for light and one for dark windows, themes of accounts and tags, and themes of the person's own. */
import { useTranslation } from 'react-i18next';
import { SettingsSection } from '../../settings/SettingsSection.tsx';
import type { SettingSectionProps } from '../../settings/settingSection.ts';
import { safeText } from '../../ui/safeText.ts';
import { themeNamed, themesOf } from './chooseTheme.ts';
import { isDark } from './contrast.ts';
import { OwnThemes } from './OwnThemes.tsx';
import { ThemePreview } from './ThemePreview.tsx';
import { ThemeRules } from './ThemeRules.tsx';
import './themes.css';

export function ThemesSection({ mirror, actions }: SettingSectionProps) {
  const { t } = useTranslation();
  const { terminal } = mirror.settings;
  const themes = themesOf(terminal);
  const change = (key: 'lightTheme' | 'darkTheme' | 'themes' | 'themeRules') => (value: unknown) => void actions.changeSetting(`terminal.${key}`, value);
  return (
    <SettingsSection id="terminalThemes">
      <div className="theme-choices">
        {(['lightTheme', 'darkTheme'] as const).map((key) => {
          const chosen = themeNamed(terminal[key], terminal);
          return (
            <div key={key}>
              <label className="field">
                {t(`terminalThemes.${key}`)}
                <select value={terminal[key]} onChange={(event) => change(key)(event.target.value)}>
                  {chosen === undefined ? <option value={terminal[key]}>{safeText(terminal[key])}</option> : undefined}
                  {(['lightThemes', 'darkThemes'] as const).map((group) => (
                    <optgroup key={group} label={t(`terminalThemes.${group}`)}>
                      {themes.filter(({ background }) => isDark(background) === (group === 'darkThemes')).map(({ name }) => (
                        <option key={name} value={name}>
                          {safeText(name)}
                        </option>
                      ))}
                    </optgroup>
                  ))}
                </select>
              </label>
              {chosen === undefined ? (
                <p className="setting-problem" role="alert">
                  {t('terminalThemes.missing', { theme: safeText(terminal[key]) })}
                </p>
              ) : (
                <ThemePreview theme={chosen} fontFamily={terminal.fontFamily} />
              )}
            </div>
          );
        })}
      </div>
      <ThemeRules rules={terminal.themeRules} themes={themes} accounts={mirror.settings.accounts} onChange={change('themeRules')} />
      <OwnThemes themes={terminal.themes} onChange={change('themes')} />
    </SettingsSection>
  );
}
