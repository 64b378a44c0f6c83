/** The one question of a connect that waits for a person. */
import { randomUUID } from 'node:crypto';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Answer, Question } from '../../contract/session.ts';
import type { QuestionToAsk, Reply } from './progress.ts';

export class OpenQuestion {
  #pending: { readonly question: Question; settle(reply: Answer['reply']): void } | undefined;

  /**
   * @param onAsked told at once, with the question as it is shown
   * @param onAnswered told before the promise settles; not where it was cancelled
   * @throws PosternError `cancelled`
   */
  ask(toAsk: QuestionToAsk, onAsked: (question: Question) => void, onAnswered: () => void): Promise<Reply> {
    const question = { ...toAsk, questionId: randomUUID() } as Question;
    return new Promise((resolve, reject) => {
      this.#pending = {
        question,
        settle: (reply) => {
          this.#pending = undefined;
          if (reply.kind === 'cancel') {
            reject(cancelled());
            return;
          }
          onAnswered();
          resolve(reply);
        },
      };
      onAsked(question);
    });
  }

  /** @throws PosternError `input.invalid` when that question is not pending */
  answer({ questionId, reply }: Answer): void {
    const pending = this.#pending;
    const fits = pending !== undefined && pending.question.questionId === questionId && (reply.kind === 'cancel' || reply.kind === pending.question.kind);
    if (!fits) throw new PosternError({ code: 'input.invalid', message: say`That question is not open any more.` });
    pending.settle(reply);
  }

  cancel(): void {
    this.#pending?.settle({ kind: 'cancel' });
  }

  /** Nobody waits for an answer any more. */
  forget(): void {
    this.#pending = undefined;
  }
}

export function cancelled(): PosternError {
  return new PosternError({ code: 'cancelled', message: say`The connection was cancelled.` });
}
