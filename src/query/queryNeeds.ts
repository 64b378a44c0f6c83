/** What a query needs of the hosts it is asked of, for whoever would fetch no more than that. Pure. */
import { tokenize, type FilterField, type FilterToken } from './hostFilter.ts';

export interface QueryNeeds {
  /** Whether it asks for more than names, states, types, zones, tags and the like: for words, other ids, interfaces or groups. */
  readonly whole: boolean;
  /** Whether facts of the network around them are asked for: names of VPCs and subnets, endpoints, bastions. */
  readonly network: boolean;
  /** Texts that stand, whatever their case, among the facts of every host that can match: one of each list. Printable ASCII without quotes and backslashes. */
  readonly mentions: readonly (readonly string[])[];
}

/** Fields that a row of a table answers, as `services/estate/estateRow.ts` keeps it. */
const rowFields: ReadonlySet<FilterField> = new Set(['name', 'tag', 'state', 'type', 'region', 'account', 'az', 'key', 'image', 'platform', 'ssm']);
/** Fields whose values are no text among the host's own facts, or not always. */
const elsewhere: ReadonlySet<FilterField> = new Set(['region', 'account', 'vpc', 'subnet', 'via', 'is']);

export function queryNeeds(query: string): QueryNeeds {
  const tokens = tokenize(query);
  return {
    whole: tokens.some(({ field }) => field === undefined || !rowFields.has(field)),
    network: tokens.some(({ field }) => field === 'vpc' || field === 'subnet' || field === 'via' || field === 'is'),
    // Which hosts are bastions, and what stands behind them, is seen in all hosts together.
    mentions: tokens.some(({ field }) => field === 'via' || field === 'is') ? [] : tokens.flatMap((token) => {
      const texts = mentioned(token);
      return texts === undefined || texts.length === 0 ? [] : [texts];
    }),
  };
}

/** Undefined: a host may match without any such text. */
function mentioned({ field, negated, values }: FilterToken): string[] | undefined {
  if (negated || (field !== undefined && elsewhere.has(field))) return undefined;
  const texts = values.filter((value) => value !== '').map((value) => textOf(field, value));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function textOf(field: FilterField | undefined, value: string): string | undefined {
  // A network is a number, and `none` the absence of a word.
  if ((field === 'ip' && value.includes('/')) || (field === 'ssm' && value.toLowerCase() === 'none')) return undefined;
  // A tag and its value stand apart, and words are looked for in both at once.
  const pieces = value.split(field === 'tag' || field === undefined ? /[=*]/ : '*');
  const longest = pieces.toSorted((a, b) => b.length - a.length)[0];
  return longest !== undefined && /^[\x20-\x7e]+$/.test(longest) && !/["\\]/.test(longest) ? longest : undefined;
}
