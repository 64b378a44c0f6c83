import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PosternError } from '../../../src/contract/error.ts';
import { FlagPayload, PayloadType } from '../../../src/services/ssm/message.ts';
import { encodeFlag } from '../../../src/services/ssm/messagePayloads.ts';
import { STALL_LIMIT_MS, STREAM_HELD_BYTES } from '../../../src/services/ssm/smuxClient.ts';
import { HALF_CLOSED_SILENCE_MS, SmuxStream } from '../../../src/services/ssm/smuxStream.ts';
import { openSsmForward } from '../../../src/services/ssm/ssmForward.ts';
import { failureOf, testOptions } from './openTestShell.ts';
import { openTestForward, readAll, shakeHands } from './portAgent.ts';
import { ScriptedService } from './scriptedService.ts';

let service: ScriptedService;

beforeEach(async () => {
  service = await ScriptedService.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await service.close();
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** As much is held as makes the agent wait: small pieces count for more than their bytes, so that these alone may stay below the limit. */
async function heldFull(stream: Duplex): Promise<void> {
  while (!(stream instanceof SmuxStream) || stream.heldBytes <= STREAM_HELD_BYTES) await turns(1);
}

async function errorOf(stream: NodeJS.EventEmitter): Promise<PosternError> {
  const [error] = (await once(stream, 'error')) as unknown[];
  if (error instanceof PosternError) return error;
  throw new Error('no PosternError', { cause: error });
}

test('a forward is started with its document, and to another host with the document for that', async () => {
  const { forward, record } = await openTestForward(service, { localPortNumber: 15432 });
  expect(record.documents).toEqual([{ documentName: 'AWS-StartPortForwardingSession', parameters: { portNumber: ['5432'], localPortNumber: ['15432'] } }]);
  expect(forward).toMatchObject({ multiplexed: true, agentVersion: '3.3.987.0' });
  forward.close();
  expect(await forward.ended).toBeUndefined();
  const remote = await openTestForward(service, { host: 'db.internal' });
  expect(remote.record.documents).toEqual([{ documentName: 'AWS-StartPortForwardingSessionToRemoteHost', parameters: { host: ['db.internal'], portNumber: ['5432'], localPortNumber: ['0'] } }]);
  remote.forward.close();
  await remote.forward.ended;
});

test('what cannot be a port or a host is refused before AWS is asked', async () => {
  const { size: _, ...options } = testOptions(service);
  for (const wrong of [{ portNumber: 0 }, { portNumber: 65_536 }, { portNumber: 1.5 }, { portNumber: 80, host: 'a b' }, { portNumber: 80, host: '$(x)' }, { portNumber: 80, host: 'ab' }, { portNumber: 80, localPortNumber: -1 }]) {
    expect((await failureOf(openSsmForward({ ...options, ...wrong }))).code).toBe('input.invalid');
  }
  expect(options.record.documents).toEqual([]);
});

test('connections get the ids 3, 5 and 7, carry bytes both ways, and end on both sides', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const streams = [await connect(), await connect(), await connect()];
  for (const [index, stream] of streams.entries()) stream.write(`hello ${index}`);
  for (const [index, streamId] of [3, 5, 7].entries()) {
    await mux.waitForFrame(`PSH ${streamId} hello ${index}`);
    mux.psh(streamId, `answer ${index}`);
    mux.fin(streamId);
  }
  for (const [index, stream] of streams.entries()) {
    stream.end();
    expect((await readAll(stream)).toString()).toBe(`answer ${index}`);
  }
  for (const streamId of [3, 5, 7]) await mux.waitForFrame(`FIN ${streamId}`);
  expect(mux.frames.filter((frame) => frame.startsWith('SYN'))).toEqual(['SYN 3', 'SYN 5', 'SYN 7']);
  expect(mux.frames.filter((frame) => frame.startsWith('FIN'))).toHaveLength(3);
  forward.close();
  await forward.ended;
});

test('bytes are never changed: a lone newline stays one', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const stream = await connect();
  stream.write('\n');
  await mux.waitForFrame('PSH 3 \n');
  expect(mux.frames.filter((frame) => frame.startsWith('PSH'))).toEqual(['PSH 3 \n']);
  forward.close();
  await forward.ended;
});

