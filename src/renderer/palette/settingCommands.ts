/** Themes and settings by name: a setting is shown where it is changed. */
import { en } from '../i18n/en.ts';
import { settingFields } from '../settings/settingFields.ts';
import { showSetting } from '../settings/shownSetting.ts';
import type { Actions } from '../state/actions.ts';
import { bothNames } from './bothNames.ts';
import type { PaletteAction } from './paletteItems.ts';

const themes = [
  ['system', 'asSystem'],
  ['light', 'light'],
  ['dark', 'dark'],
  ['high-contrast', 'highContrast'],
] as const;

export function themeCommands(actions: Pick<Actions, 'changeSettings'>): readonly PaletteAction[] {
  return themes.map(([theme, text]) => ({
    id: `theme:${theme}`,
    kind: 'setting',
    ...bothNames((t) => t('palette.action.theme', { theme: t(`settings.choices.${text}`) })),
    run: () => void actions.changeSettings({ theme }),
  }));
}

/** Their components stay out of the first load. */
const sectionIds = Object.keys(en.settings.sections) as readonly (keyof typeof en.settings.sections)[];

/** @param onView brings the settings into view */
export function settingCommands(onView: () => void): readonly PaletteAction[] {
  const jump = (place: string): void => {
    onView();
    showSetting(place);
  };
  return [
    ...settingFields.map(({ path, text, category }): PaletteAction => {
      const { name, also = '' } = bothNames((t) => `${t(`settings.categories.${category}`)}: ${t(`settings.fields.${text}.name`)}`);
      // As the file has it, too.
      return { id: `setting:${path}`, kind: 'setting', name, also: `${also} ${path}`.trim(), note: path, run: () => jump(path) };
    }),
    ...sectionIds.map((id): PaletteAction => ({ id: `setting:${id}`, kind: 'setting', ...bothNames((t) => t(`settings.sections.${id}.title`)), run: () => jump(id) })),
  ];
}
