import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TerminalSession } from '../../../src/contract/session.ts';
import { PreferenceFacts } from '../../../src/renderer/panels/SessionManagerSection.tsx';
import { SessionLimits, TabLimit } from '../../../src/renderer/panels/SessionLimits.tsx';
import '../../../src/renderer/i18n/i18n.ts';
import { leftText, limitsOf } from '../../../src/renderer/state/limits.ts';
import { NOW_MS, session } from './literals.ts';

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const inMs = (milliseconds: number): string => new Date(NOW_MS + milliseconds).toISOString();
const MINUTE_MS = 60_000;

function limited(change: Partial<TerminalSession> = {}): TerminalSession {
  return session({ route: { kind: 'session-manager', instanceId: 'i-0aaa' }, limits: { idleEndsAt: inMs(14 * MINUTE_MS + 32_000), endsAt: inMs(62 * MINUTE_MS) }, ...change });
}

function shown(sessions: readonly TerminalSession[], frontSessionId?: string): string[] {
  const markup = renderToStaticMarkup(<SessionLimits sessions={new Map(sessions.map((one) => [one.sessionId, one]))} frontSessionId={frontSessionId} />);
  return [...markup.matchAll(/<span class="([^"]*)"[^>]*>(.*?)<\/span>/g)].map(([, look, content = '']) => `${look}: ${content.replaceAll(/<svg.*<\/svg>/g, '').trim()}`);
}

test.each([[9_000, '0:09'], [14 * MINUTE_MS + 31_001, '14:32'], [62 * MINUTE_MS + 10_000, '1:02:10'], [-5_000, '0:00']])('%i ms left are written as %s', (milliseconds, written) => {
  expect(leftText(inMs(milliseconds), NOW_MS)).toBe(written);
});

test('the status bar counts down to the limits of the tab in front, the next one first', () => {
  expect(shown([limited()], 's-1')).toEqual(['status-item: SSM idle-out 14:32', 'status-item: SSM ends 1:02:00']);
});

test('another tab shows there once a limit is about to hit, with its name', () => {
  const other = limited({ sessionId: 's-2', instanceName: 'db-1', limits: { idleEndsAt: inMs(2 * MINUTE_MS), endsAt: inMs(62 * MINUTE_MS) } });
  expect(shown([limited(), other])).toEqual(['status-item soon: db-1: SSM idle-out 2:00']);
});

test('of many other tabs the two whose limits hit first are shown', () => {
  const others = [3, 1, 2].map((minutes) => limited({ sessionId: `s-${minutes}`, instanceName: `db-${minutes}`, limits: { endsAt: inMs(minutes * MINUTE_MS) } }));
  expect(shown(others)).toEqual(['status-item soon: db-1: SSM ends 1:00', 'status-item soon: db-2: SSM ends 2:00']);
});

test('a tunnel of an endpoint counts down its hour', () => {
  const tunnel = limited({ route: { kind: 'eice', instanceConnectEndpointId: 'eice-1', privateIpAddress: '10.0.1.20', port: 22 }, limits: { endsAt: inMs(58 * MINUTE_MS + 12_000) } });
  expect(shown([tunnel], 's-1')).toEqual(['status-item: EICE ends 58:12']);
});

test('a session that has ended, or whose limits are not known, shows none', () => {
  expect(limitsOf(limited({ state: { name: 'closed', exit: {} } }))).toEqual([]);
  expect(limitsOf(session({ route: { kind: 'session-manager', instanceId: 'i-0aaa' } }))).toEqual([]);
  expect(shown([session()], 's-1')).toEqual([]);
});

test('a tab shows the time left from five minutes before the end', () => {
  const tab = (milliseconds: number): string => renderToStaticMarkup(<TabLimit session={limited({ limits: { endsAt: inMs(milliseconds) } })} />);
  expect(tab(5 * MINUTE_MS + 1_000)).toBe('');
  expect(tab(5 * MINUTE_MS)).toContain('>5:00</span>');
});

test('the preferences of an account are shown, and hidden characters in them are visible', () => {
  const markup = renderToStaticMarkup(
    <PreferenceFacts windows={false} preferences={{ documentName: 'SSM-SessionManagerRunShell', idleMinutes: 15, maxMinutes: 1, runAsUser: 'deploy', shellProfile: { linux: 'cd ~\n<b>\u202e', windows: 'cd C:' }, kmsKeyId: 'alias/x', recordedTo: ['S3 bucket audit'] }} />,
  );
  const words = markup.replaceAll(/<svg.*?<\/svg>/g, '').replaceAll(/<[^>]+>/g, ' ').replaceAll(/ +/g, ' ');
  expect(words).toContain('Idle timeout 15 minutes without typing');
  expect(words).toContain('Max duration 1 minute');
  expect(words).toContain('Runs as deploy');
  expect(words).toContain('Encryption KMS key alias/x');
  expect(words).toContain('Recorded to S3 bucket audit');
  expect(words).toContain('cd ~\n&lt;b&gt;\\u{202e}');
  expect(words).not.toContain('cd C:');
});

test('without preferences the defaults of AWS are shown as such', () => {
  const words = renderToStaticMarkup(<PreferenceFacts windows preferences={{ idleMinutes: 20, shellProfile: {}, recordedTo: [] }} />);
  expect(words).toContain('Nobody has set preferences in this account and region');
  expect(words).toContain('20 minutes');
  expect(words).not.toContain('ssm-user');
});
