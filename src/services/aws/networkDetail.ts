/**
 * Reads what packets of one VPC pass, when somebody looks at it: a dozen small calls, each on its own, kept for a while.
 *
 * Nothing of it is read with the list. One call that is denied or fails takes away only what it would have shown.
 */
import { PosternError } from '../../contract/error.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { NetworkDetail, PrefixList, VpcPeeringConnection } from '../../contract/networkDetail.ts';
import { say } from '../../contract/say.ts';
import { scopeKey, type Scope, type ScopeProblem } from '../../contract/scope.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import { createAnswerScanner } from './answerScanner.ts';
import { toAwsError } from './awsErrors.ts';
import type { AwsClients, ScopeClients } from './clients.ts';
import { describe, type CallFilter } from './ec2.ts';
import type { Ec2Call, RowOf } from './ec2Answers.ts';
import { toDenied } from './scopeState.ts';

/** Networks change seldom, and whoever changes one can ask anew. */
const KEPT_FOR_MS = 5 * 60_000;
/** What failed may work again in a moment; not with every host that is looked at. */
const FAILED_KEPT_FOR_MS = 30_000;
/** For all calls of a VPC together. */
const READ_LIMIT_MS = 30_000;
/** VPCs remembered at once. */
const MAX_KEPT = 64;
/** The largest page of GetManagedPrefixListEntries. */
const ENTRIES_A_PAGE = 100;
/** Prefix lists of which the entries are read, one call each. */
const MAX_PREFIX_LISTS = 40;

export interface NetworkDetailReader {
  /**
   * What is known of the VPC, read now or within the last five minutes; joins a reading under way.
   *
   * @throws PosternError when the profile itself cannot be used; a call that fails is one of the answer's `problems`
   */
  of(scope: Scope, vpcId: string, refresh?: boolean): Promise<NetworkDetail>;
  /** What was read within the last five minutes, without asking. */
  known(scope: Scope, vpcId: string): NetworkDetail | undefined;
  close(): Promise<void>;
}

export interface NetworkDetailOptions {
  readonly clients: Pick<AwsClients, 'forScope'>;
  /** What the list knows around its instances: which prefix lists the groups name. */
  readonly facts: (scope: Scope) => NetworkFacts | undefined;
  readonly clock: Clock;
}

interface Kept { readonly detail: Promise<NetworkDetail>; readonly untilMs: number; readonly read?: NetworkDetail }

export function createNetworkDetailReader({ clients, facts, clock }: NetworkDetailOptions): NetworkDetailReader {
  const scanner = createAnswerScanner();
  const controller = new AbortController();
  const kept = new Map<string, Kept>();

  async function read(scope: Scope, vpcId: string): Promise<NetworkDetail> {
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(READ_LIMIT_MS)]);
    return readNetworkDetail({ clients: await clients.forScope(scope), scanner, scope, signal, vpcId, known: facts(scope), clock });
  }

  return {
    async of(scope, vpcId, refresh = false) {
      const key = `${scopeKey(scope)}/${vpcId}`;
      const before = kept.get(key);
      if (before !== undefined && !refresh && clock.now() < before.untilMs) return before.detail;
      const detail = read(scope, vpcId);
      const keep = (forMs: number, read?: NetworkDetail): void => void kept.set(key, { detail, untilMs: clock.now() + forMs, ...(read === undefined ? {} : { read }) });
      kept.delete(key);
      keep(KEPT_FOR_MS);
      for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
      detail.then(
        (read) => {
          if (kept.get(key)?.detail === detail) keep(read.problems.length > 0 ? FAILED_KEPT_FOR_MS : KEPT_FOR_MS, read);
        },
        () => {
          if (kept.get(key)?.detail === detail) kept.delete(key);
        },
      );
      return detail;
    },
    known(scope, vpcId) {
      const held = kept.get(`${scopeKey(scope)}/${vpcId}`);
      return held !== undefined && clock.now() < held.untilMs ? held.read : undefined;
    },
    async close() {
      controller.abort(new PosternError({ code: 'cancelled', message: say`Postern is closing.` }));
      await scanner.close();
    },
  };
}

interface DetailReading {
  readonly clients: ScopeClients;
  readonly scanner: ReturnType<typeof createAnswerScanner>;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly vpcId: string;
  readonly known: NetworkFacts | undefined;
  readonly clock: Clock;
}

