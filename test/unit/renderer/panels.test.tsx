import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Forward } from '../../../src/contract/forward.ts';
import type { NetworkInterface } from '../../../src/contract/instance.ts';
import type { RoutePlan } from '../../../src/contract/route.ts';
import type { TerminalSession } from '../../../src/contract/session.ts';
import { AddressesSection } from '../../../src/renderer/panels/AddressesSection.tsx';
import { ConnectSteps } from '../../../src/renderer/panels/ConnectSteps.tsx';
import { FirstSteps } from '../../../src/renderer/panels/FirstSteps.tsx';
import { HostPanel } from '../../../src/renderer/panels/HostPanel.tsx';
import { InterfaceCard } from '../../../src/renderer/panels/InterfaceCard.tsx';
import { InterfaceCards } from '../../../src/renderer/panels/InterfaceCards.tsx';
import { KeyTable } from '../../../src/renderer/panels/KeysView.tsx';
import { HostKeyTable } from '../../../src/renderer/panels/KnownHosts.tsx';
import { QuestionForm } from '../../../src/renderer/panels/QuestionForm.tsx';
import { RoutesSection } from '../../../src/renderer/panels/RoutesSection.tsx';
import { SecretStorePanel } from '../../../src/renderer/panels/SecretStorePanel.tsx';
// The components' words.
import '../../../src/renderer/i18n/i18n.ts';
import { SessionBanner } from '../../../src/renderer/panels/SessionBanner.tsx';
import { checksText, dotShape } from '../../../src/renderer/panels/StateDot.tsx';
import { StatusBar } from '../../../src/renderer/panels/StatusBar.tsx';
import { StatusSection } from '../../../src/renderer/panels/StatusSection.tsx';
import { TabLabel } from '../../../src/renderer/workspace/TabLabel.tsx';
import { forward, instance, networkFacts, networkInterface, NOW_MS, scopeStatus, session } from './literals.ts';

/** Asked in effects only, which do not run here. */
const never = (): Promise<never> => Promise.reject(new Error('asked'));
const nothing = (): void => undefined;