test('a port that refuses fails its own connection as route.refused, and the session stays usable', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const talking = await connect();
  mux.psh(3, 'hi');
  await once(talking, 'data');
  const refused = await connect();
  const failure = errorOf(refused);
  await mux.waitForFrame('SYN 5');
  mux.output(encodeFlag(FlagPayload.connectToPortError), PayloadType.flag);
  mux.fin(5);
  expect(await failure).toMatchObject({ code: 'route.refused' });
  await mux.waitForFrame('FIN 5');
  const next = await connect();
  await mux.waitForFrame('SYN 7');
  mux.psh(7, 'welcome');
  expect((await once(next, 'data')).toString()).toBe('welcome');
  // A refusal means one connection: the end of another is a plain end.
  mux.fin(3);
  expect((await readAll(talking)).toString()).toBe('');
  forward.close();
  await forward.ended;
});

test('a port that refuses the only connection there is fails it as route.refused too', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const failure = errorOf(await connect());
  await mux.waitForFrame('SYN 3');
  mux.output(encodeFlag(FlagPayload.connectToPortError), PayloadType.flag);
  mux.fin(3);
  expect(await failure).toMatchObject({ code: 'route.refused' });
  forward.close();
  await forward.ended;
});

test('half-close: the answer still comes, and the far end is told when it is done', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const stream = await connect();
  stream.end('request');
  await mux.waitForFrame('PSH 3 request');
  await turns(50);
  expect(mux.frames).not.toContain('FIN 3');
  mux.psh(3, 'the whole answer');
  mux.fin(3);
  expect((await readAll(stream)).toString()).toBe('the whole answer');
  await mux.waitForFrame('FIN 3');
  forward.close();
  await forward.ended;
});

test('a local side that has ended and hears nothing for ten seconds was closed: the far end is told', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const stream = await connect();
  stream.write('request');
  await mux.waitForFrame('PSH 3 request');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  stream.end();
  await turns(10);
  vi.advanceTimersByTime(HALF_CLOSED_SILENCE_MS - 1);
  mux.psh(3, 'still here');
  await once(stream, 'data');
  vi.advanceTimersByTime(HALF_CLOSED_SILENCE_MS - 1);
  await turns(10);
  expect(mux.frames).not.toContain('FIN 3');
  vi.advanceTimersByTime(1);
  vi.useRealTimers();
  expect((await readAll(stream)).toString()).toBe('');
  await mux.waitForFrame('FIN 3');
  forward.close();
  await forward.ended;
});

test('a local side that goes away ends its connection at the agent, and what still comes for it is nobody\'s', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const stream = await connect();
  await mux.waitForFrame('SYN 3');
  stream.destroy();
  await mux.waitForFrame('FIN 3');
  mux.psh(3, 'too late');
  mux.psh(999, 'nobody');
  mux.fin(3);
  mux.fin(12);
  const next = await connect();
  await mux.waitForFrame('SYN 5');
  mux.psh(5, 'fine');
  expect((await once(next, 'data')).toString()).toBe('fine');
  expect(mux.frames.filter((frame) => frame === 'FIN 3')).toHaveLength(1);
  forward.close();
  await forward.ended;
});

test('what is written after the far end has closed goes nowhere', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const stream = await connect();
  await mux.waitForFrame('SYN 3');
  mux.psh(3, 'bye');
  mux.fin(3);
  await mux.waitForFrame('FIN 3');
  await new Promise((resolve) => stream.write('anybody?', resolve));
  stream.end();
  expect((await readAll(stream)).toString()).toBe('bye');
  expect(mux.frames).toEqual(['SYN 3', 'FIN 3']);
  forward.close();
  await forward.ended;
});

test('a connection that is read slowly makes the agent wait, and loses nothing, while it is alone', async () => {
  const { forward, mux, connection, connect } = await openTestForward(service);
  const stream = await connect();
  await mux.waitForFrame('SYN 3');
  const flood = Buffer.alloc(16 * 1024 * 1024, 'abcdefgh');
  mux.psh(3, flood);
  await heldFull(stream);
  await turns(300);
  expect(stream.readableLength).toBeLessThan(STREAM_HELD_BYTES + 256 * 1024);
  expect(connection.webSocket.bufferedAmount).toBeGreaterThan(0);
  mux.fin(3);
  stream.end();
  expect((await readAll(stream)).equals(flood)).toBe(true);
  forward.close();
  await forward.ended;
});

