/**
 * The life of a terminal session, as a table. Pure: no clock, no I/O.
 *
 *   connecting --step--> connecting --ask--> asking --answered--> connecting
 *   connecting --open--> connected --drop--> resuming --resume--> connected
 *   resuming --ask--> asking --answered--> resuming (a way in that is tried again asks, too)
 *   connected | resuming --end--> closed
 *   connecting | asking | connected | resuming --fail--> failed
 *   connecting | asking | connected | resuming --cancel--> closed
 *   closed | failed: nothing moves them
 */
import type { ErrorReport } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { ExitStatus, Question, Reconnecting, SessionState, StepName } from '../../contract/session.ts';

export type SessionEvent =
  | { readonly type: 'step'; readonly step: StepName }
  | { readonly type: 'ask'; readonly question: Question; readonly step?: StepName }
  | { readonly type: 'answered' }
  | { readonly type: 'open' }
  | { readonly type: 'drop'; readonly since: string; readonly reason: string; readonly reconnecting?: Reconnecting }
  | { readonly type: 'resume' }
  | { readonly type: 'end'; readonly exit: ExitStatus; readonly reason?: string }
  | { readonly type: 'fail'; readonly error: ErrorReport }
  | { readonly type: 'cancel' };

export function advance(state: SessionState, event: SessionEvent): SessionState {
  if (state.name === 'closed' || state.name === 'failed') return state;
  if (event.type === 'cancel') return { name: 'closed', exit: {}, reason: say`Closed here.` };
  if (event.type === 'fail') {
    return { name: 'failed', error: event.error, ...(state.name === 'connecting' || state.name === 'asking' ? { step: state.step } : {}) };
  }
  switch (state.name) {
    case 'connecting':
      if (event.type === 'step') return { name: 'connecting', step: event.step };
      if (event.type === 'ask') return { name: 'asking', step: state.step, question: event.question };
      if (event.type === 'open') return { name: 'connected' };
      break;
    case 'asking':
      if (event.type === 'answered') return state.resuming ?? { name: 'connecting', step: state.step };
      // What asked has failed: its next attempt waits.
      if (event.type === 'drop' && state.resuming !== undefined) return dropped(state.resuming.since, event);
      break;
    case 'connected':
      if (event.type === 'drop') return dropped(event.since, event);
      if (event.type === 'end') return closed(event);
      break;
    case 'resuming':
      if (event.type === 'drop') return dropped(state.since, event);
      if (event.type === 'step' && state.reconnecting !== undefined) return state;
      if (event.type === 'ask' && state.reconnecting !== undefined) return { name: 'asking', step: event.step ?? 'authenticating', question: event.question, resuming: state };
      if (event.type === 'resume') return { name: 'connected' };
      if (event.type === 'end') return closed(event);
      break;
  }
  throw new Error(`a session that is ${state.name} cannot take "${event.type}"`);
}

function dropped(since: string, { reason, reconnecting }: Extract<SessionEvent, { type: 'drop' }>): SessionState {
  return { name: 'resuming', since, reason, ...(reconnecting === undefined ? {} : { reconnecting }) };
}

function closed(event: Extract<SessionEvent, { type: 'end' }>): SessionState {
  return { name: 'closed', exit: event.exit, ...(event.reason === undefined ? {} : { reason: event.reason }) };
}

/** Whether nothing more will happen. */
export function hasEnded(state: SessionState): boolean {
  return state.name === 'closed' || state.name === 'failed';
}