async function readNetworkDetail({ vpcId, known, clock, ...reading }: DetailReading): Promise<NetworkDetail> {
  const { scope, clients, signal } = reading;
  const problems: ScopeProblem[] = [];
  const guarded = async <T>(action: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      const error = toAwsError(thrown, clients.call('ec2', action));
      if (signal.aborted && error.code === 'cancelled' && signal.reason instanceof PosternError) throw error;
      const name = `ec2:${action}`;
      if (!problems.some((problem) => problem.action === name)) problems.push({ action: name, error: error.toReport() });
      return undefined;
    }
  };
  const all = async <C extends Ec2Call>(call: C, ...filters: CallFilter[]): Promise<RowOf<C>[] | undefined> =>
    guarded(call, async () => {
      const rows: RowOf<C>[] = [];
      await describe(call, { ...reading, ...(filters.length === 0 ? {} : { filters }) }, (some) => void rows.push(...some));
      return rows;
    });
  const by = (Name: string, Values: readonly string[] = [vpcId]): CallFilter => ({ Name, Values });
  const attribute = (name: 'enableDnsSupport' | 'enableDnsHostnames'): Promise<boolean | undefined> => guarded('DescribeVpcAttribute', () => describeVpcAttribute(clients, vpcId, name, signal));
  const vpc = known?.vpcs.find((one) => one.vpcId === vpcId);

  const tables = all('DescribeRouteTables', by('vpc-id'));
  const [routeTables, networkAcls, internetGateways, egressOnly, natGateways, vpcEndpoints, prefixLists, peerings, dhcp, enableDnsSupport, enableDnsHostnames] = await Promise.all([
    tables,
    all('DescribeNetworkAcls', by('vpc-id')),
    all('DescribeInternetGateways', by('attachment.vpc-id')),
    // Knows no filter by VPC.
    all('DescribeEgressOnlyInternetGateways'),
    all('DescribeNatGateways', by('vpc-id')),
    all('DescribeVpcEndpoints', by('vpc-id')),
    tables.then(async (found): Promise<PrefixList[] | undefined> => {
      const groups = known?.securityGroups.filter((group) => group.vpcId === vpcId) ?? [];
      const ids = new Set([
        ...(found ?? []).flatMap(({ routes }) => routes.flatMap(({ destinationPrefixListId }) => destinationPrefixListId ?? [])),
        ...groups.flatMap(({ inbound, outbound }) => [...inbound, ...outbound].flatMap(({ prefixListIds }) => prefixListIds)),
      ]);
      const wanted = [...ids].slice(0, MAX_PREFIX_LISTS);
      if (wanted.length === 0) return [];
      const lists = await all('DescribeManagedPrefixLists', by('prefix-list-id', wanted));
      return Promise.all(
        (lists ?? wanted.map((prefixListId): PrefixList => ({ prefixListId }))).map(async (list) => {
          const entries = await guarded('GetManagedPrefixListEntries', () => prefixListEntries(clients, list.prefixListId, signal));
          return entries === undefined ? list : { ...list, entries };
        }),
      );
    }),
    tables.then(async (found): Promise<VpcPeeringConnection[] | undefined> => {
      const ids = new Set((found ?? []).flatMap(({ routes }) => routes.flatMap(({ vpcPeeringConnectionId }) => vpcPeeringConnectionId ?? [])));
      return ids.size === 0 ? [] : all('DescribeVpcPeeringConnections', by('vpc-peering-connection-id', [...ids].slice(0, 200)));
    }),
    vpc?.dhcpOptionsId === undefined || vpc.dhcpOptionsId === 'default' ? undefined : all('DescribeDhcpOptions', by('dhcp-options-id', [vpc.dhcpOptionsId])),
    attribute('enableDnsSupport'),
    attribute('enableDnsHostnames'),
  ]);
  const dhcpOptions = dhcp?.[0];
  const egressOnlyInternetGateways = egressOnly?.filter(({ vpcIds }) => vpcIds.includes(vpcId));
  return {
    scope,
    vpcId,
    readAt: isoTime(clock),
    ...(routeTables === undefined ? {} : { routeTables }),
    ...(networkAcls === undefined ? {} : { networkAcls }),
    ...(internetGateways === undefined ? {} : { internetGateways }),
    ...(egressOnlyInternetGateways === undefined ? {} : { egressOnlyInternetGateways }),
    ...(natGateways === undefined ? {} : { natGateways }),
    ...(vpcEndpoints === undefined ? {} : { vpcEndpoints }),
    ...(prefixLists === undefined ? {} : { prefixLists }),
    ...(peerings === undefined ? {} : { vpcPeeringConnections: peerings }),
    ...(dhcpOptions === undefined ? {} : { dhcpOptions }),
    ...(enableDnsSupport === undefined ? {} : { enableDnsSupport }),
    ...(enableDnsHostnames === undefined ? {} : { enableDnsHostnames }),
    problems,
    denied: problems.flatMap(({ action, error }) => toDenied(action, error)),
  };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html (one attribute a call) */
async function describeVpcAttribute(clients: ScopeClients, vpcId: string, name: 'enableDnsSupport' | 'enableDnsHostnames', signal: AbortSignal): Promise<boolean | undefined> {
  const [client, { DescribeVpcAttributeCommand }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
  const answer = await client.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: name }), { abortSignal: signal });
  return name === 'enableDnsSupport' ? answer.EnableDnsSupport?.Value : answer.EnableDnsHostnames?.Value;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html */
async function prefixListEntries(clients: ScopeClients, prefixListId: string, signal: AbortSignal): Promise<NonNullable<PrefixList['entries']>> {
  const [client, { paginateGetManagedPrefixListEntries }] = await Promise.all([clients.ec2(), import('@aws-sdk/client-ec2')]);
  const entries: NonNullable<PrefixList['entries']> = [];
  for await (const page of paginateGetManagedPrefixListEntries({ client, stopOnSameToken: true }, { PrefixListId: prefixListId, MaxResults: ENTRIES_A_PAGE }, { abortSignal: signal })) {
    for (const { Cidr, Description } of page.Entries ?? []) if (Cidr !== undefined) entries.push({ cidr: Cidr, ...(Description === undefined || Description === '' ? {} : { description: Description }) });
  }
  return entries;
}
