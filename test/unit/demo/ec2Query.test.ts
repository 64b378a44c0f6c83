import { expect, test } from 'vitest';
import { describe } from '../../../src/demo/ec2Query.ts';
import type { Listing } from '../../../src/demo/ec2Query.ts';
import { escapeXml, toXml } from '../../../src/demo/xml.ts';

interface Thing {
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
}

const things: readonly Thing[] = Array.from({ length: 12 }, (_, index) => ({ id: `i-0000000${index.toString(16)}`, tags: { Name: `thing-${index}`, ...(index === 3 ? { note: 'a*b' } : {}) } }));
const listing: Listing<Thing> = {
  setName: 'thingSet',
  toXml: (thing) => thing.id,
  ids: [{ name: 'InstanceId', idOf: (thing) => thing.id, notFoundCode: 'InvalidInstanceID.NotFound', noun: 'instance ID', prefix: 'i', malformedCode: 'InvalidInstanceID.Malformed' }],
  pages: { min: 5, max: 1000, withoutIds: true },
  tagsOf: (thing) => thing.tags,
  filters: { id: (thing) => [thing.id] },
};
const ask = (query: Record<string, string>) => describe(listing, things, new URLSearchParams(query));
const names = (query: Record<string, string>): unknown => ask(query)['thingSet'];

test('pages follow one another by their token until none is left', () => {
  const first = ask({ MaxResults: '5' });
  const second = ask({ MaxResults: '5', NextToken: first.nextToken ?? '' });
  const third = ask({ MaxResults: '5', NextToken: second.nextToken ?? '' });
  expect([first, second, third].flatMap((page) => page['thingSet'])).toEqual(things.map((thing) => thing.id));
  expect(third.nextToken).toBeUndefined();
});

test.each([
  [{ MaxResults: '4' }, 'InvalidParameterValue'],
  [{ MaxResults: '1001' }, 'InvalidParameterValue'],
  [{ MaxResults: 'many' }, 'InvalidParameterValue'],
  [{ MaxResults: '5', 'InstanceId.1': 'i-00000001' }, 'InvalidParameterCombination'],
  [{ NextToken: 'bm9uc2Vuc2U=' }, 'InvalidNextToken'],
  [{ 'InstanceId.1': 'web-1' }, 'InvalidInstanceID.Malformed'],
  [{ 'InstanceId.1': 'i-ffffffff' }, 'InvalidInstanceID.NotFound'],
  [{ 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' }, 'InvalidParameterValue'],
  [{ 'Filter.1.Name': 'constructor', 'Filter.1.Value.1': 'x' }, 'InvalidParameterValue'],
])('%o is refused as %s', (query, code) => {
  expect(() => ask(query)).toThrow(expect.objectContaining({ code, status: 400 }));
});

test('filters are joined by and, their values by or, with wildcards', () => {
  expect(names({ 'Filter.1.Name': 'tag:Name', 'Filter.1.Value.1': 'thing-1', 'Filter.1.Value.2': 'thing-2' })).toEqual(['i-00000001', 'i-00000002']);
  expect(names({ 'Filter.1.Name': 'tag:Name', 'Filter.1.Value.1': 'thing-1?' })).toEqual(['i-0000000a', 'i-0000000b']);
  expect(names({ 'Filter.1.Name': 'tag:Name', 'Filter.1.Value.1': 'thing-1*', 'Filter.2.Name': 'id', 'Filter.2.Value.1': '*b' })).toEqual(['i-0000000b']);
  expect(names({ 'Filter.1.Name': 'tag:note', 'Filter.1.Value.1': 'a\\*b' })).toEqual(['i-00000003']);
  expect(names({ 'Filter.1.Name': 'tag-key', 'Filter.1.Value.1': 'note' })).toEqual(['i-00000003']);
  expect(names({ 'Filter.1.Name': 'tag:Name', 'Filter.1.Value.1': 'thing.1' })).toEqual([]);
});

test('XML has items for lists, nothing for what is absent, and no character that could end an element', () => {
  expect(toXml({ requestId: 'r', set: [{ a: 1, b: undefined }, { a: true }], empty: [], text: '' })).toBe('<requestId>r</requestId><set><item><a>1</a></item><item><a>true</a></item></set><empty/><text/>');
  expect(escapeXml('<a href="x">&\'\u001B[31m\u009B tab\t')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&apos;&#x1b;[31m&#x9b; tab\t');
});
