/** Numbers, lists and moments as the person writes them: their own form of the window's language, e.g. British English. */
import { i18n } from './i18n.ts';

/** The person's first language tag that is of the window's language, else that language. */
function shownLocale(): string {
  const { language } = i18n;
  return navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;
}

/** `12,345`. */
export function numberText(value: number, options: Intl.NumberFormatOptions = {}): string {
  return cached(numbers, options, (locale) => new Intl.NumberFormat(locale, options)).format(value);
}

/** `a, b, c`, in Japanese `a、b、c`. */
export function listText(items: readonly string[]): string {
  return cached(lists, {}, (locale) => new Intl.ListFormat(locale, { style: 'narrow', type: 'conjunction' })).format(items);
}

/** `22 Nov 2026, 09:00:00`, in the zone of this computer. */
export function dateText(time: Date, options: Intl.DateTimeFormatOptions): string {
  return cached(dates, options, (locale) => new Intl.DateTimeFormat(locale, options)).format(time);
}

const numbers = new Map<string, Intl.NumberFormat>();
const lists = new Map<string, Intl.ListFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes many times as long as using it. */
function cached<T>(formats: Map<string, T>, options: object, create: (locale: string) => T): T {
  const locale = shownLocale();
  const key = `${locale} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? create(locale);
  formats.set(key, format);
  return format;
}
