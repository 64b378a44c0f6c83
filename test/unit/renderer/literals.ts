/** Contract values for the window's tests, whole and typed. */
import type { Forward } from '../../../src/contract/forward.ts';
import type { Instance, NetworkInterface } from '../../../src/contract/instance.ts';
import type { NetworkFacts, Subnet } from '../../../src/contract/network.ts';
import type { NetworkDetail } from '../../../src/contract/networkDetail.ts';
import type { ScopeStatus } from '../../../src/contract/scope.ts';
import type { TerminalSession } from '../../../src/contract/session.ts';

export const NOW_MS = Date.parse('2026-11-22T09:00:00Z');
export const scope = { profile: 'prod', region: 'ap-northeast-1', accountId: '123456789012' };

export function networkInterface(change: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    networkInterfaceId: 'eni-0a1',
    privateIpAddresses: [{ privateIpAddress: '10.0.1.20', primary: true }],
    ipv6Addresses: [],
    ipv4Prefixes: [],
    ipv6Prefixes: [],
    groups: [],
    tags: {},
    ...change,
  };
}

/** A field set to undefined is left out: absent means absent. */
export function instance(change: { readonly [K in keyof Instance]?: Instance[K] | undefined } = {}): Instance {
  const whole = {
    instanceId: 'i-0aaa',
    name: 'web-1',
    scope,
    state: 'running',
    privateIpAddress: '10.0.1.20',
    vpcId: 'vpc-1',
    networkInterfaces: [networkInterface()],
    securityGroups: [],
    ssmKnown: true,
    tags: {},
    ...change,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as Instance;
}

export function scopeStatus(change: Partial<ScopeStatus> = {}): ScopeStatus {
  return { scope, state: 'ready', instanceCount: 1, refreshedAt: '2026-11-22T08:59:48Z', problems: [], ...change };
}

export function session(change: Partial<TerminalSession> = {}): TerminalSession {
  return { sessionId: 's-1', instanceId: 'i-0aaa', instanceName: 'web-1', state: { name: 'connected' }, steps: [], openedAt: '2026-11-22T08:59:00Z', ...change };
}

export function forward(change: Partial<Forward> = {}): Forward {
  return {
    forwardId: 'f-1',
    instanceId: 'i-0aaa',
    instanceName: 'web-1',
    local: { kind: 'tcp', address: '127.0.0.1', port: 5432 },
    remotePort: 80,
    sessions: 1,
    state: 'listening',
    openedAt: '2026-11-22T08:59:00Z',
    openConnections: 0,
    totalConnections: 0,
    sentBytes: 0,
    receivedBytes: 0,
    sentBytesPerSecond: 0,
    receivedBytesPerSecond: 0,
    ...change,
  };
}

export const networkFacts: NetworkFacts = {
  scope,
  vpcs: [{ vpcId: 'vpc-1', name: 'main', scope, cidrBlocks: ['10.0.0.0/16'], ipv6CidrBlocks: [], tags: {} }],
  subnets: [{ subnetId: 'subnet-1', name: 'private-a', scope, vpcId: 'vpc-1', tags: {} }],
  securityGroups: [],
  ec2KeyPairs: [],
};

export function subnet(subnetId: string, name: string, availabilityZone: string, cidrBlock: string): Subnet {
  return { subnetId, name, scope, vpcId: 'vpc-1', availabilityZone, cidrBlock, tags: {} };
}

/** A list that is undefined is not known. */
export function networkDetail(change: { readonly [K in keyof NetworkDetail]?: NetworkDetail[K] | undefined } = {}): NetworkDetail {
  const whole = { scope, vpcId: 'vpc-1', readAt: '2026-11-22T08:59:00Z', routeTables: [], internetGateways: [], natGateways: [], vpcEndpoints: [], problems: [], denied: [], ...change };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as NetworkDetail;
}
