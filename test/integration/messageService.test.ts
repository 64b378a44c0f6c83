import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createDemoHost } from '../../src/demo/host.ts';
import type { DemoHost } from '../../src/demo/host.ts';
import { startMessageService } from '../../src/demo/messageService.ts';
import type { DataChannelTicket, MessageService, MessageServiceOptions } from '../../src/demo/messageService.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { FlagPayload, MessageType, PayloadType } from '../../src/services/ssm/message.ts';
import { encodeFlag, encodeSize } from '../../src/services/ssm/messagePayloads.ts';
import { BareClient as Client } from './bareClient.ts';

const SESSION_ID = 'user@example.com-0123456789abcdef0';
const TARGET = 'i-0123456789abcdef0';
const PROMPT = 'sh-5.2$ ';

let host: DemoHost;
let service: MessageService | undefined;
let client: Client | undefined;

beforeEach(() => {
  host = createDemoHost({ instanceId: TARGET, privateDnsName: 'ip-10-0-1-20.ec2.internal', osUser: 'ec2-user', seed: Buffer.from('test'), authorizedKeys: () => [], log: silentLog });
});

afterEach(async () => {
  client?.webSocket.terminate();
  await service?.close();
  await host.close();
});

async function start(options: Partial<MessageServiceOptions> = {}): Promise<MessageService> {
  service = await startMessageService({ log: silentLog, firstOutputDelayMs: 0, pacing: false, ...options });
  return service;
}

function openSession(from: MessageService, documentName?: string, parameters: Record<string, readonly string[]> = {}): DataChannelTicket {
  return from.openSession({ sessionId: SESSION_ID, target: TARGET, parameters, host, ...(documentName === undefined ? {} : { documentName }) });
}

test('a shell shows its prompt, echoes, runs and ends with channel_closed', async () => {
  const running = await start();
  client = new Client(openSession(running));
  await client.until(PROMPT);
  expect(running.sessions()).toEqual([{ sessionId: SESSION_ID, target: TARGET, documentName: 'SSM-SessionManagerRunShell', status: 'Connected', startDate: expect.any(Number) as number }]);
  client.type('echo $((6*7)); exit\r');

  expect(await client.closed).toEqual({ code: 1000, reason: '' });

  expect(client.text()).toContain('echo $((6*7)); exit\r\n');
  expect(client.text()).toContain('42\r\n');
  const last = client.frames.at(-1);
  expect(last?.toString('latin1', 4, 36)).toBe('channel_closed'.padEnd(32, '\0'));
  expect(JSON.parse(last?.toString('utf8', 120) ?? '')).toMatchObject({ SessionId: SESSION_ID, DestinationId: TARGET, Output: '' });
  expect(client.acknowledged).toEqual([0]);
  expect(running.sessions()[0]?.status).toBe('Terminated');
  expect(running.resumeSession(SESSION_ID)).toBe(undefined);
});

test('the terminal takes the size it is told', async () => {
  client = new Client(openSession(await start()));
  await client.until(PROMPT);
  client.control(PayloadType.size, encodeSize({ columns: 133, rows: 43 }));
  client.type('stty size\r');
  await client.until('43 133\r\n');
  await expect.poll(() => client?.acknowledged).toEqual([0, 1]);
});

test('a message sent twice runs once and is acknowledged twice; messages out of order run in order', async () => {
  client = new Client(openSession(await start()));
  await client.until(PROMPT);
  client.type(' two three\r', 1);
  client.type('echo one', 0);
  client.type('echo one', 0);
  await client.until('one two three\r\n');
  await expect.poll(() => client?.acknowledged).toEqual([1, 0, 0]);
  expect(client.text()).not.toContain('echo oneecho one');
});

