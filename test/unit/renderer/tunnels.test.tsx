import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Forward } from '../../../src/contract/forward.ts';
import { ForwardDialog } from '../../../src/renderer/panels/ForwardDialog.tsx';
import '../../../src/renderer/i18n/i18n.ts';
import { TunnelsView } from '../../../src/renderer/panels/TunnelsView.tsx';
import { formOf, forwardDoubt, letsOthersIn, newForwardForm, toOpenForward } from '../../../src/renderer/state/forwardForm.ts';
import { bytesText, rateText } from '../../../src/renderer/ui/bytes.ts';
import { forward, instance, NOW_MS } from './literals.ts';

const nothing = (): void => undefined;
const online = { pingStatus: 'Online', seenAt: '2026-11-22T08:59:00Z' };

function view(forwards: readonly Forward[], hasHosts = true): string {
  return renderToStaticMarkup(<TunnelsView forwards={forwards} nowMs={NOW_MS} hasHosts={hasHosts} onAdd={nothing} onRestart={nothing} onChange={nothing} onClose={nothing} />);
}

/** What a person reads, without tags. */
function text(markup: string): string {
  return markup.replace(/<[^>]*>/g, ' ').replace(/&#x27;/g, "'").replace(/\s+/g, ' ').trim();
}

test('a tunnel shows where it listens and leads, its state as shape and word, and what went through', () => {
  const shown = text(view([forward({ openConnections: 2, totalConnections: 17, sentBytes: 1234, receivedBytes: 35_000_000, receivedBytesPerSecond: 812_000 })]));
  for (const part of ['127.0.0.1:5432', 'web-1:80', '● listening', '2 / 17', '1.2 kB', '35 MB 812 kB/s', '60 s ago', 'none', 'Restart', 'Close']) expect(shown).toContain(part);
  expect(shown).not.toContain('through');
});

test('a tunnel to a remote host names the instance it goes through, and its sessions when there are several', () => {
  const shown = text(view([forward({ remoteHost: 'db.internal', remotePort: 5432, sessions: 4 })]));
  expect(shown).toContain('db.internal:5432 through web-1');
  expect(shown).toContain('4 sessions');
});

test('a SOCKS tunnel and one that the host listens for say which way they lead', () => {
  const { remotePort: _none, ...open } = forward();
  const dynamic = text(view([{ ...open, kind: 'dynamic' }]));
  expect(dynamic).toContain('whatever web-1 reaches SOCKS proxy: each program says where to');
  expect(dynamic).toContain('Restart');
  const remote = text(view([forward({ kind: 'remote', remoteHost: 'localhost', remotePort: 8080 })]));
  expect(remote).toContain('localhost:8080 ← web-1 listens; its connections come out at the local address');
  expect(remote).not.toContain('Restart');
});

test('a line that dropped says when and why, also after it is back', () => {
  const lastDrop = { time: '2026-11-22T08:59:48Z', reason: 'The network is gone.' };
  expect(text(view([forward({ state: 'resuming', lastDrop })]))).toContain('◐ resuming');
  expect(text(view([forward({ lastDrop })]))).toContain('12 s ago The network is gone.');
});

test('a tunnel that failed shows its error and remedy once, and buttons to try again or change it', () => {
  const shown = text(view([forward({ state: 'failed', error: { code: 'app.port-in-use', message: '127.0.0.1 port 5432 is in use.', remedy: 'Choose another port.', retryable: false }, lastDrop: { time: '2026-11-22T08:59:48Z', reason: '127.0.0.1 port 5432 is in use.' } })]));
  expect(shown).toContain('▲ failed');
  expect(shown.split('127.0.0.1 port 5432 is in use.')).toHaveLength(2);
  for (const part of ['Choose another port.', 'app.port-in-use', 'Restart', 'Change…']) expect(shown).toContain(part);
});

test('a tunnel whose free port is not taken yet says so instead of port 0', () => {
  const shown = text(view([forward({ state: 'opening', local: { kind: 'tcp', address: '127.0.0.1', port: 0 } })]));
  expect(shown).toContain('a free port');
  expect(shown).not.toContain('127.0.0.1:0');
});

test('names from outside cannot hide in a tunnel', () => {
  expect(view([forward({ instanceName: 'web\u202e1', lastDrop: { time: '2026-11-22T08:59:48Z', reason: 'bad\u202ething' } })])).not.toContain('\u202e');
});

test('without a tunnel the view says what one is for', () => {
  const shown = text(view([]));
  expect(shown).toContain('No tunnel is open.');
  expect(shown).toContain('Forward a port…');
  expect(view([], false)).toContain('disabled');
});

test('the form asks for an instance unless one is chosen, and warns where others could come in', () => {
  const web = instance({ ssm: online });
  const instances = new Map([[web.instanceId, web]]);
  const dialog = (chosen: typeof web | undefined, localAddress: string): string =>
    text(renderToStaticMarkup(<ForwardDialog instances={instances} instance={chosen} initial={{ ...newForwardForm, localAddress }} onOpen={() => Promise.resolve()} onClose={nothing} />));
  expect(dialog(undefined, '127.0.0.1')).not.toContain('Another…');
  expect(dialog(web, '127.0.0.1')).toContain('Another…');
  expect(dialog(web, '127.0.0.1')).not.toContain('Whoever reaches');
  expect(dialog(web, '0.0.0.0')).toContain('Whoever reaches this address from another machine can use the tunnel');
});

test('what speaks against a tunnel is said before it is opened', () => {
  expect(forwardDoubt(instance({ ssm: online }))).toBeUndefined();
  expect(forwardDoubt(instance({ ssmKnown: false }))).toBeUndefined();
  expect(forwardDoubt(instance())).toBe('not-registered');
  expect(forwardDoubt(instance({ ssm: { ...online, pingStatus: 'ConnectionLost' } }))).toBe('silent');
  expect(forwardDoubt(instance({ state: 'stopped' }))).toBe('not-running');
  expect(forwardDoubt(instance({ managedNode: { resourceType: 'ManagedInstance' }, state: 'inactive', ssm: { ...online, pingStatus: 'Inactive' } }))).toBe('silent');
});

test('a form becomes a request, and a tunnel becomes its form again', () => {
  expect(toOpenForward('i-1', { ...newForwardForm, remotePort: '80' })).toEqual({ instanceId: 'i-1', local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, remotePort: 80, sessions: 1 });
  const whole = { remotePort: '5432', remoteHost: ' db.internal ', localAddress: '::1', localPort: '15432', sessions: '4' };
  const request = toOpenForward('i-1', whole);
  expect(request).toEqual({ instanceId: 'i-1', local: { kind: 'tcp', address: '::1', port: 15_432 }, remoteHost: 'db.internal', remotePort: 5432, sessions: 4 });
  expect(formOf(forward({ ...request }))).toEqual({ ...whole, remoteHost: 'db.internal' });
  const socket = toOpenForward('i-1', { ...whole, localAddress: '/tmp/db.sock' });
  expect(socket.local).toEqual({ kind: 'unix', path: '/tmp/db.sock' });
  expect(formOf(forward({ ...socket }))).toMatchObject({ localAddress: '/tmp/db.sock', localPort: '' });
});

test.each([['127.0.0.1', false], ['localhost', false], ['::1', false], ['', false], ['/tmp/db.sock', false], ['0.0.0.0', true], ['10.0.0.5', true], ['::', true]])('listening on "%s" lets others in: %s', (address, expected) => {
  expect(letsOthersIn(address)).toBe(expected);
});

test('amounts are short and never wrong by a unit', () => {
  expect([0, 999, 999.6, 1000, 1234, 9_949, 9_950, 999_499, 999_500, 35_000_000, 1.5e9, 2e18].map(bytesText)).toEqual(['0 B', '999 B', '1.0 kB', '1.0 kB', '1.2 kB', '9.9 kB', '10 kB', '999 kB', '1.0 MB', '35 MB', '1.5 GB', '2000 PB']);
  expect([0, 0.4, 1, 2_000_000].map(rateText)).toEqual(['', '', '1 B/s', '2.0 MB/s']);
});
