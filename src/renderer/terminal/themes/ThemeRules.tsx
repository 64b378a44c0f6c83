/** Which accounts and tags have a theme of their own: the rules in their order, and a form for one more. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../contract/settings.ts';
import type { TerminalTheme, ThemeRule } from '../../../contract/terminalTheme.ts';
import { Button } from '../../ui/Button.tsx';
import { safeText } from '../../ui/safeText.ts';
import { toRule } from './toRule.ts';

export interface ThemeRulesProps {
  readonly rules: readonly ThemeRule[];
  readonly themes: readonly TerminalTheme[];
  readonly accounts: Settings['accounts'];
  readonly onChange: (rules: readonly ThemeRule[]) => void;
}

export function ThemeRules({ rules, themes, accounts, onChange }: ThemeRulesProps) {
  const { t } = useTranslation();
  const [where, setWhere] = useState('');
  const [theme, setTheme] = useState(themes[0]?.name ?? '');
  const rule = toRule(where, theme);
  const accountText = (accountId: string): string => [accounts[accountId]?.label, accountId].filter((part) => part !== undefined && part !== '').join(' · ');
  const whereText = (one: ThemeRule): string => ('tag' in one ? `${one.tag.key}=${one.tag.value}` : accountText(one.accountId));
  return (
    <div className="theme-part">
      <h4>{t('terminalThemes.rules')}</h4>
      <p className="note">{t('terminalThemes.rulesHint')}</p>
      <ol className="setting-list">
        {rules.map((one, index) => (
          <li key={JSON.stringify(one)}>
            <span className="mono">{safeText(whereText(one))}</span>
            <span className={themes.some(({ name }) => name === one.theme) ? 'note' : 'note setting-problem'}>
              {themes.some(({ name }) => name === one.theme) ? safeText(one.theme) : t('terminalThemes.missing', { theme: safeText(one.theme) })}
            </span>
            <Button look="quiet" aria-label={t('terminalThemes.removeRule', { where: safeText(whereText(one)) })} onClick={() => onChange(rules.filter((_rule, at) => at !== index))}>
              {t('settings.remove')}
            </Button>
          </li>
        ))}
      </ol>
      <form
        className="theme-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (rule === undefined) return;
          onChange([...rules, rule]);
          setWhere('');
        }}
      >
        <input aria-label={t('terminalThemes.where')} placeholder={t('terminalThemes.wherePlaceholder')} spellCheck={false} maxLength={400} value={where} onChange={(event) => setWhere(event.target.value)} />
        <select aria-label={t('terminalThemes.ruleTheme')} value={theme} onChange={(event) => setTheme(event.target.value)}>
          {themes.map(({ name }) => (
            <option key={name} value={name}>
              {safeText(name)}
            </option>
          ))}
        </select>
        <Button type="submit" disabled={rule === undefined}>
          {t('terminalThemes.addRule')}
        </Button>
      </form>
    </div>
  );
}
