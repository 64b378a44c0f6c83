import * as z from 'zod';
import { expect, test } from 'vitest';
import { contract } from '../../../src/contract/contract.ts';
import { say, saidOf } from '../../../src/contract/say.ts';
import { Sentence } from '../../../src/contract/sentence.ts';
import { sentencesIn } from '../../../src/contract/sentencesIn.ts';

const reason = say`Lost after ${3} s.`;
const told = [[reason, saidOf(reason)]];

test('sentences are found wherever a type may hold them', () => {
  const forms: readonly (readonly [z.ZodType, unknown])[] = [
    [Sentence, reason],
    [z.array(Sentence), ['plain', reason]],
    [z.record(z.string(), Sentence.optional()), { a: undefined, b: reason }],
    [z.object({ deep: z.object({ reason: Sentence }).optional().readonly() }), { deep: { reason } }],
    [z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b'), reason: Sentence.optional() })]), { kind: 'b', reason }],
    [z.object({ list: z.array(z.object({ reason: Sentence })).default([]).catch([]) }).prefault({}), { list: [{ reason }] }],
  ];
  for (const [type, value] of forms) expect(sentencesIn(type, value)).toEqual(told);
});

test('a text of another type, and what is not there, are no sentences', () => {
  expect(sentencesIn(z.object({ name: z.string() }), { name: reason })).toBeUndefined();
  expect(sentencesIn(z.object({ reason: Sentence.optional() }), {})).toBeUndefined();
  expect(sentencesIn(z.array(Sentence), undefined)).toBeUndefined();
});

test('errors, routes, steps, notices and ends of the contract are sentences', () => {
  const error = { code: 'internal', message: reason, retryable: false };
  expect(sentencesIn(contract.routes.plan.output, [{ route: { kind: 'serial', instanceId: 'i' }, usable: 'no', reason }])).toEqual(told);
  expect(sentencesIn(contract.app.noticesChanged.payload, [{ noticeId: 'n', severity: 'info', message: 'plain', remedy: reason }])).toEqual(told);
  expect(sentencesIn(contract.sessions.changed.payload, { state: { name: 'failed', error }, steps: [] })).toEqual(told);
  expect(sentencesIn(contract.sessions.changed.payload, { state: { name: 'connected' }, steps: [{ step: 'authenticating', detail: reason }] })).toEqual(told);
  expect(sentencesIn(contract.scopes.changed.payload, [{ problems: [{ action: 'a', error }] }])).toEqual(told);
  expect(sentencesIn(contract.forwards.changed.payload, { lastDrop: { time: 't', reason } })).toEqual(told);
  expect(sentencesIn(contract.instances.storage.output, { volumes: { known: false, permission: 'p', denied: true, error } })).toEqual(told);
});
