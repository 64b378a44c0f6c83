/**
 * Answers EC2's Describe calls the same way for every kind of thing: ids, filters with wildcards, pages.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
import { AwsError } from './awsError.ts';
import type { XmlElements, XmlValue } from './xml.ts';

export interface IdParameter<T> {
  /** e.g. `InstanceId` for `InstanceId.1`. */
  readonly name: string;
  readonly idOf: (item: T) => string | undefined;
  /** e.g. `InvalidInstanceID.NotFound`. */
  readonly notFoundCode: string;
  /** In the sentence: `The instance ID 'i-1' does not exist`. */
  readonly noun: string;
  /** e.g. `i`: anything but `i-` and 8 or 17 hexadecimal digits is malformed. Absent: any text may be an id. */
  readonly prefix?: string;
  readonly malformedCode?: string;
}

export interface Listing<T> {
  /** The element that holds the answer's list. */
  readonly setName: string;
  readonly toXml: (item: T, query: URLSearchParams) => XmlValue;
  readonly ids: readonly IdParameter<T>[];
  /** By filter name. `tag:KEY`, `tag-key` and `tag-value` are understood without being listed, where `tagsOf` is given. */
  readonly filters: Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;
  readonly tagsOf?: (item: T) => Readonly<Record<string, string>>;
  /** Bounds of MaxResults; absent: the call has no pages. */
  readonly pages?: { readonly min: number; readonly max: number; /** MaxResults with ids is refused. */ readonly withoutIds?: boolean };
}

/** As many items come without MaxResults. */
const DEFAULT_PAGE_ITEMS = 1000;
/** AWS's limits for filters. */
const MAX_FILTERS = 50;
const MAX_FILTER_VALUES = 200;

/** `Name.1`, `Name.2`, ... in order. */
export function readList(query: URLSearchParams, name: string): string[] {
  const values: string[] = [];
  for (let index = 1; ; index += 1) {
    const value = query.get(`${name}.${index}`);
    if (value === null) return values;
    values.push(value);
  }
}

export function describe<T>(listing: Listing<T>, items: readonly T[], query: URLSearchParams): XmlElements & { readonly nextToken: string | undefined } {
  const wanted = listing.ids.map((parameter) => ({ parameter, ids: readList(query, parameter.name) })).filter(({ ids }) => ids.length > 0);
  const page = readPage(listing, query, wanted.length > 0);
  let found: readonly T[] = items;
  for (const { parameter, ids } of wanted) found = select(parameter, ids, found);
  const matches = readFilters(listing, query);
  if (matches.length > 0) found = found.filter((item) => matches.every((match) => match(item)));
  const shown = found.slice(page.offset, page.offset + page.items);
  const nextOffset = page.offset + page.items;
  return {
    [listing.setName]: shown.map((item) => listing.toXml(item, query)),
    nextToken: nextOffset < found.length ? toToken(listing, nextOffset) : undefined,
  };
}

function select<T>(parameter: IdParameter<T>, ids: readonly string[], items: readonly T[]): readonly T[] {
  for (const id of ids) {
    if (parameter.prefix !== undefined && !new RegExp(`^${parameter.prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) {
      throw new AwsError(parameter.malformedCode ?? 'InvalidParameterValue', `Invalid id: "${id}"${parameter.prefix === 'i' ? '' : ` (expecting "${parameter.prefix}-...")`}`);
    }
  }
  const wanted = new Set(ids);
  const selected = items.filter((item) => wanted.has(parameter.idOf(item) ?? ''));
  for (const item of selected) wanted.delete(parameter.idOf(item) ?? '');
  const missing = [...wanted];
  if (missing.length === 1) throw new AwsError(parameter.notFoundCode, `The ${parameter.noun} '${missing[0] ?? ''}' does not exist`);
  if (missing.length > 1) throw new AwsError(parameter.notFoundCode, `The ${parameter.noun}s '${missing.join(', ')}' do not exist`);
  return selected;
}

function readFilters<T>(listing: Listing<T>, query: URLSearchParams): ((item: T) => boolean)[] {
  const matches: ((item: T) => boolean)[] = [];
  for (let index = 1; ; index += 1) {
    const name = query.get(`Filter.${index}.Name`);
    if (name === null) return matches;
    const patterns = readList(query, `Filter.${index}.Value`);
    if (index > MAX_FILTERS || patterns.length > MAX_FILTER_VALUES) throw new AwsError('FilterLimitExceeded', 'The maximum number of filters or filter values has been exceeded.');
    if (patterns.length === 0) throw new AwsError('InvalidParameterValue', `The filter '${name}' has no value.`);
    const valuesOf = filterValues(listing, name);
    const expressions = patterns.map(wildcard);
    matches.push((item) => valuesOf(item).some((value) => value !== undefined && expressions.some((expression) => expression.test(value))));
  }
}

function filterValues<T>(listing: Listing<T>, name: string): (item: T) => readonly (string | undefined)[] {
  const known = Object.hasOwn(listing.filters, name) ? listing.filters[name] : undefined;
  if (known !== undefined) return known;
  const { tagsOf } = listing;
  if (tagsOf !== undefined) {
    if (name === 'tag-key') return (item) => Object.keys(tagsOf(item));
    if (name === 'tag-value') return (item) => Object.values(tagsOf(item));
    if (name.startsWith('tag:')) return (item) => [tagsOf(item)[name.slice('tag:'.length)]];
  }
  throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
}

/** `*` is any text, `?` any character, a backslash takes their meaning away. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|([*?])|([\\^$.+()[\]{}|])/gsu, (whole, escaped: string | undefined, wild: string | undefined) => {
    if (escaped !== undefined) return escaped.replace(/[\\^$.*+?()[\]{}|]/u, '\\$&');
    if (wild !== undefined) return wild === '*' ? '.*' : '.';
    return `\\${whole}`;
  });
  return new RegExp(`^${source}$`, 'su');
}

function readPage<T>(listing: Listing<T>, query: URLSearchParams, byIds: boolean): { offset: number; items: number } {
  const { pages } = listing;
  if (pages === undefined) return { offset: 0, items: Infinity };
  const text = query.get('MaxResults');
  const token = query.get('NextToken');
  if (text !== null && byIds && pages.withoutIds === true) throw new AwsError('InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults');
  const maxResults = text === null ? DEFAULT_PAGE_ITEMS : Number(text);
  if (!Number.isInteger(maxResults)) throw new AwsError('InvalidParameterValue', `Invalid value '${text ?? ''}' for maxResults. Must be an integer.`);
  if (text !== null && (maxResults < pages.min || maxResults > pages.max)) {
    throw new AwsError('InvalidParameterValue', `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value greater than or equal to ${pages.min} and less than or equal to ${pages.max}.`);
  }
  return { offset: token === null || token === '' ? 0 : readToken(listing, token), items: Math.min(maxResults, pages.max) };
}

function toToken<T>(listing: Listing<T>, offset: number): string {
  return Buffer.from(`${listing.setName}:${offset}`).toString('base64');
}

function readToken<T>(listing: Listing<T>, token: string): number {
  const [setName, offset] = Buffer.from(token, 'base64').toString('utf8').split(':');
  if (setName !== listing.setName || !/^\d+$/.test(offset ?? '')) throw new AwsError('InvalidNextToken', 'The specified NextToken is not valid.');
  return Number(offset);
}