/** What a person reads, without tags. */
function text(element: ReactElement): string {
  return renderToStaticMarkup(element)
    .replaceAll('<wbr/>', '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#x27;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

const fullInterface: NetworkInterface = networkInterface({
  networkInterfaceId: 'eni-0feed',
  description: 'front',
  status: 'in-use',
  interfaceType: 'efa',
  attachment: { attachmentId: 'eni-attach-1', status: 'attached', attachTime: 'not a time', deleteOnTermination: false, deviceIndex: 1, networkCardIndex: 2, instanceOwnerId: '111122223333' },
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  availabilityZone: 'ap-northeast-1a',
  macAddress: '06:1a:2b:3c:4d:5e',
  sourceDestCheck: false,
  privateIpAddresses: [
    {
      privateIpAddress: '10.0.1.20',
      primary: true,
      privateDnsName: 'ip-10-0-1-20.internal',
      association: { publicIp: '203.0.113.9', publicDnsName: 'ec2-203-0-113-9.aws', allocationId: 'eipalloc-1', associationId: 'eipassoc-1', ipOwnerId: '444455556666', carrierIp: '155.146.1.1', customerOwnedIp: '198.18.0.9', name: 'front-eip' },
    },
    { privateIpAddress: '10.0.1.21', primary: false },
  ],
  ipv6Addresses: [{ ipv6Address: '2001:db8::7', isPrimaryIpv6: true }],
  ipv4Prefixes: ['10.0.1.96/28'],
  ipv6Prefixes: ['2001:db8:1::/80'],
  privateDnsName: 'eni-private.internal',
  publicDnsName: 'eni-public.aws',
  groups: [{ groupId: 'sg-1', groupName: 'web' }],
  ownerId: '777788889999',
  requesterId: 'AIDAREQUESTER',
  requesterManaged: true,
  outpostArn: 'arn:aws:outposts:x:outpost/op-1',
  denyAllIgwTraffic: true,
  tags: { role: 'router' },
});

test('an interface card shows every field that AWS gave', () => {
  const shown = text(<InterfaceCard eni={fullInterface} network={networkFacts} />);
  for (const part of [
    'Device 1', 'in-use', 'eni-0feed', 'front', 'Type efa', '06:1a:2b:3c:4d:5e', 'vpc-1 main', 'subnet-1 private-a', 'ap-northeast-1a', 'Source/dest. check off', '10.0.1.20 primary', 'ip-10-0-1-20.internal', 'Elastic IP 203.0.113.9 front-eip',
    'ec2-203-0-113-9.aws', 'Allocation eipalloc-1', 'Association eipassoc-1', 'Address owner 444455556666', 'Carrier IP 155.146.1.1', 'Customer-owned IP 198.18.0.9', 'Secondary IPv4 10.0.1.21', 'IPv6 2001:db8::7 primary', 'IPv4 prefix 10.0.1.96/28',
    'IPv6 prefix 2001:db8:1::/80', 'eni-private.internal', 'eni-public.aws', 'sg-1 web', 'Attachment eni-attach-1 attached', 'Attached not a time', 'Device index 1', 'Network card 2', 'Attachment owner 111122223333', 'On termination kept', 'Owner 777788889999',
    'Requester AIDAREQUESTER', 'Requester-managed yes', 'EFA yes', 'Outpost arn:aws:outposts:x:outpost/op-1', 'Internet gateway traffic denied', 'role router',
  ]) expect(shown).toContain(part);
});

test('an interface with nothing but an id and an address shows those two and no empty field', () => {
  expect(text(<InterfaceCard eni={networkInterface()} network={undefined} />)).toBe('Interface Id eni-0a1 Private IPv4 10.0.1.20 primary');
});

test('of a host with fifteen interfaces two cards are drawn with the panel, and the others after it', () => {
  const networkInterfaces = Array.from({ length: 15 }, (_one, index) => networkInterface({ networkInterfaceId: `eni-${index}` }));
  const drawn = renderToStaticMarkup(<InterfaceCards instance={instance({ networkInterfaces })} network={undefined} />);
  expect([...drawn.matchAll(/data-eni="([^"]*)"/g)].map(([, id]) => id)).toEqual(['eni-0', 'eni-1']);
});

test('each address says what it means', () => {
  const shown = text(<AddressesSection instance={instance({ networkInterfaces: [fullInterface] })} />);
  expect(shown).toContain("10.0.1.20 Private IPv4 Kept for the interface's life, through stop and start.");
  expect(shown).toContain('203.0.113.9 Elastic IP Fixed: kept until it is released, through stop and start. allocation eipalloc-1 association eipassoc-1');
});

test('the host panel stands with every optional field missing', () => {
  const bare = instance({ name: undefined, vpcId: undefined, privateIpAddress: undefined, networkInterfaces: [], ssmKnown: false });
  const shown = text(<HostPanel instance={bare} network={undefined} plan={{ name: 'loading' }} nowMs={NOW_MS} onReadPreferences={never} foldedSections={[]} onFold={nothing} onOpen={nothing} onChooseRoute={nothing} onForward={nothing} />);
  expect(shown).toContain('EC2 told no network interface of i-0aaa.');
  expect(shown).toContain('EC2 told no address for this instance.');
  expect(shown).toContain('Status checks were not told yet.');
  expect(shown).toContain('SSM: Systems Manager has not answered yet.');
  expect(shown).not.toContain('undefined');
});

test('a folded section shows its heading only', () => {
  const panel = <HostPanel instance={instance({ tags: { env: 'prod' } })} network={undefined} plan={{ name: 'loading' }} nowMs={NOW_MS} onReadPreferences={never} foldedSections={['Tags']} onFold={nothing} onOpen={nothing} onChooseRoute={nothing} onForward={nothing} />;
  expect(text(panel)).toMatch(/Tags 1$/);
});

test('names and tags from AWS are text, never markup, and hidden characters are shown', () => {
  const hostile = '<img src=x onerror=alert(1)>\u202e"';
  const markup = renderToStaticMarkup(
    <HostPanel instance={instance({ name: hostile, tags: { [hostile]: hostile }, platformDetails: hostile })} network={undefined} plan={{ name: 'loading' }} nowMs={NOW_MS} onReadPreferences={never} foldedSections={[]} onFold={nothing} onOpen={nothing} onChooseRoute={nothing} onForward={nothing} />,
  );
  expect(markup).not.toContain('<img');
  expect(markup).not.toContain('\u202e');
  expect(markup).toContain('\\u{202e}');
});

test('routes show their reason, and each kind has one button', () => {
  const plans = [
    { route: { kind: 'session-manager', instanceId: 'i-0aaa' }, usable: 'yes', reason: 'SSM agent is online.' },
    { route: { kind: 'direct', address: '203.0.113.9', port: 22 }, usable: 'unknown', reason: 'sg-1 lets 198.51.100.0/24 in.' },
    { route: { kind: 'direct', address: '10.0.1.20', port: 22 }, usable: 'no', reason: 'No rule lets anybody in.' },
  ] as const;
  const element = <RoutesSection plan={{ name: 'ready', plans }} onOpen={nothing} />;
  expect(text(element)).toBe('● ready Session Manager Open SSM agent is online. ◐ may work SSH to 203.0.113.9 Open sg-1 lets 198.51.100.0/24 in. ✕ no SSH to 10.0.1.20 No rule lets anybody in.');
  expect([...renderToStaticMarkup(element).matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label)).toEqual(['Open by Session Manager', 'Open by SSH to 203.0.113.9']);
});

test('of many addresses the first routes show, and each kind with its button wherever it stands', () => {
  const address = (index: number): RoutePlan => ({ route: { kind: 'direct', address: `10.0.1.${index}`, port: 22 }, usable: 'no', reason: 'No rule lets anybody in.' });
  const plans = (addresses: number): RoutePlan[] => [{ route: { kind: 'session-manager', instanceId: 'i-0aaa' }, usable: 'yes', reason: 'SSM agent is online.' }, ...Array.from({ length: addresses }, (_one, index) => address(index)), { route: { kind: 'serial', instanceId: 'i-0aaa' }, usable: 'no', reason: 'Not a Nitro instance.' }];
  const markup = (addresses: number): string => renderToStaticMarkup(<RoutesSection plan={{ name: 'ready', plans: plans(addresses) }} onOpen={nothing} />);
  const shown = (addresses: number): (string | undefined)[] => [...markup(addresses).matchAll(/data-route="([^"]*)"/g)].map(([, kind]) => kind);
  expect(shown(750)).toEqual(['session-manager', ...Array.from({ length: 7 }, () => 'direct'), 'serial']);
  expect([...markup(750).matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label)).toEqual(['Open by Session Manager', 'Try by SSH to 10.0.1.0', 'Try by Serial console']);
  expect(markup(750)).toContain('Show the other 743');
  // One more is no longer than the button.
  expect(shown(8)).toEqual(['session-manager', ...Array.from({ length: 8 }, () => 'direct'), 'serial']);
  expect(markup(8)).not.toContain('Show the other');
  expect(shown(9)).toEqual(shown(750));
});

test('connect steps show what was done to what, and how long it took', () => {
  const steps = [
    { step: 'choosing-route', outcome: 'done', durationMs: 8.2 },
    { step: 'opening-transport', detail: 'TCP to 203.0.113.9 port 22', outcome: 'failed', durationMs: 10_012 },
  ] as const;
  expect(text(<ConnectSteps steps={steps} />)).toBe('✓ Choosing a route 8 ms ✕ Opening a connection failed TCP to 203.0.113.9 port 22 10 s');
});

test('a host key question shows the whole fingerprint and how to compare it, with refusing as the first choice', () => {
  const fingerprint = `SHA256:${'uNiVztksCsDhcc0u9e8BrrODrQkDgVQ2nZPWZ9PVLqs'}`;
  const element = <QuestionForm question={{ kind: 'host-key', questionId: 'q', instanceId: 'i-0aaa', address: '203.0.113.9 port 22', algorithm: 'ecdsa-sha2-nistp256', fingerprint }} keys={[]} onReply={nothing} onShowKeys={nothing} />;
  expect(text(element)).toContain(fingerprint);
  expect(text(element)).toContain('ssh-keygen -lf /etc/ssh/ssh_host_ecdsa_key.pub');
  expect(renderToStaticMarkup(element)).toMatch(/data-autofocus="true"[^>]*>Refuse/);
});

test('prompts of a host cannot draw or hide anything', () => {
  const element = <QuestionForm question={{ kind: 'keyboard-interactive', questionId: 'q', name: '', instructions: 'a\x1b[2Jb', prompts: [{ prompt: 'Code\u200b: ', echo: false }] }} keys={[]} onReply={nothing} onShowKeys={nothing} />;
  expect(text(element)).toContain('a\\u{1b}[2Jb');
  expect(text(element)).toContain('Code\\u{200b}:');
  expect(renderToStaticMarkup(element)).toContain('type="password"');
});

test('without any key the question leads to Keys and names the EC2 key pair that is wanted', () => {
  const element = <QuestionForm question={{ kind: 'choose-key', questionId: 'q', osUser: 'ec2-user', keyName: 'prod-key', keyPairIds: [] }} keys={[]} onReply={nothing} onShowKeys={nothing} />;
  expect(text(element)).toContain('The instance was launched with the EC2 key pair prod-key.');
  expect(text(element)).toContain('Open Keys');
});

test('an ended session says how it ended', () => {
  const banner = (state: Parameters<typeof SessionBanner>[0]['state'], takenOver = false) => text(<SessionBanner state={state} takenOver={takenOver} onReconnect={nothing} onOtherRoute={nothing} onTakeBack={nothing} onReconnectNow={nothing} onStopReconnecting={nothing} onClose={nothing} />);
  expect(banner({ name: 'closed', exit: { exitCode: 130 } })).toBe('Session ended with exit status 130. Reconnect Close tab');
  expect(banner({ name: 'closed', exit: { signal: 'KILL' } })).toBe('Session ended by signal KILL. Reconnect Close tab');
  expect(banner({ name: 'closed', exit: {}, reason: 'Closed here.' })).toBe('Session closed. Closed here. Reconnect Close tab');
  expect(banner({ name: 'failed', error: { code: 'ssh.connection-lost', message: 'The line dropped.', remedy: 'Connect again.', retryable: true } })).toBe('The line dropped. Connect again. ssh.connection-lost Retry Another route… Close tab');
  expect(banner({ name: 'resuming', since: '2026-11-22T08:59:00Z', reason: 'The WebSocket closed.' })).toMatch(/^The line dropped at .+: The WebSocket closed\. It comes back by itself\. What is typed now is not sent\.$/);
  const dropped = { name: 'resuming', since: '2026-11-22T08:59:00Z', reason: 'The host closed it.' } as const;
  expect(banner({ ...dropped, reconnecting: { attempt: 2, at: new Date(Date.now() + 3500).toISOString() } })).toMatch(/: The host closed it\. Trying again in 4 seconds \(attempt 2\)\. What is typed now is not sent\. Reconnect now Stop$/);
  expect(banner({ ...dropped, reconnecting: { attempt: 2 } })).toMatch(/: The host closed it\. Trying to connect \(attempt 2\)\. What is typed now is not sent\. Reconnect now Stop$/);
  expect(banner({ name: 'connected' })).toBe('');
  expect(banner({ name: 'connected' }, true)).toBe('This session is shown in another window. Show it here');
});

test('states have a shape each, and a failed check shows over a running state', () => {
  const checks = { systemStatus: { status: 'ok' }, instanceStatus: { status: 'impaired' }, scheduledEvents: [], seenAt: '2026-11-22T08:59:48Z' };
  expect(['running', 'pending', 'stopping', 'shutting-down', 'stopped', 'terminated', 'odd'].map((state) => dotShape({ state }))).toEqual(['running', 'changing', 'changing', 'changing', 'stopped', 'gone', 'unknown']);
  expect(dotShape({ state: 'running', statusChecks: checks })).toBe('impaired');
  expect(checksText({ statusChecks: checks })).toBe('1/2 checks');
});

test('status tells checks with the time they were seen, scheduled events, and the SSM agent', () => {
  const shown = text(
    <StatusSection
      nowMs={NOW_MS}
      instance={instance({
        statusChecks: {
          systemStatus: { status: 'impaired', detail: 'reachability' },
          instanceStatus: { status: 'ok' },
          scheduledEvents: [{ code: 'system-reboot', description: 'Reboot' }],
          seenAt: '2026-11-22T08:59:48Z',
        },
        ssm: { pingStatus: 'ConnectionLost', lastPingDateTime: '2026-11-22T06:00:00Z', agentVersion: '3.1.0', isLatestVersion: false, seenAt: '2026-11-22T08:59:48Z' },
      })}
    />,
  );
  expect(shown).toContain('▲ impaired System check (AWS: hardware, power, network) reachability. Stop and start moves the instance to other hardware; a reboot does not.');
  expect(shown).toContain('● ok Instance check (the operating system)');
  expect(shown).toContain('Seen 12 s ago.');
  expect(shown).toContain('Scheduled: system-reboot What Reboot');
  expect(shown).toContain('SSM ping ConnectionLost 3 h ago SSM agent 3.1.0 not the latest');
});

test('the bottom bar counts accounts, regions and hosts, and how many scopes have problems', () => {
  const error = { code: 'aws.access-denied', message: 'No.', retryable: false } as const;
  const scopes = [scopeStatus(), scopeStatus({ scope: { profile: 'b', region: 'us-east-2', accountId: '2' }, problems: [{ action: 'ssm:DescribeInstanceInformation', error }] }), scopeStatus({ scope: { profile: 'c', region: 'us-east-2' }, state: 'failed', error })];
  const bar = text(<StatusBar scopes={scopes} hostCount={412} forwards={[]} link={{ name: 'open' }} info={undefined} nowMs={NOW_MS} onRefresh={nothing} onStopReading={nothing} onRetryLink={nothing} onChooseScopes={nothing} onShowTunnels={nothing} />);
  expect(bar).toBe('3 accounts, 2 regions, 412 hosts fresh 12 s ago 2 scopes with problems ● connected');
});

test('the bottom bar counts tunnels, and says how many carry nothing', () => {
  const bar = (...states: Forward['state'][]): string =>
    text(<StatusBar scopes={[]} hostCount={0} forwards={states.map((state, index) => forward({ forwardId: `f-${index}`, state }))} link={{ name: 'open' }} info={undefined} nowMs={NOW_MS} onRefresh={nothing} onStopReading={nothing} onRetryLink={nothing} onChooseScopes={nothing} onShowTunnels={nothing} />);
  expect(bar()).not.toContain('tunnel');
  expect(bar('listening')).toContain(' 1 tunnel ●');
  expect(bar('listening', 'opening')).toContain(' 2 tunnels ●');
  expect(bar('listening', 'failed', 'resuming')).toContain(' 3 tunnels, 1 failed, 1 resuming ●');
});

test('a tab that goes through Session Manager is marked, with what the mark means', () => {
  const strip = (route: TerminalSession['route']): string =>
    renderToStaticMarkup(<TabLabel tab={{ tabId: 't', sessionId: 's-1', instanceId: 'i-0aaa' }} session={session(route === undefined ? {} : { route })} mark={undefined} />);
  expect(strip({ kind: 'session-manager', instanceId: 'i-0aaa' })).toContain('title="Session Manager">SSM<');
  expect(strip({ kind: 'ssm', instanceId: 'i-0aaa', port: 22 })).toContain('title="SSH over Session Manager">SSM<');
  expect(strip({ kind: 'direct', address: '203.0.113.9', port: 22 })).not.toContain('route-chip');
  expect(strip(undefined)).not.toContain('route-chip');
});

test('a dropped link says when it tries again', () => {
  const bar = text(<StatusBar scopes={[]} hostCount={0} forwards={[]} link={{ name: 'waiting', attempt: 3, retryAtMs: NOW_MS + 1900 }} info={undefined} nowMs={NOW_MS} onRefresh={nothing} onStopReading={nothing} onRetryLink={nothing} onChooseScopes={nothing} onShowTunnels={nothing} />);
  expect(bar).toContain('not connected, trying again in 2 s');
});

test('a tab is named after its instance, whatever the shell calls itself', () => {
  const tab = { tabId: 't', sessionId: 's-1', instanceId: 'i-0aaa', shellTitle: 'root@bank' };
  const markup = renderToStaticMarkup(<TabLabel tab={tab} session={session({ instanceName: 'web\u202e-1' })} mark={undefined} />);
  expect(markup).toContain('<span class="tab-name">web-1</span> <span class="tab-shell-title">root@bank</span>');
});

test('keys show fingerprint, origin and the EC2 key pairs they are; lent ones cannot be deleted', () => {
  const key = { keyPairId: 'k', keyName: 'prod', keyType: 'rsa', bits: 4096, publicKey: 'ssh-rsa AAAA', fingerprint: 'SHA256:abc', createTime: '2026-11-20T09:00:00Z', ec2KeyPairs: [{ keyName: 'prod', scopeKey: 'prod/us-east-2' }] } as const;
  expect(text(<KeyTable keys={[{ ...key, origin: 'imported', ec2KeyPairs: [...key.ec2KeyPairs] }]} nowMs={NOW_MS} onRemove={nothing} />)).toContain('prod rsa 4096 SHA256:abc prod prod/us-east-2 2 d ago imported Copy public key Delete');
  expect(text(<KeyTable keys={[{ ...key, origin: 'lent', ec2KeyPairs: [] }]} nowMs={NOW_MS} onRemove={nothing} />)).toMatch(/none seen 2 d ago demo, in memory Copy public key$/);
  expect(text(<HostKeyTable hostKeys={[]} instances={new Map()} nowMs={NOW_MS} onForget={nothing} />)).toBe('None yet. A host’s key is proven or asked about once, and kept by instance, because addresses move.');
});

test('without a keychain the window says so and offers the encrypted file', () => {
  const status = { kind: 'keychain', label: 'Secret Service', state: 'unavailable', fileExists: false } as const;
  const shown = text(<SecretStorePanel status={status} onUseFile={() => Promise.resolve()} />);
  expect(shown).toContain('Secret Service cannot be used: Postern keeps no private key in plain text instead.');
  expect(shown).toContain('Use an encrypted file');
  expect(text(<SecretStorePanel status={{ ...status, state: 'locked', fileExists: true }} onUseFile={() => Promise.resolve()} />)).toContain('Open the encrypted key file with its passphrase:');
  expect(text(<SecretStorePanel status={{ ...status, state: 'ready' }} onUseFile={() => Promise.resolve()} />)).toBe('● ready Private keys are kept in the keychain of this system ( Secret Service ).');
});

test('without a profile the window teaches how to make one and offers the demo cloud', () => {
  const shown = text(<FirstSteps demoAvailable profilesWithoutRegion={[]} onStartDemo={nothing} onChooseScopes={nothing} />);
  expect(shown).toContain('aws configure sso');
  expect(shown).toContain('Start the demo cloud');
  expect(text(<FirstSteps demoAvailable={false} profilesWithoutRegion={['work']} onStartDemo={nothing} onChooseScopes={nothing} />)).toBe('Choose a region The profile work names no region. Choose profiles and regions');
});
