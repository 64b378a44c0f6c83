import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { DeniedPermission, ScopeStatus } from '../../../src/contract/scope.ts';
// The components' words.
import '../../../src/renderer/i18n/i18n.ts';
import { GroupRow, instanceRowTitle, ScopeRow } from '../../../src/renderer/panels/HostRowView.tsx';
import { StatusBar } from '../../../src/renderer/panels/StatusBar.tsx';
import { StatusSection } from '../../../src/renderer/panels/StatusSection.tsx';
import { toHostRows } from '../../../src/renderer/state/hostRows.ts';
import { instance, NOW_MS, scope, scopeStatus } from './literals.ts';

const nothing = (): void => undefined;
const hoursAgo = (hours: number): string => new Date(NOW_MS - hours * 3_600_000).toISOString();
const noChecks: DeniedPermission = { permission: 'ec2:DescribeInstanceStatus', feature: 'status' };
const noAgents: DeniedPermission = { permission: 'ssm:DescribeInstanceInformation', feature: 'agents' };
const denials = [noChecks, noAgents].map(({ permission }) => ({ action: permission, error: { code: 'aws.access-denied', message: 'No.', retryable: false } as const }));

function text(element: ReactElement): string {
  return renderToStaticMarkup(element).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();
}

function bar(...scopes: ScopeStatus[]): string {
  return text(<StatusBar scopes={scopes} hostCount={2} forwards={[]} link={{ name: 'open' }} info={undefined} nowMs={NOW_MS} onRefresh={nothing} onStopReading={nothing} onRetryLink={nothing} onChooseScopes={nothing} onShowTunnels={nothing} />);
}

test('hosts of an earlier run say when they were seen: in the row, in the group of their region and in the bottom bar', () => {
  const status = scopeStatus({ state: 'loading', remembered: true, refreshedAt: hoursAgo(3) });
  const rows = toHostRows({ instances: [instance()], ranked: false, scopes: [status], network: new Map(), folded: new Set() });
  const region = rows.at(1);
  if (region?.kind !== 'group') throw new Error('the second row is no region');
  expect(text(<GroupRow row={region} nowMs={NOW_MS} onReadAgain={nothing} />)).toBe('ap-northeast-1 Tokyo · seen 3 h ago 1 hosts, unfolded');
  expect(text(<ScopeRow status={status} nowMs={NOW_MS} onRetry={nothing} />)).toBe('Reading; hosts as seen 3 h ago.');
  expect(instanceRowTitle(instance(), 'Seen 3 h ago, not confirmed since')).toBe('web-1 · i-0aaa · running · Seen 3 h ago, not confirmed since');
  expect(bar(status, scopeStatus({ scope: { ...scope, region: 'us-east-2' }, state: 'failed', remembered: true, refreshedAt: hoursAgo(5) }))).toContain('seen 5 h ago, reading 1 scope…');
  expect(bar(scopeStatus({ state: 'failed', remembered: true, refreshedAt: hoursAgo(30) }))).toContain('seen 30 h ago');
});

test('a scope that failed while its hosts are remembered says from when those are', () => {
  const error = { code: 'aws.endpoint-unreachable', message: 'EC2 did not answer.', retryable: true } as const;
  expect(text(<ScopeRow status={scopeStatus({ state: 'failed', error, remembered: true, refreshedAt: hoursAgo(3) })} nowMs={NOW_MS} onRetry={nothing} />)).toBe('EC2 did not answer. aws.endpoint-unreachable The hosts shown are those seen 3 h ago. Retry');
});

test('what a policy hides is named with its permission: at the region, in the bottom bar and where it would stand', () => {
  const status = scopeStatus({ problems: denials, denied: [noChecks, noAgents] });
  const rows = toHostRows({ instances: [instance()], ranked: false, scopes: [status], network: new Map(), folded: new Set() });
  const region = rows.at(1);
  if (region?.kind !== 'group') throw new Error('the second row is no region');
  expect(renderToStaticMarkup(<GroupRow row={region} nowMs={NOW_MS} />)).toContain('aria-label="Not allowed: status checks (needs ec2:DescribeInstanceStatus); Systems Manager agents (needs ssm:DescribeInstanceInformation)"');
  expect(bar(status)).toContain('1 scope not whole');
  expect(bar(status)).not.toContain('with problems');
  const section = text(<StatusSection instance={instance({ ssmKnown: false })} denied={[noChecks, noAgents]} nowMs={NOW_MS} />);
  expect(section).toContain('status checks: needs ec2:DescribeInstanceStatus.');
  expect(section).toContain('Systems Manager agents: needs ssm:DescribeInstanceInformation.');
  expect(section).not.toContain('has not answered yet');
});

test('a region is read again, or stopped while it is read', () => {
  const row = (state: ScopeStatus['state']): string => {
    const region = toHostRows({ instances: [instance()], ranked: false, scopes: [scopeStatus({ state })], network: new Map(), folded: new Set() }).at(1);
    return region?.kind === 'group' ? renderToStaticMarkup(<GroupRow row={region} nowMs={NOW_MS} onReadAgain={nothing} />) : '';
  };
  expect(row('ready')).toContain('title="Read ap-northeast-1 again (Shift+Enter)"');
  expect(row('loading')).toContain('title="Stop reading ap-northeast-1 (Shift+Enter)"');
});
