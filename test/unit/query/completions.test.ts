import { expect, test } from 'vitest';
import { completions } from '../../../src/query/completions.ts';
import { emptyContext } from '../../../src/query/hostFilter.ts';
import { instance } from '../renderer/literals.ts';

const hosts = [
  instance({ instanceId: 'i-1', state: 'running', tags: { env: 'prod', team: 'red blue' } }),
  instance({ instanceId: 'i-2', state: 'running', tags: { env: 'prod' } }),
  instance({ instanceId: 'i-3', state: 'stopped', tags: { env: 'stage' } }),
];

function labels(query: string, caret = query.length): string[] {
  return completions(query, caret, hosts, emptyContext).map(({ label }) => label);
}

test('the beginning of a field name is completed, and a word that begins none is left alone', () => {
  expect(labels('s')).toEqual(['state:', 'subnet:', 'sg:', 'ssm:']);
  expect(labels('web')).toEqual([]);
  expect(labels('')).toEqual([]);
});

test('the values of a field are those the hosts have, the commonest first, with their number', () => {
  expect(completions('web state:', 10, hosts, emptyContext)).toEqual([
    { label: 'state:running', query: 'web state:running ', caret: 18, count: 2 },
    { label: 'state:stopped', query: 'web state:stopped ', caret: 18, count: 1 },
  ]);
  expect(labels('state:st')).toEqual(['state:stopped']);
  expect(labels('state:stopped,r')).toEqual(['state:stopped,running']);
});

test('a tag is completed in two steps, its key and its value, quoted where it has a space', () => {
  expect(labels('tag:')).toEqual(['tag:env=', 'tag:team=']);
  expect(labels('tag:env=')).toEqual(['tag:env=prod', 'tag:env=stage']);
  expect(labels('-tag:team=')).toEqual(['tag:"team=red blue"']);
  expect(completions('-tag:team=', 10, hosts, emptyContext)[0]?.query).toBe('-tag:"team=red blue" ');
});

test('the values of a tag are those of every spelling of its key, an empty one too, and none of what every object has', () => {
  const spelled = [instance({ instanceId: 'i-4', tags: { Env: 'Prod', env: 'prod' } }), instance({ instanceId: 'i-5', tags: { Env: 'Prod' } }), instance({ instanceId: 'i-6', tags: { env: '', Environment: 'prod' } })];
  expect(completions('tag:ENV=', 8, spelled, emptyContext).map(({ label, count }) => `${label} ${count ?? 0}`)).toEqual(['tag:Env=Prod 2', 'tag:env=prod 1']);
  expect(completions('tag:env', 7, spelled, emptyContext).map(({ label }) => label)).toEqual(['tag:Env=', 'tag:env=', 'tag:Environment=']);
  expect(completions('tag:constructor=', 16, [...spelled, instance({ instanceId: 'i-7', tags: { constructor: 'x' } })], emptyContext).map(({ label, count }) => `${label} ${count ?? 0}`)).toEqual(['tag:constructor=x 1']);
});

test('only the term the caret is in is completed, and what follows it stays', () => {
  expect(completions('state:run web', 9, hosts, emptyContext)).toEqual([{ label: 'state:running', query: 'state:running web', caret: 14, count: 2 }]);
});

test('ways and kinds are offered whatever the hosts are', () => {
  expect(labels('via:')).toEqual(['via:direct', 'via:eice', 'via:jump', 'via:ssm']);
  expect(labels('is:p')).toEqual(['is:pinned', 'is:public']);
});

test('names, ids and addresses are not offered: the list itself shows them', () => {
  expect([labels('name:'), labels('id:i'), labels('ip:1')]).toEqual([[], [], []]);
});
