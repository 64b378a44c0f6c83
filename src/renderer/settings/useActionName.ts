/** What an action of the shortcuts is called. */
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../contract/settings.ts';
import { keysOf, keysText, shortcutActions, type ActionName } from '../state/shortcuts.ts';

export function useActionName(): (name: ActionName) => string {
  const { t } = useTranslation();
  return useCallback((name) => actionName(t, name), [t]);
}

function actionName(t: TFunction, name: ActionName): string {
  return isNumbered(name) ? t('shortcuts.names.tab', { number: name.slice('tab-'.length) }) : t(`shortcuts.names.${name}`);
}

/** What the shortcuts are found by. */
export function shortcutTexts(t: TFunction, { shortcuts }: Settings, platform: string): readonly string[] {
  return shortcutActions.flatMap(({ name }) => [actionName(t, name), ...keysOf(name, platform, shortcuts).map((chord) => keysText(chord, platform))]);
}

function isNumbered(name: ActionName): name is Extract<ActionName, `tab-${number}`> {
  return /^tab-\d$/.test(name);
}