test('after a cut in the middle of a message, a resumed session has lost nothing and doubled nothing', async () => {
  const running = await start();
  client = new Client(openSession(running));
  await client.until(PROMPT);
  running.faults.cutAtByte = 40_000;
  client.type('stty -echo; clear; seq 1 20000; echo end-$((1+1))\r');
  expect(await client.closed).toEqual({ code: 1006, reason: '' });
  await expect.poll(() => running.sessions()[0]?.status).toBe('Disconnected');

  const ticket = running.resumeSession(SESSION_ID);
  if (ticket === undefined) throw new Error('the session ended');
  await client.resume(ticket);
  await client.until('end-2\r\n');

  const numbers = client.text().split('\r\n').filter((line) => /^\d+$/.test(line));
  expect(numbers).toEqual(Array.from({ length: 19_999 }, (_, index) => String(index + 2)));
  expect(running.sessions()[0]?.status).toBe('Connected');
});

test('a token is good for one opening, and a wrong one for none', async () => {
  const running = await start();
  const ticket = openSession(running);
  const wrong = new Client({ ...ticket, tokenValue: 'x'.repeat(ticket.tokenValue.length) });
  expect(await wrong.closed).toEqual({ code: 1008, reason: 'invalid token' });
  client = new Client(ticket);
  await client.until(PROMPT);
  expect(await new Client(ticket).closed).toEqual({ code: 1008, reason: 'invalid token' });
  client.type('echo still-$((3+4))\r');
  await client.until('still-7\r\n');
});

test('refuseToken refuses the right token, too', async () => {
  const running = await start();
  running.faults.refuseToken = true;
  expect((await new Client(openSession(running)).closed).code).toBe(1008);
});

test('an upgrade that is not signed is answered with 403, one for an unknown session with 404', async () => {
  const running = await start({ verifyUpgrade: (request) => request.headers.authorization !== undefined });
  const ticket = openSession(running);
  const statusOf = async (url: string): Promise<number | undefined> => {
    const webSocket = new WebSocket(url);
    webSocket.on('error', () => {});
    const [, response] = (await once(webSocket, 'unexpected-response')) as [unknown, { statusCode?: number }];
    webSocket.terminate();
    return response.statusCode;
  };
  expect(await statusOf(ticket.streamUrl)).toBe(403);
  expect(await statusOf(ticket.streamUrl.replace('0123456789', '9876543210'))).toBe(404);
});

test('the TerminateSession flag ends the shell', async () => {
  client = new Client(openSession(await start()));
  await client.until(PROMPT);
  client.control(PayloadType.flag, encodeFlag(FlagPayload.terminateSession));
  expect((await client.closed).code).toBe(1000);
  expect(client.acknowledged).toEqual([0]);
  expect(client.messages.at(-1)?.messageType).toBe(MessageType.channelClosed);
});

test('a terminated session tells its client and cannot be resumed', async () => {
  const running = await start();
  client = new Client(openSession(running));
  await client.until(PROMPT);
  expect(running.terminateSession(SESSION_ID)).toBe(true);
  expect((await client.closed).code).toBe(1000);
  expect(client.messages.at(-1)?.messageType).toBe(MessageType.channelClosed);
  expect(running.resumeSession(SESSION_ID)).toBe(undefined);
  expect(running.terminateSession('another')).toBe(false);
});

test('output keeps no shell alive: without input it ends', async () => {
  client = new Client(openSession(await start({ idleTimeoutMs: 1_500 })));
  await client.until(PROMPT);
  client.type('while :; do echo tick; sleep 0.05; done\r');
  expect((await client.closed).code).toBe(1000);
  expect(client.text()).toContain('tick\r\ntick\r\n');
});

test('a session without any traffic ends', async () => {
  client = new Client(openSession(await start({ idleTimeoutMs: 200 })));
  expect((await client.closed).code).toBe(1000);
  expect(client.messages.at(-1)?.messageType).toBe(MessageType.channelClosed);
});

