/** Texts that every row of a list says again: i18next takes some ten microseconds for each, which a screenful feels at each key. */
import { i18n } from './i18n.ts';

const texts = new Map<string, string>();
i18n.on('languageChanged', () => texts.clear());

/**
 * @param id what the text is made of, the same for no other text
 * @param make makes it in the window's language
 */
export function repeated(id: string, make: () => string): string {
  let text = texts.get(id);
  if (text === undefined) {
    text = make();
    // States come from outside: AWS has a dozen.
    if (texts.size < MAX_TEXTS) texts.set(id, text);
  }
  return text;
}

const MAX_TEXTS = 200;
