/** What may be meant otherwise in a query that nothing matches: a key that is none, a state that no host can be in. Pure. */
import { filterFields, tokenize } from './hostFilter.ts';

/** As `Instance.state` may be. */
export const hostStates = ['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated', 'connection-lost', 'inactive'] as const;

/** `key`: what stands before the colon of a word of free text. `state`: a value of `state:`. */
export type QueryHint = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'state'; readonly value: string };

/** One colon behind letters; addresses, ARNs and URLs are text. */
const KEYED = /^([a-z]{2,}):(?!\/)[^:]*$/i;

export function queryHints(query: string): QueryHint[] {
  return tokenize(query).flatMap(({ start, end, field, negated, values }): QueryHint[] => {
    if (negated) return [];
    if (field === 'state') return values.filter((value) => value !== '' && !value.includes('*') && !hostStates.some((state) => state === value.toLowerCase())).map((value) => ({ kind: 'state', value }));
    const key = field === undefined ? KEYED.exec(query.slice(start, end))?.[1] : undefined;
    return key === undefined ? [] : [{ kind: 'key', key }];
  });
}

/** In English, for the command line. */
export function hintSentence(hint: QueryHint): string {
  return hint.kind === 'key' ? `"${hint.key}:" is no filter key; it was searched as text (keys: ${filterKeys()})` : `"state:${hint.value}" is none of ${hostStates.join(', ')}`;
}

export function filterKeys(): string {
  return filterFields.map((field) => `${field}:`).join(' ');
}
