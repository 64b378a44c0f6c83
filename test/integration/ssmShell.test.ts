/** Our Session Manager client against the demo's service and agent, with real programs on real terminals. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDemoHost, type DemoHost } from '../../src/demo/host.ts';
import { startMessageService, type MessageService, type MessageServiceOptions } from '../../src/demo/messageService.ts';
import { systemClock } from '../../src/services/base/clock.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { Secret } from '../../src/services/base/secret.ts';
import type { Shell } from '../../src/services/base/shell.ts';
import { openSsmShell, type SsmShellOptions } from '../../src/services/ssm/ssmShell.ts';
import { failureOf } from '../unit/ssm/openTestShell.ts';

const FLOOD_BYTES = 5 * 1024 * 1024;
/** Quotes keep the marker out of the echo of what was typed. */
const FLOOD = `printf 'FLOOD''BEGIN'; head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x; printf 'FLOOD''END'\r`;

let host: DemoHost;
let service: MessageService;
let shell: Shell;
let events: string[];
/** What was shown, and its end apart: a search through all of a flood at each chunk would take longer than the flood. */
let screen: string[];
let screenEnd: string;

beforeEach(() => {
  [events, screen, screenEnd] = [[], [], ''];
  host = createDemoHost({
    instanceId: 'i-0123456789abcdef0',
    privateDnsName: 'ip-10-0-1-20.eu-central-1.compute.internal',
    osUser: 'ec2-user',
    seed: Buffer.from('a seed for tests'),
    authorizedKeys: () => [],
    log: silentLog,
  });
});
afterEach(async () => {
  await service.close();
  await host.close();
});

function options(overrides: Partial<SsmShellOptions> = {}): SsmShellOptions {
  const sessionId = 'demo-0123456789abcdef0';
  return {
    start: async () => {
      const ticket = service.openSession({ sessionId, target: 'i-0123456789abcdef0', parameters: {}, host });
      return { sessionId, streamUrl: ticket.streamUrl, tokenValue: Secret.fromText(ticket.tokenValue) };
    },
    resume: async (resumed) => {
      const ticket = service.resumeSession(resumed);
      return ticket === undefined ? undefined : { streamUrl: ticket.streamUrl, tokenValue: Secret.fromText(ticket.tokenValue) };
    },
    terminate: async (terminated) => {
      events.push('terminated');
      service.terminateSession(terminated);
    },
    signUpgrade: async () => ({ Authorization: 'AWS4-HMAC-SHA256' }),
    size: { columns: 132, rows: 43 },
    onResuming: () => events.push('resuming'),
    onResumed: () => events.push('resumed'),
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
    ...overrides,
  };
}

async function openShell(behaviour: Partial<MessageServiceOptions> = {}): Promise<void> {
  service = await startMessageService({ log: silentLog, firstOutputDelayMs: 200, pacing: false, ...behaviour });
  shell = await openSsmShell(options());
  shell.stream.on('data', (chunk: Buffer) => {
    const text = chunk.toString('latin1');
    screen.push(text);
    screenEnd = (screenEnd + text).slice(-Math.max(4096, 2 * text.length));
  });
}

/** Waits until what was shown since the last call holds `text`, and returns it. */
async function shown(text: string): Promise<string> {
  while (!screenEnd.includes(text)) await new Promise((resolve) => shell.stream.once('data', resolve));
  const all = screen.join('');
  [screen, screenEnd] = [[], ''];
  return all;
}

async function floodIsWhole(): Promise<void> {
  const all = await shown('FLOODEND');
  const flood = all.slice(all.indexOf('FLOODBEGIN') + 'FLOODBEGIN'.length, all.indexOf('FLOODEND'));
  expect(flood.length).toBe(FLOOD_BYTES);
  expect(/^x+$/.test(flood)).toBe(true);
}

test('a command typed comes back as its output', async () => {
  await openShell();
  shell.stream.write('echo $((6*7))-sum\r');
  expect(await shown('42-sum')).toContain('42-sum');
});

