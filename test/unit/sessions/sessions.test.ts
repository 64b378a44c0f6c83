import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import type { Instance } from '../../../src/contract/instance.ts';
import type { ExitStatus, TerminalSession } from '../../../src/contract/session.ts';
import type { Shell } from '../../../src/services/base/shell.ts';
import type { Connect } from '../../../src/services/sessions/progress.ts';
import { createSessions } from '../../../src/services/sessions/sessions.ts';

const instance: Instance = {
  instanceId: 'i-1', name: 'web-1', scope: { profile: 'p', region: 'r' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {},
};
const size = { columns: 80, rows: 24 };

/** A shell whose far end the test holds. */
function heldShell() {
  const output = new PassThrough();
  const input = new PassThrough();
  let finish: (exit: ExitStatus) => void = () => {};
  let lose: (error: PosternError) => void = () => {};
  const exited = new Promise<ExitStatus>((resolve, reject) => { finish = resolve; lose = reject; });
  exited.catch(() => {});
  const sizes: unknown[] = [];
  let closed = 0;
  const shell: Shell = { stream: Duplex.from({ readable: output, writable: input }), resize: (to) => sizes.push(to), exited, close: () => { closed += 1; output.end(); finish({}); } };
  return { shell, output, input, sizes, finish: (exit: ExitStatus) => { output.end(); finish(exit); }, lose: (error: PosternError) => { output.destroy(); lose(error); }, closed: () => closed };
}

function setUp(connect: Connect) {
  const told: TerminalSession[] = [];
  const waiting: { test: (session: TerminalSession) => boolean; resolve: (session: TerminalSession) => void }[] = [];
  const sessions = createSessions({
    connect,
    instanceOf: (instanceId) => {
      if (instanceId === instance.instanceId) return instance;
      throw new PosternError({ code: 'instance.not-found', message: `No instance ${instanceId}.` });
    },
    clock: { now: () => 1000 },
    onChanged: (session) => {
      told.push(session);
      for (const waiter of waiting.splice(0)) (waiter.test(session) ? waiter.resolve(session) : waiting.push(waiter));
    },
    onRemoved: () => {},
  });
  const until = (name: TerminalSession['state']['name']): Promise<TerminalSession> => {
    const last = told.at(-1);
    return last?.state.name === name ? Promise.resolve(last) : new Promise((resolve) => waiting.push({ test: (session) => session.state.name === name, resolve }));
  };
  return { sessions, told, until };
}

test('an opened session is returned at once, connecting, and then follows its shell to the exit status', async () => {
  const held = heldShell();
  const { sessions, until } = setUp(async (_request, _instance, progress) => {
    progress.step('opening-transport', 'TCP to 203.0.113.9 port 22');
    progress.chosen({ kind: 'direct', address: '203.0.113.9', port: 22 }, 'ec2-user');
    return held.shell;
  });
  const opened = sessions.open({ instanceId: 'i-1', size });
  expect(opened).toMatchObject({ instanceId: 'i-1', instanceName: 'web-1', state: { name: 'connecting', step: 'choosing-route' }, steps: [] });
  const connected = await until('connected');
  expect(connected).toMatchObject({ osUser: 'ec2-user', route: { kind: 'direct' }, steps: [{ step: 'opening-transport', detail: 'TCP to 203.0.113.9 port 22', outcome: 'done', durationMs: 0 }] });
  const stream = sessions.terminal(opened.sessionId);
  held.output.write('hello');
  held.finish({ exitCode: 3 });
  expect(await text(stream)).toBe('hello');
  expect((await until('closed')).state).toEqual({ name: 'closed', exit: { exitCode: 3 } });
});

test('every byte said before the first reader attaches is kept, however many', async () => {
  const held = heldShell();
  const { sessions, until } = setUp(async () => held.shell);
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  await until('connected');
  const flood = Buffer.alloc(5 * 1024 * 1024, 'x');
  held.output.write(flood);
  held.finish({ exitCode: 0 });
  expect((await buffer(sessions.terminal(sessionId))).byteLength).toBe(flood.byteLength);
});

test('the newest reader takes over and gets the scrollback first', async () => {
  const held = heldShell();
  const { sessions, until } = setUp(async () => held.shell);
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  await until('connected');
  const first = sessions.terminal(sessionId);
  held.output.write('one ');
  expect(String((await once(first, 'data'))[0])).toBe('one ');
  const firstClosed = once(first, 'close');
  const second = sessions.terminal(sessionId);
  await firstClosed;
  held.output.write('two');
  held.finish({});
  expect(await text(second)).toBe('one two');
});

test('a session nobody reads any more does not stop its program', async () => {
  const held = heldShell();
  const { sessions, until } = setUp(async () => held.shell);
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  await until('connected');
  const reader = sessions.terminal(sessionId);
  reader.destroy();
  await once(reader, 'close');
  for (let round = 0; round < 64; round += 1) if (!held.output.write(Buffer.alloc(64 * 1024, round))) await once(held.output, 'drain');
  held.finish({});
  await until('closed');
  expect((await buffer(sessions.terminal(sessionId))).byteLength).toBe(1024 * 1024);
});

test('input reaches the shell, and end of input too', async () => {
  const held = heldShell();
  const { sessions, until } = setUp(async () => held.shell);
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  await until('connected');
  sessions.terminal(sessionId).end('exit\n');
  expect(await text(held.input)).toBe('exit\n');
});

test('a question is asked, answered once, and the answer goes to the connect alone', async () => {
  const held = heldShell();
  const { sessions, until } = setUp(async (_request, _instance, progress) => {
    progress.step('authenticating');
    const reply = await progress.ask<'passphrase'>({ kind: 'passphrase', keyName: 'work', attempt: 1 });
    expect(reply.passphrase).toBe('open sesame');
    return held.shell;
  });
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  const asking = await until('asking');
  if (asking.state.name !== 'asking') throw new Error('not asking');
  const { questionId } = asking.state.question;
  expect(() => sessions.answer({ sessionId, questionId: 'another', reply: { kind: 'passphrase', passphrase: 'x' } })).toThrow('That question is not open any more.');
  expect(() => sessions.answer({ sessionId, questionId, reply: { kind: 'host-key', accept: true } })).toThrow('That question is not open any more.');
  sessions.answer({ sessionId, questionId, reply: { kind: 'passphrase', passphrase: 'open sesame' } });
  const connected = await until('connected');
  expect(JSON.stringify(connected)).not.toContain('sesame');
  expect(() => sessions.answer({ sessionId, questionId, reply: { kind: 'passphrase', passphrase: 'x' } })).toThrow('That question is not open any more.');
  await sessions.closeAll();
});

test('cancelling a question closes the session', async () => {
  const { sessions, until } = setUp(async (_request, _instance, progress) => {
    await progress.ask<'passphrase'>({ kind: 'passphrase', keyName: 'work', attempt: 1 });
    throw new Error('unreachable');
  });
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  const asking = await until('asking');
  if (asking.state.name !== 'asking') throw new Error('not asking');
  sessions.answer({ sessionId, questionId: asking.state.question.questionId, reply: { kind: 'cancel' } });
  expect((await until('closed')).state).toEqual({ name: 'closed', exit: {}, reason: 'Closed here.' });
});

test('a connect that fails leaves a session that names step, error and remedy, and an ended stream', async () => {
  const { sessions, until } = setUp(async (_request, _instance, progress) => {
    progress.step('opening-transport');
    throw new PosternError({ code: 'route.unreachable', message: 'No answer from 203.0.113.9 port 22.', remedy: 'Check the group.', retryable: true }, { cause: new Error('inner') });
  });
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  const failed = await until('failed');
  expect(failed.state).toEqual({
    name: 'failed', step: 'opening-transport', error: { code: 'route.unreachable', message: 'No answer from 203.0.113.9 port 22.', remedy: 'Check the group.', retryable: true },
  });
  expect(failed.steps).toEqual([{ step: 'opening-transport', outcome: 'failed', durationMs: 0 }]);
  expect(await text(sessions.terminal(sessionId))).toBe('');
});

test('a connection lost in the middle fails the session and keeps its scrollback', async () => {
  const held = heldShell();
  const { sessions, until } = setUp(async () => held.shell);
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  await until('connected');
  const reader = sessions.terminal(sessionId);
  held.output.write('last words');
  expect(String((await once(reader, 'data'))[0])).toBe('last words');
  held.lose(new PosternError({ code: 'ssh.connection-lost', message: 'The connection was lost.', retryable: true }));
  expect((await until('failed')).state).toMatchObject({ name: 'failed', error: { code: 'ssh.connection-lost' } });
  expect(await text(sessions.terminal(sessionId))).toBe('last words');
});

test('a banner stands above the shell, and never in the output of a command', async () => {
  for (const [command, expected] of [[undefined, 'Authorised use only\r\n$ '], ['id', '$ ']] as const) {
    const held = heldShell();
    const { sessions, until } = setUp(async (_request, _instance, progress) => {
      progress.banner('Authorised use only\n');
      return held.shell;
    });
    const { sessionId } = sessions.open({ instanceId: 'i-1', size, ...(command === undefined ? {} : { command }) });
    await until('connected');
    held.output.write('$ ');
    held.finish({ exitCode: 0 });
    expect(await text(sessions.terminal(sessionId))).toBe(expected);
  }
});

test('closing while connecting aborts the connect, and a shell that still arrives is closed', async () => {
  const held = heldShell();
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => { release = resolve; });
  const { sessions } = setUp(async (_request, _instance, _progress, signal) => {
    await gate;
    expect(signal.aborted).toBe(true);
    return held.shell;
  });
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  sessions.close(sessionId);
  release();
  await sessions.closeAll();
  expect(held.closed()).toBe(1);
  expect(sessions.list()).toEqual([]);
});

test('a window resized while connecting gives the shell its new size', async () => {
  const held = heldShell();
  let release: () => void = () => {};
  const gate = new Promise<void>((resolve) => { release = resolve; });
  const { sessions, until } = setUp(async () => { await gate; return held.shell; });
  const { sessionId } = sessions.open({ instanceId: 'i-1', size });
  sessions.resize(sessionId, { columns: 132, rows: 43 });
  release();
  await until('connected');
  expect(held.sizes).toEqual([{ columns: 132, rows: 43 }]);
  await sessions.closeAll();
});

test('an unknown instance or session is named', () => {
  const { sessions } = setUp(async () => heldShell().shell);
  expect(() => sessions.open({ instanceId: 'i-none', size })).toThrow('No instance i-none.');
  expect(() => sessions.terminal('none')).toThrow('That session has been closed.');
});
