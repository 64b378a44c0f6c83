/**
 * The window's language: English is in the bundle, any other is fetched when it is wanted.
 *
 * A component says `const { t } = useTranslation()` and `t('keys.remove')`; the keys are checked by the compiler.
 */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';

export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];

export const i18n = i18next.createInstance();

// Ready at once: the texts are in memory. React escapes what it shows, so i18next must not.
void i18n.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  initAsync: false,
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});

/** Shows the window in a language; the words of one that is not there yet are fetched first. */
export async function showLanguage(language: Language): Promise<void> {
  if (!i18n.hasResourceBundle(language, 'translation')) {
    const [{ ja }, { services }] = await Promise.all([import('./ja.ts'), import('./ja/services.ts')]);
    i18n.addResourceBundle(language, 'translation', ja);
    // Read by said.ts alone: its keys are whole sentences.
    i18n.addResourceBundle(language, 'services', services);
  }
  await i18n.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The first of the person's languages that Postern speaks. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const found = languages.find((language) => tag.toLowerCase().split('-')[0] === language);
    if (found !== undefined) return found;
  }
  return 'en';
}

declare module 'i18next' {
  interface CustomTypeOptions {
    readonly resources: { readonly translation: typeof en };
    readonly returnNull: false;
  }
}
