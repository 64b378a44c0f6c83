/**
 * Answers what calls wait for on the terminal: an MFA code, agreement to a command. A sign-in is a command of its own, and with
 * nobody at a terminal everything is declined, so that the call says what it needs.
 */
import type { AccountPrompt } from '../../contract/account.ts';
import { PosternError } from '../../contract/error.ts';
import type { Services } from '../../services/services.ts';
import { askOnTerminal } from './askOnTerminal.ts';
import { printError } from './output.ts';
import { printable } from './printable.ts';

export function answerPrompts(services: Services, interrupted: AbortSignal): void {
  /** One question after the other: there is one terminal. */
  let asking: Promise<void> = Promise.resolve();
  const asked = new Map<string, 'asking' | 'answered'>();
  const look = (prompts: readonly AccountPrompt[]): void => {
    for (const prompt of prompts) {
      // Of no call: somebody signs in by `postern login`.
      if (prompt.declined || prompt.profiles.length === 0) continue;
      const key = prompt.kind === 'mfa' ? `${prompt.promptId} ${prompt.attempt}` : prompt.promptId;
      // Asked once more by a later call: the answer is the one of before.
      if (asked.get(key) === 'answered') void decline(services, prompt);
      if (asked.has(key)) continue;
      asked.set(key, 'asking');
      asking = asking.then(() => answer(services, prompt, interrupted)).finally(() => asked.set(key, 'answered'));
    }
  };
  services.onEvent((event) => {
    if (event.name === 'accounts.promptsChanged') look(event.payload);
  });
}

async function answer(services: Services, prompt: AccountPrompt, interrupted: AbortSignal): Promise<void> {
  const { promptId } = prompt;
  try {
    switch (prompt.kind) {
      case 'sign-in':
        return await decline(services, prompt);
      case 'mfa': {
        const code = (await askOnTerminal(`${prompt.attempt > 1 ? 'AWS did not take that code. ' : ''}MFA code of ${printable(prompt.serial)} for ${prompt.profiles.map(printable).join(', ')}: `, true, interrupted)).trim();
        if (!/^\d{6}$/.test(code)) throw new PosternError({ code: 'input.invalid', message: 'An MFA code has six digits.' });
        return await services.accounts.reply({ promptId, reply: { kind: 'mfa', code } });
      }
      case 'consent': {
        process.stderr.write(`The profile ${prompt.profiles.map(printable).join(', ')} gets its credentials from this command${prompt.changed ? ', which is not the one you allowed before' : ''}:\n\n  ${printable(prompt.command)}\n\n`);
        const agrees = (await askOnTerminal('Run it, now and later (yes/no)? ', true, interrupted)).trim().toLowerCase() === 'yes';
        return await services.accounts.reply({ promptId, reply: { kind: agrees ? 'agree' : 'decline' } });
      }
    }
  } catch (thrown) {
    if (interrupted.aborted) return;
    // A code that was not taken is asked for again by the prompt's next attempt.
    if (thrown instanceof PosternError && thrown.code === 'aws.mfa-needed') return;
    if (!(thrown instanceof PosternError) || thrown.code !== 'cancelled') printError(thrown);
    await decline(services, prompt);
  }
}

async function decline(services: Services, { promptId }: AccountPrompt): Promise<void> {
  await services.accounts.reply({ promptId, reply: { kind: 'decline' } });
}