test('a connection that nobody reads is reset when others wait for it, with the reason; the others go on', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const slow = await connect();
  const quick = await connect();
  await mux.waitForFrame('SYN 5');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const failure = errorOf(slow);
  mux.psh(3, Buffer.alloc(8 * 1024 * 1024));
  mux.psh(5, 'behind it');
  await heldFull(slow);
  await turns(100);
  expect(quick.readableLength).toBe(0);
  vi.advanceTimersByTime(STALL_LIMIT_MS);
  vi.useRealTimers();
  expect(await failure).toMatchObject({ code: 'forward.connection-stalled', message: expect.stringContaining('10 seconds') });
  expect((await once(quick, 'data')).toString()).toBe('behind it');
  await mux.waitForFrame('FIN 3');
  forward.close();
  await forward.ended;
});

test('a connection that comes while another stalls the session waits for it no longer than the limit', async () => {
  const { forward, mux, connect } = await openTestForward(service);
  const slow = await connect();
  await mux.waitForFrame('SYN 3');
  mux.psh(3, Buffer.alloc(8 * 1024 * 1024));
  await heldFull(slow);
  await turns(100);
  const failure = errorOf(slow);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const late = await connect();
  vi.advanceTimersByTime(STALL_LIMIT_MS);
  vi.useRealTimers();
  expect((await failure).code).toBe('forward.connection-stalled');
  await mux.waitForFrame('SYN 5');
  mux.psh(5, 'here');
  expect((await once(late, 'data')).toString()).toBe('here');
  forward.close();
  await forward.ended;
});

test('closing ends all connections, tells the agent, and asks the API only when the agent does not answer', async () => {
  const { forward, mux, connect, record } = await openTestForward(service);
  const stream = await connect();
  const closed = once(stream, 'close');
  forward.close();
  forward.close();
  await closed;
  expect(await forward.ended).toBeUndefined();
  expect(mux.flags).toEqual([FlagPayload.terminateSession]);
  expect(record.terminated).toEqual([]);
  expect((await failureOf(connect())).code).toBe('ssm.session-ended');

  service.endsAtFlag = false;
  const deaf = await openTestForward(service);
  deaf.forward.close();
  expect(await deaf.forward.ended).toBeUndefined();
  expect(deaf.record.terminated).toEqual(['session-1']);
});

test('an agent that knows no flag is ended through the API', async () => {
  const { forward, mux, record } = await openTestForward(service, {}, '2.3.722.0');
  forward.close();
  expect(await forward.ended).toBeUndefined();
  expect(record.terminated).toEqual(['session-1']);
  expect(mux.flags).toEqual([]);
});

test('a session that ends takes its connections with it, and says why', async () => {
  const { forward, connection, connect } = await openTestForward(service);
  const stream = await connect();
  const failure = errorOf(stream);
  connection.closeChannel('\n----------ERROR-------\nForwarding to IP address 169.254.169.254 is forbidden.');
  expect(await forward.ended).toMatchObject({ code: 'route.refused', message: 'The SSM agent forbids forwarding to 169.254.169.254.' });
  expect((await failure).code).toBe('route.refused');
  expect((await failureOf(connect())).code).toBe('ssm.session-ended');
});

test('a killed WebSocket is resumed beneath the connections: no byte is lost or doubled', async () => {
  const { forward, mux, connection, connect, record } = await openTestForward(service);
  const stream = await connect();
  stream.write('before ');
  await mux.waitForFrame('PSH 3 before ');
  connection.kill();
  stream.write('while away ');
  mux.connection = await service.nextConnection();
  await mux.waitForFrame('PSH 3 before while away ');
  mux.psh(3, 'and back');
  expect((await once(stream, 'data')).toString()).toBe('and back');
  expect(record.events.slice(3)).toEqual(['resuming: The connection to Session Manager was lost (code 1006).', 'resumed']);
  forward.close();
  await forward.ended;
});