test('the terminal has the right size before anything is typed, and follows a resize', async () => {
  await openShell();
  shell.stream.write("stty size; echo do''ne\r");
  expect(await shown('done')).toMatch(/\b43 132\b/);
  shell.resize({ columns: 90, rows: 20 });
  shell.stream.write("stty size; echo do''ne\r");
  expect(await shown('done')).toMatch(/\b20 90\b/);
});

test('5 MiB reach a reader that stops again and again, to the byte', async () => {
  await openShell();
  let stops = 0;
  shell.stream.on('data', () => {
    if (stops >= 200) return;
    stops += 1;
    shell.stream.pause();
    setImmediate(() => setImmediate(() => shell.stream.resume()));
  });
  shell.stream.write(FLOOD);
  await floodIsWhole();
  expect(stops).toBe(200);
});

test('5 MiB survive a WebSocket that is killed again and again', async () => {
  // The official agent sends ten lost messages a second again; that is measured elsewhere.
  await openShell({ resending: { pollMs: 10, allOverdue: true } });
  // In the middle of a message, each connection after a megabyte.
  service.faults.cutEveryBytes = 1024 * 1024;
  shell.stream.write(FLOOD);
  await floodIsWhole();
  expect(events.length).toBeGreaterThanOrEqual(8);
  expect(events).toEqual(events.map((_, index) => (index % 2 === 0 ? 'resuming' : 'resumed')));
});

test('input and output survive loss, doubling, wrong order and wrong digests', async () => {
  await openShell();
  let passed = 0;
  // Every kind of fault on its own prime, so that they also meet.
  service.faults.drop = () => (passed += 1) % 53 === 0;
  service.faults.duplicate = () => passed % 31 === 0;
  service.faults.reorder = () => passed % 17 === 0;
  service.faults.wrongDigest = ({ direction }) => direction === 'to-client' && passed % 101 === 0;
  const typed = 'y'.repeat(3000);
  shell.stream.write(`cat > /dev/null <<'END-OF-INPUT'; head -c 65536 /dev/zero | tr '\\0' x; echo "wh""ole"\r${`${typed.slice(0, 900)}\r`.repeat(20)}END-OF-INPUT\r`);
  const all = await shown('whole');
  expect(all.match(/x{1000,}/g)?.join('').length).toBe(65536);
});

test('Ctrl+C stops a program that floods, although the reader is slow', async () => {
  await openShell();
  shell.stream.write('yes\r');
  await shown('y\r\ny\r\ny\r\n');
  shell.stream.write('\u0003');
  await shown('^C');
  shell.stream.write("echo st''opped\r");
  expect(await shown('stopped')).toContain('stopped');
});

test('a handshake changes nothing for the person', async () => {
  await openShell({ forceHandshake: true });
  shell.stream.write("stty size; echo do''ne\r");
  expect(await shown('done')).toMatch(/\b43 132\b/);
});

test('exit ends the shell, and terminates nothing', async () => {
  await openShell();
  shell.stream.write('exit\r');
  expect(await shell.exited).toEqual({});
  expect(events).toEqual([]);
});

test('a session that is terminated by API ends the shell', async () => {
  await openShell();
  service.terminateSession('demo-0123456789abcdef0');
  expect(await shell.exited).toEqual({});
});

test('closing the shell terminates the session', async () => {
  await openShell();
  shell.close();
  expect(await shell.exited).toEqual({});
  expect(events).toEqual(['terminated']);
  expect(service.sessions()).toMatchObject([{ status: 'Terminated' }]);
});

test('a session that ended while the line was down ends as ssm.session-ended', async () => {
  await openShell();
  const ended = failureOf(shell.exited);
  service.faults.drop = ({ messageType }) => messageType === 'channel_closed';
  service.terminateSession('demo-0123456789abcdef0');
  expect(await ended).toMatchObject({ code: 'ssm.session-ended' });
});

test('a refused token is ssm.session-refused', async () => {
  service = await startMessageService({ log: silentLog });
  service.faults.refuseToken = true;
  expect(await failureOf(openSsmShell(options()))).toMatchObject({ code: 'ssm.session-refused' });
  expect(events).toEqual(['terminated']);
});
