/** The frame of a section of the settings view: title and hint, and its body. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingSection } from './settingSection.ts';

export function SettingsSection({ id, children }: { readonly id: SettingSection['id']; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const title = t(`settings.sections.${id}.title`);
  return (
    <section className="settings-section" aria-label={title} data-setting={id}>
      <h3>{title}</h3>
      <p className="note">{t(`settings.sections.${id}.hint`)}</p>
      {children}
    </section>
  );
}