test('output that is lost, doubled, spoiled or overtaken on its way arrives once, in order', async () => {
  const running = await start();
  client = new Client(openSession(running));
  await client.until(PROMPT);
  const seen = new Set<string>();
  const once = (kind: string, numbers: readonly number[]) => (message: { readonly messageType: string; readonly sequenceNumber: number }) => {
    const name = `${kind} ${message.sequenceNumber}`;
    if (message.messageType !== MessageType.outputStreamData || !numbers.includes(message.sequenceNumber) || seen.has(name)) return false;
    seen.add(name);
    return true;
  };
  running.faults.drop = once('drop', [3]);
  running.faults.wrongDigest = once('wrongDigest', [5]);
  running.faults.duplicate = once('duplicate', [4, 7]);
  running.faults.reorder = once('reorder', [6, 9]);
  client.type('stty -echo; clear; seq 1 5000; echo end-$((1+1))\r');
  await client.until('end-2\r\n');
  const numbers = client.text().split('\r\n').filter((line) => /^\d+$/.test(line));
  expect(numbers).toEqual(Array.from({ length: 4_999 }, (_, index) => String(index + 2)));
  expect(seen.size).toBe(6);
});

test('withheld acknowledgements do not keep input from being taken', async () => {
  const running = await start();
  running.faults.withholdAcks = true;
  client = new Client(openSession(running));
  await client.until(PROMPT);
  client.type('echo $((6*7))\r');
  await client.until('42\r\n');
  expect(client.acknowledged).toEqual([]);
  running.faults.withholdAcks = false;
  client.type('echo $((6*7))\r', 0);
  await expect.poll(() => client?.acknowledged).toEqual([0]);
});

test('a pause holds the output back until the client is heard', async () => {
  const running = await start();
  client = new Client(openSession(running));
  await client.until(PROMPT);
  await running.publish(SESSION_ID, 'pause');
  await expect.poll(() => client?.messages.at(-1)?.messageType).toBe(MessageType.pausePublication);
  client.type('echo $((6*7))\r');
  await client.until('42\r\n');
});

test('an interactive command runs on a terminal, and its end is the session\'s', async () => {
  client = new Client(openSession(await start(), 'AWS-StartInteractiveCommand', { command: ['read -p name: x; echo hi $x; exit 3'] }));
  await client.until('name:');
  client.type('bob\r');
  expect((await client.closed).code).toBe(1000);
  expect(client.text()).toBe('name:bob\r\nhi bob\r\n');
});

test('a port session of an agent too old for it is refused in the words of the official one', async () => {
  client = new Client(openSession(await start({ agentVersion: '2.3.539.0' }), 'AWS-StartSSHSession', { portNumber: ['22'] }));
  await client.closed;
  expect(JSON.parse(client.frames.at(-1)?.toString('utf8', 120) ?? '')).toMatchObject({ Output: 'Plugin with name Port is not supported by this version of ssm agent, please update to latest version. Step name: Port' });
});

test('a client that stops reading stops the program, and then gets every byte', async () => {
  client = new Client(openSession(await start()));
  await client.until(PROMPT);
  client.type('stty -echo; clear; echo pid-$$-\r');
  await expect.poll(() => /pid-\d+-/.test(client?.text() ?? '')).toBe(true);
  const pid = Number(/pid-(\d+)-/.exec(client.text())?.[1]);
  client.webSocket.pause();
  client.type('exec head -c 20971520 /dev/zero\r');
  let before = -1;
  await expect
    .poll(
      async () => {
        const [last, now] = [before, Number(/^wchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, 'utf8'))?.[1])];
        before = now;
        return now === last && now > 100_000;
      },
      { timeout: 20_000, interval: 300 },
    )
    .toBe(true);
  expect(before).toBeLessThan(15_000_000);

  client.webSocket.resume();
  expect((await client.closed).code).toBe(1000);
  expect(client.output().filter((byte) => byte === 0).length).toBe(20_971_520);
}, 60_000);

test('a new connection takes the session over from one that hangs', async () => {
  const running = await start();
  client = new Client(openSession(running));
  await client.until(PROMPT);
  const { closed: oldClosed } = client;
  const ticket = running.resumeSession(SESSION_ID);
  if (ticket === undefined) throw new Error('the session ended');
  await client.resume(ticket);
  expect((await oldClosed).code).toBe(1006);
  await expect.poll(() => client?.webSocket.readyState).toBe(WebSocket.OPEN);
  client.type('echo here-$((2*2))\r');
  await client.until('here-4\r\n');
  expect(running.sessions()[0]?.status).toBe('Connected');
});
