/** The settings view: categories on the left, every setting of one on the right, and a search over all of them. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSaid } from '../i18n/said.ts';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';
import type { OpenDialog } from '../state/windowState.ts';
import { SettingRow } from './SettingRow.tsx';
import { categories, settingFields, type SettingCategory } from './settingFields.ts';
import { settingSections } from './settingSections.tsx';
import { useShownSetting } from './useShownSetting.ts';
import { useSettingsFile } from './useSettingsFile.ts';
import './settings.css';

/** A topic that has nothing yet is not shown. */
const filled = categories.filter((category) => [...settingFields, ...settingSections].some((part) => part.category === category));

export interface SettingsViewProps {
  readonly mirror: Mirror;
  readonly actions: Actions;
  readonly platform: string;
  readonly onShow: (dialog: OpenDialog) => void;
}

export function SettingsView({ mirror, actions, platform, onShow }: SettingsViewProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const [chosen, setChosen] = useState<SettingCategory>('appearance');
  const [search, setSearch] = useState('');
  useShownSetting((category) => {
    setChosen(category);
    setSearch('');
  });
  const query = search.trim().toLowerCase();
  const terms = query.split(/\s+/);
  const matches = (...texts: readonly string[]): boolean => terms.every((term) => texts.some((text) => text.toLowerCase().includes(term)));
  const { settings } = mirror;
  const file = useSettingsFile(mirror, actions);
  const problemOf = (path: string): string | undefined => {
    const problem = file?.problems.find((one) => one.path === path);
    return problem === undefined ? undefined : t('settings.fieldProblem', { line: problem.line, reason: said(problem.reason) });
  };
  const parts = categories.flatMap((category) => {
    if (query === '' && category !== chosen) return [];
    const title = t(`settings.categories.${category}`);
    const fields = settingFields.filter((field) => field.category === category && (query === '' || matches(title, field.path, t(`settings.fields.${field.text}.name`), t(`settings.fields.${field.text}.hint`), ...(field.control === 'choice' ? field.choices.map(([, text]) => t(`settings.choices.${text}`)) : []))));
    const sections = settingSections.filter((section) => section.category === category && (query === '' || matches(title, ...(section.texts?.(t, settings, platform) ?? []), t(`settings.sections.${section.id}.title`), t(`settings.sections.${section.id}.hint`))));
    return fields.length === 0 && sections.length === 0 ? [] : [{ category, title, fields, sections }];
  });
  return (
    <div className="settings-view">
      <header>
        <h1>{t('settings.title')}</h1>
        <span className="spacer" />
        <input type="search" aria-label={t('settings.search')} placeholder={t('settings.search')} maxLength={100} spellCheck={false} value={search} onChange={(event) => setSearch(event.target.value)} />
      </header>
      <div className="settings-body">
        <nav className="settings-categories" aria-label={t('settings.categoriesLabel')}>
          {filled.map((category) => (
            <button
              key={category}
              type="button"
              aria-current={query === '' && category === chosen ? 'true' : undefined}
              onClick={() => {
                setChosen(category);
                setSearch('');
              }}
            >
              {t(`settings.categories.${category}`)}
            </button>
          ))}
        </nav>
        <div key={query === '' ? chosen : 'search'} className="settings-parts">
          {parts.map(({ category, title, fields, sections }) => (
            <section key={category} className="settings-part" aria-label={title}>
              <h2>{title}</h2>
              {fields.map((field) => (
                <SettingRow key={field.path} field={field} settings={settings} fileProblem={problemOf(field.path)} onChange={(path, value) => void actions.changeSetting(path, value)} />
              ))}
              {sections.map(({ id, Section }) => (
                <Section key={id} mirror={mirror} actions={actions} platform={platform} query={query} file={file} onShow={onShow} />
              ))}
            </section>
          ))}
          {parts.length === 0 ? <p className="note empty">{t('settings.noMatch')}</p> : undefined}
        </div>
      </div>
    </div>
  );
}
