import { expect, onTestFinished, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { Instance } from '../../../src/contract/instance.ts';
import { silentLog } from '../../../src/services/base/log.ts';
import type { ForwardSession } from '../../../src/services/forwards/forwardSession.ts';
import { createForwards } from '../../../src/services/forwards/forwards.ts';
import { createHistoryServices } from '../../../src/services/keptHistory.ts';
import { temporaryFolder } from '../base/temporaryFolder.ts';

const host: Instance = { instanceId: 'i-1', name: 'web-1', scope: { profile: 'p', region: 'r' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {} };

test('a tunnel that failed is over in the history, and is another entry when it is started again', async () => {
  let nowMs = Date.parse('2026-11-22T00:00:00Z');
  const clock = { now: () => nowMs };
  const history = createHistoryServices({
    dataDir: temporaryFolder(),
    clients: () => {
      throw new Error('a host that is not listed has no account to ask about');
    },
    instance: () => undefined,
    clock,
    log: silentLog,
    onChanged: () => undefined,
    onNotice: () => undefined,
    keepDays: async () => 400,
    onDropped: () => undefined,
    localUser: undefined,
  });
  onTestFinished(() => history.close());
  const opened: PromiseWithResolvers<ForwardSession>[] = [];
  const states: string[] = [];
  const forwards = history.watchForwards(
    createForwards({
      openSession: () => {
        const session = Promise.withResolvers<ForwardSession>();
        opened.push(session);
        history.noteAwsSession({ sessionId: `aws-${opened.length}` });
        return session.promise;
      },
      instanceOf: () => host,
      clock,
      onChanged: (payload) => {
        states.push(payload.state);
        history.follow({ name: 'forwards.changed', payload });
      },
      onRemoved: (forwardId) => history.follow({ name: 'forwards.removed', payload: { forwardId } }),
    }),
  );
  onTestFinished(() => forwards.closeAll());
  const told = (): unknown[] => history.entries.list({ text: '', limit: 10 }).map(({ startedAt, endedAt, outcome, reason, awsSessionIds }) => ({ startedAt, endedAt, outcome, reason, awsSessionIds }));

  const { forwardId } = forwards.open({ instanceId: 'i-1', remotePort: 5432, local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, sessions: 1 });
  await expect.poll(() => opened.length).toBe(1);
  expect(told()).toEqual([{ startedAt: '2026-11-22T00:00:00.000Z', endedAt: undefined, outcome: 'open', reason: undefined, awsSessionIds: ['aws-1'] }]);
  nowMs += 1000;
  opened[0]?.reject(new PosternError({ code: 'ssm.target-not-connected', message: 'The agent does not answer.', remedy: 'Start it.' }));
  await expect.poll(() => states.at(-1)).toBe('failed');
  const first = { startedAt: '2026-11-22T00:00:00.000Z', endedAt: '2026-11-22T00:00:01.000Z', outcome: 'failed', reason: 'The agent does not answer.', awsSessionIds: ['aws-1'] };
  expect(told()).toEqual([first]);
  nowMs += 1000;
  forwards.restart(forwardId);
  await expect.poll(() => opened.length).toBe(2);
  expect(told()).toEqual([{ startedAt: '2026-11-22T00:00:02.000Z', endedAt: undefined, outcome: 'open', reason: undefined, awsSessionIds: ['aws-2'] }, first]);
  nowMs += 1000;
  opened[1]?.reject(new PosternError({ code: 'ssm.target-not-connected', message: 'The agent does not answer yet.', remedy: 'Start it.' }));
  await expect.poll(() => states.at(-1)).toBe('failed');
  await forwards.close(forwardId);
  expect(told()).toEqual([{ startedAt: '2026-11-22T00:00:02.000Z', endedAt: '2026-11-22T00:00:03.000Z', outcome: 'failed', reason: 'The agent does not answer yet.', awsSessionIds: ['aws-2'] }, first]);
});
