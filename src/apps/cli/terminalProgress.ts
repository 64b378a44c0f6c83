/** What a way to a port asks and tells on the command line: questions on the terminal, nothing on stdout. */
import { toPosternError } from '../../contract/error.ts';
import type { Question } from '../../contract/session.ts';
import type { Progress, QuestionToAsk, ReplyTo } from '../../services/sessions/progress.ts';
import type { Services } from '../../services/services.ts';
import { printable } from './printable.ts';
import { askQuestion } from './questions.ts';

/** Where there is no terminal to ask on, a question ends the way with `cancelled`, and says what was asked. */
export function terminalProgress(services: Services, signal: AbortSignal): Progress {
  return {
    step: () => undefined,
    failed: (detail) => void process.stderr.write(`postern: ${printable(detail)}\n`),
    chosen: () => undefined,
    weak: (names) => void process.stderr.write(`postern: weak algorithms in use: ${printable(names.join(', '))}\n`),
    async ask<K extends Question['kind']>(question: Extract<QuestionToAsk, { kind: K }>) {
      const asked = { ...question, questionId: 'proxy' } as Question;
      return (await askQuestion(asked, await services.keys.list({}).catch((thrown: unknown) => Promise.reject(toPosternError(thrown))), signal)) as ReplyTo<K>;
    },
    banner: (text) => void process.stderr.write(`${text.split('\n').map(printable).join('\n')}\n`),
    dropped: (reason) => void process.stderr.write(`postern: the line dropped (${printable(reason)}); resuming\n`),
    resumed: () => void process.stderr.write('postern: resumed\n'),
    roundTrip: () => undefined,
    limits: () => undefined,
  };
}
