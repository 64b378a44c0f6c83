import { expect, test } from 'vitest';
import { createAnswerTurns } from '../../../src/renderer/state/answerTurns.ts';

test('an answer is shown although the question was asked again meanwhile', () => {
  const turns = createAnswerTurns();
  const first = turns.ask();
  const second = turns.ask();
  expect([first(), second()]).toEqual([true, true]);
});

test('an answer that was overtaken by that to a later question is not shown', () => {
  const turns = createAnswerTurns();
  const [first, second, third] = [turns.ask(), turns.ask(), turns.ask()];
  expect([second(), first(), third()]).toEqual([true, false, true]);
});
