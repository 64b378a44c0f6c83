/** What a command is called in the window's language, and in English, by which it is found in any. */
import type { TFunction } from 'i18next';
import { i18n } from '../i18n/i18n.ts';

export function bothNames(textOf: (t: TFunction) => string): { readonly name: string; readonly also?: string } {
  const name = textOf(i18n.t);
  const english = i18n.language === 'en' ? name : textOf(i18n.getFixedT('en'));
  return english === name ? { name } : { name, also: english };
}
