/** Sentences of the services in the window's language, by the catalogue of their templates; in English where it has none. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Said, SaidValue, Term } from '../../contract/say.ts';
import { saidOf } from '../../contract/say.ts';
import { i18n } from './i18n.ts';
import { dateText } from './locale.ts';

/** English template -> template of the language, with the same `{0}`, `{1}`… in any order. */
type Catalogue = Readonly<Record<string, string>>;

/** `said(error.message)`: the sentence as it is shown. It may hold anything that hosts and AWS sent, so `safeText` comes after. */
export function useSaid(): (text: string) => string {
  const { language } = useTranslation().i18n;
  return useCallback((text) => saidIn(language, text), [language]);
}

export function saidIn(language: string, text: string): string {
  const catalogue = i18n.getResourceBundle(language, 'services') as Catalogue | undefined;
  return catalogue === undefined ? text : worded(saidOf(text) ?? { template: text, values: [] }, catalogue);
}

/** Blanks are filled in one pass: a value that looks like a blank or a template stays what it is. */
function worded({ template, values }: Said, catalogue: Catalogue): string {
  return (Object.hasOwn(catalogue, template) ? (catalogue[template] ?? template) : template).replace(/\{(\d+)\}/g, (blank, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? blank : valueText(value, catalogue);
  });
}

function valueText(value: SaidValue, catalogue: Catalogue): string {
  if (typeof value === 'string') return value;
  if ('template' in value) return worded(value, catalogue);
  if ('term' in value) return termText(value);
  const moment = new Date(value.time);
  return Number.isNaN(moment.getTime()) ? value.time : dateText(moment, { dateStyle: 'medium', timeStyle: 'short' });
}

/** As the rest of the window says it; a word that AWS may add stays as it came, apart from the letters around it. */
function termText({ term, word }: Term): string {
  const key = `${term === 'state' ? 'host.state' : 'hostActions.kind'}.${word}`;
  return i18n.exists(key) ? String(i18n.t(key, { defaultValue: word })) : ` ${word} `;
}
