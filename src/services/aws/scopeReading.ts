/**
 * Reads all facts of one scope once. DescribeInstances comes first and alone, so that nothing delays the list; only a list that
 * is long itself lets the other calls begin before its end. One that fails takes away its own facts only.
 */
import { PosternError } from '../../contract/error.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { ScopeProblem } from '../../contract/scope.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import { isDeepStrictEqual } from 'node:util';
import { describe, type Reading } from './ec2.ts';
import type { RowOf } from './ec2Answers.ts';
import type { InstanceFacts } from './instanceFacts.ts';
import { internChecks, internInstance, internInterface, internSsm } from './internRow.ts';
import { toManagedInstance } from './managedNodes.ts';
import { describeInstanceInformation } from './ssm.ts';

/** How long a list of many pages keeps the other calls waiting, from its first page on. */
const HEAD_START_MS = 1500;

export interface ScopeReadingOptions extends Reading {
  readonly facts: InstanceFacts;
  readonly network: NetworkFacts;
  readonly clock: Clock;
  /** These instances may look different now. */
  onInstances(instanceIds: Iterable<string>): void;
  /** The owner's account, once an answer names it. */
  onAccount(accountId: string): void;
  /** A page of DescribeInstances was read. */
  onPage(): void;
  onProblem(problem: ScopeProblem): void;
  onNetwork(facts: NetworkFacts): void;
  /** All instances of the scope may look different now: told in slices, so that the main thread is not held up. */
  onAllInstances(): Promise<void>;
}

/** @throws PosternError when DescribeInstances failed; the other calls' failures are told as problems */
export async function readScope(options: ScopeReadingOptions): Promise<void> {
  const { facts } = options;
  let others: Promise<unknown> | undefined;
  const seen = replacing(facts.instances);
  /** Which instance holds an interface. */
  const holders = new Map<string, string>();
  let { scope } = options;
  const { promise: listed, resolve: listIsThere } = Promise.withResolvers<void>();
  try {
    await describe(
      'DescribeInstances',
      options,
      (rows) => {
        for (const row of rows) {
          seen.set(row.instanceId, internInstance(row));
          for (const eni of row.networkInterfaces) holders.set(eni.networkInterfaceId, row.instanceId);
        }
        const accountId = rows[0]?.scope.accountId;
        if (accountId !== undefined && scope.accountId === undefined) {
          scope = { ...scope, accountId };
          options.onAccount(accountId);
        }
        options.onInstances(rows.map((row) => row.instanceId));
      },
      () => {
        if (others === undefined) {
          others = afterHeadStart(listed).then(() => readOthers({ ...options, scope }, holders));
          // Awaited below, which may be many pages from here.
          others.catch(() => undefined);
        }
        options.onPage();
      },
    );
    options.onInstances(seen.finish());
  } finally {
    listIsThere();
    await others;
  }
}

async function afterHeadStart(listed: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([listed, new Promise<void>((resolve) => (timer = setTimeout(resolve, HEAD_START_MS)))]);
  clearTimeout(timer);
}

async function readOthers(options: ScopeReadingOptions, holders: ReadonlyMap<string, string>): Promise<void> {
  const { facts, clock } = options;
  /** Run one call; when it fails for good, `forget` takes its facts away. What may pass leaves what was known. */
  const guarded = async (action: string, read: () => Promise<void>, forget: () => unknown): Promise<void> => {
    try {
      await read();
    } catch (thrown) {
      if (options.signal.aborted) return;
      if (!(thrown instanceof PosternError)) throw thrown;
      options.onProblem({ action, error: thrown.toReport() });
      if (thrown.retryable) return;
      forget();
      await options.onAllInstances();
    }
  };

  await Promise.all([
    guarded('ec2:DescribeNetworkInterfaces', async () => {
      const seen = replacing(facts.networkInterfaces);
      await describe('DescribeNetworkInterfaces', options, (rows) => {
        const held = new Set<string>();
        for (const row of rows) {
          internInterface(row);
          seen.set(row.networkInterfaceId, row);
          const instanceId = holders.get(row.networkInterfaceId);
          if (instanceId !== undefined) held.add(instanceId);
        }
        options.onInstances(held);
      });
      seen.finish();
    }, () => facts.networkInterfaces.clear()),

    guarded('ec2:DescribeAddresses', async () => {
      const seen = replacing(facts.addresses);
      await describe('DescribeAddresses', options, (rows) => rows.forEach((row) => seen.set(row.publicIp, row)));
      const gone = seen.finish();
      if (gone.length > 0 || facts.addresses.size > 0) await options.onAllInstances();
    }, () => facts.addresses.clear()),

    guarded('ec2:DescribeInstanceStatus', async () => {
      const seen = replacing(facts.statusChecks);
      const seenAt = isoTime(clock);
      await describe('DescribeInstanceStatus', options, (rows) => {
        for (const { instanceId, checks } of rows) seen.set(instanceId, internChecks({ ...checks, seenAt }));
        options.onInstances(rows.map((row) => row.instanceId));
      });
      options.onInstances(seen.finish());
    }, () => facts.statusChecks.clear()),

    guarded('ssm:DescribeInstanceInformation', async () => {
      const seen = replacing(facts.ssm);
      const nodes = replacing(facts.managedNodes);
      await describeInstanceInformation(options.clients, (instances) => {
        if (options.signal.aborted) return;
        const seenAt = isoTime(clock);
        for (const { instanceId, facts: ssm, node } of instances) {
          seen.set(instanceId, internSsm({ ...ssm, seenAt }));
          if (node !== undefined) nodes.set(instanceId, toManagedInstance(instanceId, options.scope, node, ssm));
        }
        options.onInstances(instances.map((row) => row.instanceId));
      }, options.signal);
      const gone = [...seen.finish(), ...nodes.finish()];
      const wasKnown = facts.ssmKnown;
      facts.ssmKnown = true;
      if (!wasKnown) await options.onAllInstances();
      options.onInstances(gone);
    }, () => {
      const gone = replacing(facts.managedNodes).finish();
      facts.ssm.clear();
      facts.ssmKnown = false;
      options.onInstances(gone);
    }),

    readNetwork(options, guarded),
  ]);
}

