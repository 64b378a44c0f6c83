/** Puts a session's questions to the person on the terminal. */
import type { Answer, Question } from '../../contract/session.ts';
import type { KeyPair } from '../../contract/key.ts';
import { PosternError } from '../../contract/error.ts';
import { askOnTerminal } from './askOnTerminal.ts';
import { printable } from './printable.ts';

export async function askQuestion(question: Question, keys: readonly KeyPair[], signal: AbortSignal): Promise<Answer['reply']> {
  switch (question.kind) {
    case 'host-key': {
      process.stderr.write(
        [
          `The identity of ${printable(question.instanceId)} at ${printable(question.address)} is not known yet.`,
          ...(question.unprovenBecause ?? []).map(printable),
          `${printable(question.algorithm)} key fingerprint is ${printable(question.fingerprint)}.`,
          '',
        ].join('\n'),
      );
      const answers = question.canAskHost === true ? 'yes/no/check through Session Manager' : 'yes/no';
      const reply = (await askOnTerminal(`Trust this key from now on (${answers})? `, true, signal)).trim().toLowerCase();
      return { kind: 'host-key', accept: reply === 'yes', ...(question.canAskHost === true && reply.startsWith('check') ? { askHost: true } : {}) };
    }
    case 'passphrase': {
      const passphrase = await askOnTerminal(`${question.attempt > 1 ? 'That was not it. ' : ''}Passphrase for ${printable(question.keyName)}: `, false, signal);
      const remember = question.canRemember === true && (await askOnTerminal('Keep it in the keychain (yes/no)? ', true, signal)).trim().toLowerCase() === 'yes';
      return { kind: 'passphrase', passphrase, ...(remember ? { remember } : {}) };
    }
    case 'forward-agent': {
      process.stderr.write(`While you are connected, root on ${printable(question.host)} could sign in elsewhere with the keys you lend:\n${question.keys.map((key, index) => `  ${index + 1}  ${printable(key.keyName)}  ${key.fingerprint}`).join('\n')}\n`);
      const numbers = (await askOnTerminal('Lend which, now and from now on (numbers, or none)? ', true, signal)).split(/[\s,]+/).map(Number);
      return { kind: 'forward-agent', keyPairIds: question.keys.filter((_, index) => numbers.includes(index + 1)).map(({ keyPairId }) => keyPairId) };
    }
    case 'keyboard-interactive': {
      if (question.bastion !== undefined) process.stderr.write(`The bastion ${printable(question.bastion)} asks:\n`);
      if (question.name !== '') process.stderr.write(`${printable(question.name)}\n`);
      if (question.instructions !== '') process.stderr.write(`${question.instructions.split('\n').map(printable).join('\n')}\n`);
      const responses: string[] = [];
      for (const prompt of question.prompts) responses.push(await askOnTerminal(printable(prompt.prompt), prompt.echo, signal));
      return { kind: 'keyboard-interactive', responses };
    }
    case 'choose-key': {
      const choices = keys.filter((key) => question.keyPairIds.includes(key.keyPairId));
      process.stderr.write(`Keys for ${printable(question.osUser)}${question.bastion === undefined ? '' : ` on the bastion ${printable(question.bastion)}`}:\n${choices.map((key, index) => `  ${index + 1}  ${printable(key.keyName)}  ${key.fingerprint}`).join('\n')}\n`);
      const chosen = choices[Number(await askOnTerminal('Which one (number)? ', true, signal)) - 1];
      if (chosen === undefined) throw new PosternError({ code: 'cancelled', message: 'No key was chosen.', remedy: 'Name one with -i.' });
      return { kind: 'choose-key', keyPairId: chosen.keyPairId };
    }
    case 'run-command': {
      const what = question.purpose === 'proxy-command' ? 'reached by this command' : 'described by what this command says';
      process.stderr.write(`${printable(question.host)} is ${what}${question.place === undefined ? '' : ` (${printable(question.place)})`}:\n  ${printable(question.command)}\n`);
      const reply = await askOnTerminal('Run it, now and from now on (yes/no)? ', true, signal);
      return { kind: 'run-command', allow: reply.trim().toLowerCase() === 'yes' };
    }
  }
}
