import { expect, test } from 'vitest';
import { queryNeeds } from '../../../src/query/queryNeeds.ts';

test('what a table shows is enough for most fields; words, ids of interfaces, addresses and groups need whole hosts', () => {
  expect(queryNeeds('').whole).toBe(false);
  expect(queryNeeds('name:web state:running -tag:env=prod type:t3 region:ap-* account:1 az:a key:k image:ami platform:linux ssm:online').whole).toBe(false);
  for (const query of ['web', '-web', 'id:eni-1', 'ip:10.0.0.4', 'sg:web', 'subnet:a', 'vpc:main', 'via:ssm', 'is:public']) expect([query, queryNeeds(query).whole]).toEqual([query, true]);
});

test('every matching host mentions one of the values of each term', () => {
  expect(queryNeeds('state:running,pending name:web*1 tag:env=prod tag:cost 10.0.0.4').mentions).toEqual([['running', 'pending'], ['web'], ['prod'], ['cost'], ['10.0.0.4']]);
});

test('nothing is said of a term that a host without such a text can match', () => {
  // Negated, of another object's name, a network, the absence of a fact, any value, or written otherwise in JSON.
  expect(queryNeeds('-state:running region:eu-* account:prod vpc:main subnet:a ip:10.0.0.0/8 ssm:none state:running,* name:"a\\b" name:é').mentions).toEqual([]);
  expect(queryNeeds('name:web via:jump').mentions).toEqual([]);
});

test('facts of the network are needed for its names, endpoints and bastions alone', () => {
  expect(queryNeeds('web state:running ip:10.0.0.4').network).toBe(false);
  for (const query of ['vpc:main', 'subnet:a', 'via:eice', '-is:bastion']) expect([query, queryNeeds(query).network]).toEqual([query, true]);
});
