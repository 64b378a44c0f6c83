/** Follows a session on the command line: answers its questions, tells a dropped line, and says when it has come where. */
import type { SessionState, TerminalSession } from '../../contract/session.ts';
import type { Services } from '../../services/services.ts';
import { printError } from './output.ts';
import { printable } from './printable.ts';
import { askQuestion } from './questions.ts';

export interface FollowedSession {
  /** Settles when the session is, or was by then, in one of these states. */
  until(...names: readonly SessionState['name'][]): Promise<TerminalSession>;
}

/** @param interrupted ends a question that waits for an answer */
export function followSession(services: Services, opened: TerminalSession, interrupted: AbortSignal): FollowedSession {
  let session = services.local.session(opened.sessionId) ?? opened;
  let asked: string | undefined;
  const waiting = new Set<() => void>();

  function handle(changed: TerminalSession): void {
    const before = session.state.name;
    session = changed;
    const { state } = changed;
    // A terminal in raw mode needs the carriage return.
    if (state.name === 'resuming' && before !== 'resuming') process.stderr.write(`\r\npostern: the line dropped (${printable(state.reason)}); resuming\r\n`);
    if (state.name === 'connected' && before === 'resuming') process.stderr.write('postern: resumed\r\n');
    if (state.name === 'asking' && state.question.questionId !== asked) {
      asked = state.question.questionId;
      void answer(services, changed, interrupted);
    }
    for (const look of waiting) look();
  }
  services.onEvent((event) => {
    if (event.name === 'sessions.changed' && event.payload.sessionId === opened.sessionId) handle(event.payload);
  });
  handle(session);

  return {
    until: (...names) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!names.includes(session.state.name)) return;
          waiting.delete(look);
          resolve(session);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function answer(services: Services, { sessionId, state }: TerminalSession, interrupted: AbortSignal): Promise<void> {
  if (state.name !== 'asking') return;
  const { question } = state;
  try {
    const reply = await askQuestion(question, await services.keys.list({}), interrupted);
    await services.sessions.answer({ sessionId, questionId: question.questionId, reply });
  } catch (thrown) {
    if (interrupted.aborted) return;
    printError(thrown);
    await services.sessions.answer({ sessionId, questionId: question.questionId, reply: { kind: 'cancel' } }).catch(printError);
  }
}
