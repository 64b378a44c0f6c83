import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import type { HostKey } from '../../../src/contract/key.ts';
import type { Question, TerminalSession } from '../../../src/contract/session.ts';
import '../../../src/renderer/i18n/i18n.ts';
import { HostSsh } from '../../../src/renderer/panels/HostSsh.tsx';
import { HostKeyTable } from '../../../src/renderer/panels/KnownHosts.tsx';
import { QuestionForm } from '../../../src/renderer/panels/QuestionForm.tsx';
import { TabLabel } from '../../../src/renderer/workspace/TabLabel.tsx';

const nothing = (): void => undefined;
const instance: Instance = { instanceId: 'i-0aaa', name: 'web-1', scope: { profile: 'work', region: 'eu-west-1' }, state: 'running', networkInterfaces: [], securityGroups: [], ssmKnown: true, tags: {} };
const hostKey: HostKey = { instanceId: 'i-0aaa', scopeKey: 'work/eu-west-1', keyType: 'ssh-ed25519', publicKey: '', fingerprint: 'SHA256:abc', firstSeen: '2026-11-22T07:00:00.000Z', confirmedBy: 'console-output' };

const question = (more: Partial<Extract<Question, { kind: 'host-key' }>> = {}): string =>
  renderToStaticMarkup(
    <QuestionForm question={{ kind: 'host-key', questionId: 'q', instanceId: 'i-0aaa', address: '203.0.113.9 port 22', algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc', ...more }} keys={[]} onReply={nothing} onShowKeys={nothing} />,
  );
const buttons = (markup: string): string[] => [...markup.matchAll(/<button[^>]*>([^<]*)<\/button>/g)].map(([, label = '']) => label).filter((label) => /^[A-Z][a-z]/.test(label));

test('the question says why nothing proves the key, and offers to ask the host only where that can be', () => {
  const unproven = question({ unprovenBecause: ['The console output tells \u202enothing.'], canAskHost: true });
  expect(unproven).toContain('The console output tells \\u{202e}nothing.');
  expect(buttons(unproven)).toEqual(['Check through Session Manager', 'Trust this key and connect', 'Refuse']);
  const alone = question({ unprovenBecause: ['The host cannot be asked: it is not registered with Systems Manager.'], canAskHost: false });
  expect(alone).toContain('not registered with Systems Manager');
  expect(buttons(alone)).toEqual(['Trust this key and connect', 'Refuse']);
  expect(buttons(question())).toEqual(['Trust this key and connect', 'Refuse']);
});

test('a tab whose connection uses weak algorithms carries a mark that names them', () => {
  const session: TerminalSession = { sessionId: 's-1', instanceId: 'i-0aaa', state: { name: 'connected' }, steps: [], openedAt: '' };
  const strip = (shown: TerminalSession): string => renderToStaticMarkup(<TabLabel tab={{ tabId: 't', sessionId: 's-1', instanceId: 'i-0aaa' }} session={shown} mark={undefined} />);
  expect(strip({ ...session, weakAlgorithms: ['3des-cbc', 'ssh-rsa'] })).toContain('title="Weak algorithms in use: 3des-cbc, ssh-rsa"');
  expect(strip(session)).not.toContain('weak');
});

test('the panel of a host says whose word its key rests on, who signs in and why, and that weak algorithms are allowed', () => {
  const panel = (settings: Parameters<typeof HostSsh>[0]['settings'], hostKeys: readonly HostKey[] = []): string => renderToStaticMarkup(<HostSsh instance={instance} settings={settings} hostKeys={hostKeys} onChange={nothing} />);
  const strict = panel({ osUsers: [], weakAlgorithmHosts: [] }, [hostKey, { ...hostKey, instanceId: 'i-0bbb', fingerprint: 'SHA256:other' }]);
  expect(strict).toContain('proven by its console output');
  expect(strict).toContain('SHA256:abc');
  expect(strict).not.toContain('SHA256:other');
  expect(strict).toContain('ec2-user, guessed from the image.');
  expect(strict).not.toContain('Weak algorithms are allowed');
  const loose = panel({ osUsers: [{ osUser: 'deploy', name: 'web-*' }], weakAlgorithmHosts: [{ scopeKey: 'work/eu-west-1', instanceId: 'i-0aaa' }] });
  expect(loose).toContain('deploy, by a rule of the settings.');
  expect(loose).toContain('No host key is trusted yet.');
  expect(loose).toContain('Weak algorithms are allowed for this host');
  expect(panel({ osUsers: [{ osUser: 'root', instanceId: 'i-0aaa' }], weakAlgorithmHosts: [{ scopeKey: 'other/eu-west-1', instanceId: 'i-0aaa' }] })).toMatch(/value="root".*Set for this host\./s);
});

test.each([
  ['person', 'confirmed by you'],
  ['console-output', 'proven by its console output'],
  ['session-manager', 'proven by the host through Session Manager'],
] as const)('the list of known hosts tells on whose word a key is kept: %s', (confirmedBy, words) => {
  expect(renderToStaticMarkup(<HostKeyTable hostKeys={[{ ...hostKey, confirmedBy }]} instances={new Map()} nowMs={0} onForget={nothing} />)).toContain(words);
});
