import { expect, test } from 'vitest';
import type { SessionState } from '../../../src/contract/session.ts';
import type { SessionEvent } from '../../../src/services/sessions/lifecycle.ts';
import { advance } from '../../../src/services/sessions/lifecycle.ts';

const question = { kind: 'passphrase', questionId: 'q', keyName: 'work', attempt: 1 } as const;
const error = { code: 'route.unreachable', message: 'No answer.', retryable: true } as const;
const states: Record<SessionState['name'], SessionState> = {
  connecting: { name: 'connecting', step: 'opening-transport' },
  asking: { name: 'asking', step: 'authenticating', question },
  connected: { name: 'connected' },
  resuming: { name: 'resuming', since: '2026-11-22T00:00:00Z', reason: 'dropped' },
  closed: { name: 'closed', exit: { exitCode: 0 } },
  failed: { name: 'failed', error },
};
const events: Record<SessionEvent['type'], SessionEvent> = {
  step: { type: 'step', step: 'starting-shell' },
  ask: { type: 'ask', question },
  answered: { type: 'answered' },
  open: { type: 'open' },
  drop: { type: 'drop', since: '2026-11-22T00:00:00Z', reason: 'dropped' },
  resume: { type: 'resume' },
  end: { type: 'end', exit: { exitCode: 3 } },
  fail: { type: 'fail', error },
  cancel: { type: 'cancel' },
};

/** What each state makes of each event; `!` is a fault of the caller. */
const table: Record<SessionState['name'], Record<SessionEvent['type'], SessionState['name'] | '!'>> = {
  connecting: { step: 'connecting', ask: 'asking', answered: '!', open: 'connected', drop: '!', resume: '!', end: '!', fail: 'failed', cancel: 'closed' },
  asking: { step: '!', ask: '!', answered: 'connecting', open: '!', drop: '!', resume: '!', end: '!', fail: 'failed', cancel: 'closed' },
  connected: { step: '!', ask: '!', answered: '!', open: '!', drop: 'resuming', resume: '!', end: 'closed', fail: 'failed', cancel: 'closed' },
  resuming: { step: '!', ask: '!', answered: '!', open: '!', drop: 'resuming', resume: 'connected', end: 'closed', fail: 'failed', cancel: 'closed' },
  closed: { step: 'closed', ask: 'closed', answered: 'closed', open: 'closed', drop: 'closed', resume: 'closed', end: 'closed', fail: 'closed', cancel: 'closed' },
  failed: { step: 'failed', ask: 'failed', answered: 'failed', open: 'failed', drop: 'failed', resume: 'failed', end: 'failed', fail: 'failed', cancel: 'failed' },
};

for (const [from, row] of Object.entries(table) as [SessionState['name'], (typeof table)['closed']][]) {
  test(`a session that is ${from} takes every event as the table says`, () => {
    for (const [type, expected] of Object.entries(row) as [SessionEvent['type'], string][]) {
      if (expected === '!') expect(() => advance(states[from], events[type]), type).toThrow(`a session that is ${from} cannot take "${type}"`);
      else expect(advance(states[from], events[type]).name, type).toBe(expected);
    }
  });
}

test('a session that reconnects asks and is answered without leaving its drop behind, and its next attempt keeps when it dropped', () => {
  const away = advance(states.connected, { ...events.drop, type: 'drop', since: 'then', reason: 'cut', reconnecting: { attempt: 1, at: 'soon' } });
  expect(away).toEqual({ name: 'resuming', since: 'then', reason: 'cut', reconnecting: { attempt: 1, at: 'soon' } });
  expect(advance(away, events.step)).toBe(away);
  const asking = advance(away, { type: 'ask', question, step: 'authenticating' });
  expect(asking).toEqual({ name: 'asking', step: 'authenticating', question, resuming: away });
  expect(advance(asking, events.answered)).toBe(away);
  const next = { type: 'drop', since: 'later', reason: 'refused', reconnecting: { attempt: 2 } } as const;
  for (const state of [away, asking]) expect(advance(state, next)).toEqual({ name: 'resuming', since: 'then', reason: 'refused', reconnecting: { attempt: 2 } });
  expect(advance(away, events.resume)).toEqual({ name: 'connected' });
});

test('a failure keeps the step it happened in', () => {
  expect(advance(states.asking, events.fail)).toEqual({ name: 'failed', error, step: 'authenticating' });
});

test('what ended is never moved again', () => {
  expect(advance(states.closed, events.fail)).toBe(states.closed);
});
