/** What an action of the shortcuts is called. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActionName } from '../state/shortcuts.ts';

export function useActionName(): (name: ActionName) => string {
  const { t } = useTranslation();
  return useCallback((name) => (isNumbered(name) ? t('shortcuts.names.tab', { number: name.slice('tab-'.length) }) : t(`shortcuts.names.${name}`)), [t]);
}

function isNumbered(name: ActionName): name is Extract<ActionName, `tab-${number}`> {
  return /^tab-\d$/.test(name);
}