test('an old agent that would end a silent session is sent a NOP every ten seconds; a newer one is not', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const old = await openTestForward(service, {}, '3.1.1445.0');
  vi.advanceTimersByTime(10_000);
  await old.mux.waitForFrame('NOP 0');
  old.forward.close();
  await old.forward.ended;
  await service.close();
  service = await ScriptedService.start();
  const newer = await openTestForward(service);
  const stream = await newer.connect();
  vi.advanceTimersByTime(60_000);
  stream.write('x');
  await newer.mux.waitForFrame('PSH 3 x');
  expect(newer.mux.frames).toEqual(['SYN 3', 'PSH 3 x']);
  newer.forward.close();
  await newer.forward.ended;
  expect(vi.getTimerCount()).toBe(0);
});

test('an agent that would connect to itself instead of the host is refused', async () => {
  const { size: _, ...options } = testOptions(service);
  const failure = failureOf(openSsmForward({ ...options, portNumber: 5432, host: 'db.internal' }));
  await shakeHands(await service.nextConnection(), { portNumber: '5432', type: 'LocalPortForwarding' }, '3.1.1373.0');
  expect(await failure).toMatchObject({ code: 'ssm.session-refused', remedy: expect.stringContaining('3.1.1374.0') });
  expect(options.record.terminated).toEqual(['session-1']);
});

test('an agent that does not know ports is told as too old', async () => {
  const { size: _, ...options } = testOptions(service);
  const failure = failureOf(openSsmForward({ ...options, portNumber: 5432 }));
  (await service.nextConnection()).closeChannel('Plugin with name Port is not supported by this version of ssm agent, please update to latest version');
  expect(await failure).toMatchObject({ code: 'ssm.session-ended', message: expect.stringContaining('too old'), remedy: expect.stringContaining('3.0.222.0') });
});

test('a document that may not be used is named', async () => {
  const { size: _, ...options } = testOptions(service, { start: () => Promise.reject(new PosternError({ code: 'aws.access-denied', message: 'ssm:StartSession is not allowed.', requestId: 'r-1' })) });
  expect(await failureOf(openSsmForward({ ...options, portNumber: 5432 }))).toMatchObject({ code: 'aws.access-denied', message: expect.stringContaining('AWS-StartPortForwardingSession'), requestId: 'r-1' });
});

test('what is not smux ends the forward', async () => {
  const { forward, mux, record } = await openTestForward(service);
  mux.output(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
  expect(await forward.ended).toMatchObject({ code: 'ssm.protocol' });
  expect(record.terminated).toEqual(['session-1']);
});

test('an old agent takes one connection at a time: the next waits its turn, and the end of each is told', async () => {
  const { forward, connection, connect } = await openTestForward(service, {}, '3.0.196.0');
  expect(forward.multiplexed).toBe(false);
  // The agent has connected already, and the far end speaks first.
  connection.output(2, 'greeting');
  await connection.waitForAcknowledgement(2);
  const first = await connect();
  expect((await once(first, 'data')).toString()).toBe('greeting');
  const waiting = connect();
  first.write('one');
  await service.waitForInput('one');
  connection.output(3, 'answer');
  expect((await once(first, 'data')).toString()).toBe('answer');
  first.destroy();
  await connection.waitFor(({ payloadType, payload }) => payloadType === PayloadType.flag && payload[3] === FlagPayload.disconnectToPort);
  const second = await waiting;
  second.write(' two');
  await service.waitForInput('one two');
  const abort = new AbortController();
  const given = failureOf(forward.connect(abort.signal));
  abort.abort();
  expect((await given).code).toBe('cancelled');
  forward.close();
  await forward.ended;
});

test('half-close over an old agent: the answer still comes, then the next has its turn', async () => {
  const { forward, connection, connect } = await openTestForward(service, {}, '3.0.196.0');
  const first = await connect();
  first.end('request');
  await service.waitForInput('request');
  connection.output(2, 'answer');
  expect((await readAll(first)).toString()).toBe('answer');
  await connection.waitFor(({ payloadType, payload }) => payloadType === PayloadType.flag && payload[3] === FlagPayload.disconnectToPort);
  const second = await connect();
  second.destroy();
  forward.close();
  await forward.ended;
});
