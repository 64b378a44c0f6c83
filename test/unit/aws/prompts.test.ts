import { expect, test } from 'vitest';
import { createPrompts, type PersonRequest } from '../../../src/services/aws/prompts.ts';

const signIn = (profile: string): PersonRequest => ({ key: 'k', profile, asked: { kind: 'sign-in', signIn: 'corp', startUrl: 'https://x' }, act: async () => undefined });

test('one prompt for any number of calls, told once for each profile, and gone for all of them together', async () => {
  const prompts = createPrompts();
  let told = 0;
  const answered: string[][] = [];
  prompts.onChanged(() => (told += 1));
  prompts.onAnswered((profiles) => void answered.push([...profiles]));
  const waits = Array.from({ length: 1000 }, (_, index) => prompts.answered(prompts.need(signIn(`p${index % 2}`))));
  expect(prompts.list()).toMatchObject([{ kind: 'sign-in', signIn: 'corp', profiles: ['p0', 'p1'], progress: { name: 'needed' } }]);
  expect(told).toBe(2);
  prompts.settle('k');
  expect(await Promise.all(waits)).toHaveLength(1000);
  expect([prompts.list(), answered]).toEqual([[], [['p0', 'p1']]]);
});

test('an answer that does not do leaves the prompt, counts, and keeps the calls waiting', async () => {
  const prompts = createPrompts();
  const codes: string[] = [];
  const needed = prompts.need({
    key: 'm',
    profile: 'admin',
    asked: { kind: 'mfa', serial: 'device' },
    act: async (code) => {
      codes.push(code);
      if (code !== '123456') throw new Error('wrong');
    },
  });
  const waits = prompts.answered(needed);
  await expect(prompts.reply(needed.promptId, '000000')).rejects.toThrow('wrong');
  expect(prompts.list()).toMatchObject([{ attempt: 2 }]);
  await prompts.reply(needed.promptId, '123456');
  await waits;
  expect([codes, prompts.list()]).toEqual([['000000', '123456'], []]);
  await expect(prompts.reply(needed.promptId, '123456')).rejects.toMatchObject({ code: 'input.invalid' });
});

test('a call that is cancelled waits no longer, and the others do', async () => {
  const prompts = createPrompts();
  const controller = new AbortController();
  const cancelled = prompts.answered(prompts.need(signIn('p')), controller.signal).catch((thrown: unknown) => thrown);
  const waits = prompts.answered(prompts.need(signIn('p')));
  controller.abort();
  expect(await cancelled).toMatchObject({ code: 'cancelled' });
  prompts.settle('k');
  await waits;
});

test('who declines within the very call that asks again is heard', async () => {
  const prompts = createPrompts();
  const needed = prompts.need(signIn('p'));
  prompts.decline(needed.promptId);
  prompts.onChanged((list) => {
    for (const { promptId, declined } of list) if (!declined) prompts.decline(promptId);
  });
  await expect(prompts.answered(needed)).rejects.toMatchObject({ code: 'aws.sign-in-needed', promptId: needed.promptId });
});

test('closing ends every wait as cancelled', async () => {
  const prompts = createPrompts();
  const waits = prompts.answered(prompts.need(signIn('p'))).catch((thrown: unknown) => thrown);
  prompts.close();
  expect(await waits).toMatchObject({ code: 'cancelled' });
});