type NetworkCall = 'DescribeVpcs' | 'DescribeSubnets' | 'DescribeSecurityGroups' | 'DescribeKeyPairs' | 'DescribeInstanceConnectEndpoints';
type Guarded = (action: string, read: () => Promise<void>, forget: () => unknown) => Promise<void>;

async function readNetwork(options: ScopeReadingOptions, guarded: Guarded): Promise<void> {
  const known = options.network;
  // What fails and may pass leaves what was known, as everywhere.
  let facts: NetworkFacts = { ...known, scope: options.scope };
  let changed = !isDeepStrictEqual(known.scope, facts.scope);
  const part = async <C extends NetworkCall>(call: C, old: readonly RowOf<C>[] | undefined, put: (rows: RowOf<C>[]) => void, forget: () => void): Promise<void> => {
    const found: RowOf<C>[] = [];
    await guarded(
      `ec2:${call}`,
      async () => {
        await describe(call, options, (rows) => {
          // Compared slice by slice: the lists of a large account would hold up the main thread at once.
          changed ||= rows.some((row, index) => !isDeepStrictEqual(row, old?.[found.length + index]));
          found.push(...rows);
        });
        changed ||= found.length !== old?.length;
        put(found);
      },
      () => {
        const before = facts;
        forget();
        changed ||= !isDeepStrictEqual(before, facts);
      },
    );
  };
  await Promise.all([
    part('DescribeVpcs', known.vpcs, (vpcs) => (facts = { ...facts, vpcs }), () => (facts = { ...facts, vpcs: [] })),
    part('DescribeSubnets', known.subnets, (subnets) => (facts = { ...facts, subnets }), () => (facts = { ...facts, subnets: [] })),
    part('DescribeSecurityGroups', known.securityGroups, (securityGroups) => (facts = { ...facts, securityGroups }), () => (facts = { ...facts, securityGroups: [] })),
    part('DescribeKeyPairs', known.ec2KeyPairs, (ec2KeyPairs) => (facts = { ...facts, ec2KeyPairs }), () => (facts = withoutKeyPairs(facts))),
    part('DescribeInstanceConnectEndpoints', known.instanceConnectEndpoints, (instanceConnectEndpoints) => (facts = { ...facts, instanceConnectEndpoints }), () => (facts = withoutEndpoints(facts))),
  ]);
  if (changed && !options.signal.aborted) options.onNetwork(facts);
}

function withoutKeyPairs({ ec2KeyPairs: _pairs, ...facts }: NetworkFacts): NetworkFacts {
  return facts;
}

function withoutEndpoints({ instanceConnectEndpoints: _endpoints, ...facts }: NetworkFacts): NetworkFacts {
  return facts;
}

/** Writes into a map at once, and at the end takes out what was not written again. */
function replacing<V>(map: Map<string, V>): { set(id: string, value: V): void; finish(): string[] } {
  const seen = new Set<string>();
  return {
    set(id, value) {
      seen.add(id);
      map.set(id, value);
    },
    finish() {
      const gone = [...map.keys()].filter((id) => !seen.has(id));
      for (const id of gone) map.delete(id);
      return gone;
    },
  };
}
