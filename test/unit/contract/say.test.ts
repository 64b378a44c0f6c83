import { expect, test } from 'vitest';
import { atTime, inState, MAX_REMEMBERED, say, sayAll, saidOf, toDo } from '../../../src/contract/say.ts';

test('a sentence is its English string, and what it was made of is known by that string', () => {
  const name = 'web-1';
  const text = say`The instance ${name} has ${2} ports.`;
  expect(text).toBe('The instance web-1 has 2 ports.');
  expect(saidOf(text)).toEqual({ template: 'The instance {0} has {1} ports.', values: ['web-1', '2'] });
});

test('a sentence within a sentence keeps its own template', () => {
  const why = say`the host said "${'no'}"`;
  expect(saidOf(say`Lost: ${why}. ${say`Connect again.`}`)).toEqual({
    template: 'Lost: {0}. {1}',
    values: [{ template: 'the host said "{0}"', values: ['no'] }, { template: 'Connect again.', values: [] }],
  });
});

test('a value that looks like a template stays a value', () => {
  expect(saidOf(say`${'{0} is ${name}'} is in use by ${'{1}'}.`)).toEqual({ template: '{0} is in use by {1}.', values: ['{0} is ${name}', '{1}'] });
});

test('a moment is written as its ISO time in English, and told as a moment', () => {
  const text = say`trusted since ${atTime('2026-01-02T03:04:05.000Z')}`;
  expect(text).toBe('trusted since 2026-01-02T03:04:05.000Z');
  expect(saidOf(text)).toEqual({ template: 'trusted since {0}', values: [{ time: '2026-01-02T03:04:05.000Z' }] });
});

test('a state and an action are AWS\'s words in English, and told as what they are', () => {
  const text = say`${'i-1'} is ${inState('stopped')}: it was asked to ${toDo('stop')}.`;
  expect(text).toBe('i-1 is stopped: it was asked to stop.');
  expect(saidOf(text)).toEqual({ template: '{0} is {1}: it was asked to {2}.', values: ['i-1', { term: 'state', word: 'stopped' }, { term: 'action', word: 'stop' }] });
});

test('sentences behind each other are one text, and stay sentences', () => {
  const text = sayAll([say`${'a'} is gone.`, say`Choose another.`]);
  expect(text).toBe('a is gone. Choose another.');
  expect(saidOf(text)?.values).toEqual([{ template: '{0} is gone.', values: ['a'] }, { template: 'Choose another.', values: [] }]);
  expect(sayAll([])).toBe('');
});

test('what was said longest ago is forgotten first', () => {
  const forgotten = say`sentence ${'forgotten'}`;
  const repeated = say`sentence ${'repeated'}`;
  const fillers = Array.from({ length: MAX_REMEMBERED - 2 }, (_, index) => say`filler ${index}`);
  expect([say`sentence ${'repeated'}`, say`one more than ${MAX_REMEMBERED}`, ...fillers].map(saidOf)).not.toContain(undefined);
  expect(saidOf(forgotten)).toBeUndefined();
  expect(saidOf(repeated)).toBeDefined();
});
