/**
 * The whole estate of many accounts and regions under AWS's own conditions: first rows, all rows, calls tried again, memory, and
 * one region read again. The demo cloud runs in a process of its own. Run: node bench/estate.ts [instances accounts regions]
 */
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { boundHeap } from '../src/services/base/boundHeap.ts';
import { systemClock } from '../src/services/base/clock.ts';
import { silentLog } from '../src/services/base/log.ts';
import { createClients } from '../src/services/aws/clients.ts';
import { createInventory } from '../src/services/aws/inventory.ts';
import { benchCloud } from './benchCloud.ts';
import type { BenchFigure } from './figure.ts';
import { watchBlocks } from './watchBlocks.ts';

export interface EstateSize { readonly instances: number; readonly accounts: number; readonly regions: number; readonly latencyMs: number; readonly throttled: boolean }

/** As issue 5 states it. */
export const wide: EstateSize = { instances: 5000, accounts: 10, regions: 17, latencyMs: 80, throttled: true };
export const large: EstateSize = { instances: 50_000, accounts: 1, regions: 2, latencyMs: 0, throttled: false };

export async function benchEstate(size: EstateSize): Promise<BenchFigure[]> {
  // As `postern serve` begins. What the shipped app takes in all is in bench/servedEstate.ts.
  boundHeap();
  const cloud = await benchCloud(size);
  const clients = createClients({ clouds: () => [cloud.source], version: '0.0.0' });
  const inventory = createInventory({ clients, clock: systemClock, log: silentLog });
  const title = `${size.instances} instances, ${size.accounts} accounts x ${size.regions} regions`;
  try {
    // From source the SDK's thousand files take a second to load; bundled it is 80 ms, which bench/cliList.ts has in it.
    await Promise.all([import('@aws-sdk/client-ec2'), import('@aws-sdk/client-ssm'), import('@smithy/node-http-handler'), import('@aws-sdk/credential-providers')]);
    const block = watchBlocks();
    const started = performance.now();
    const seen = new Set<string>();
    let firstMs = Number.NaN;
    let lastMs = Number.NaN;
    const stop = inventory.on((event) => {
      if (event.type !== 'changed') return;
      const before = seen.size;
      for (const { instanceId } of event.instances) seen.add(instanceId);
      if (before === 0 && seen.size > 0) firstMs = performance.now() - started;
      if (seen.size > before) lastMs = performance.now() - started;
    });
    inventory.select(cloud.scopes);
    await inventory.settled();
    const settledMs = performance.now() - started;
    stop();
    const blockMs = block();
    const failed = inventory.statuses().filter(({ state, problems }) => state !== 'ready' || problems.length > 0);
    const calls = await cloud.calls();
    const retried = calls.filter(({ outcome }) => outcome !== 'ok').length;
    globalThis.gc?.();
    await sleep(200);
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const residentMiB = rss / 2 ** 20;

    const [scope] = cloud.scopes;
    const again = performance.now();
    let retold = 0;
    const stopAgain = inventory.on((event) => {
      if (event.type === 'changed') retold += event.instances.length;
    });
    await inventory.refresh(scope);
    const againMs = performance.now() - again;
    stopAgain();
    return [
      { name: `${title}: first rows`, value: firstMs, unit: 'ms', goal: { of: 'value', atMost: 1000 } },
      { name: `${title}: all ${seen.size} rows`, value: lastMs, unit: 'ms', goal: { of: 'value', atMost: 8000 }, note: `of ${size.instances}` },
      { name: `${title}: all facts`, value: settledMs, unit: 'ms' },
      { name: `${title}: scopes with a failure`, value: failed.length, unit: 'scopes', goal: { of: 'value', atMost: 0 }, ...(failed[0] === undefined ? {} : { note: JSON.stringify(failed[0].error ?? failed[0].problems[0]) }) },
      { name: `${title}: calls tried again`, value: (50 * retried) / calls.length, unit: 'in 50', goal: { of: 'value', atMost: 1 }, note: `${retried} of ${calls.length}` },
      // The goal is that of the wide estate, whose regions are a page each: 25,000 hosts are 25 pages of DescribeInstances and 350 of DescribeInstanceInformation, each named by the one before.
      { name: `${title}: one region read again`, value: againMs, unit: 'ms', ...(size.instances / cloud.scopes.length > 1000 ? {} : { goal: { of: 'value', atMost: 1000 } }), note: `${retold} of its instances told again` },
      { name: `${title}: longest block of the main thread`, value: blockMs, unit: 'ms', goal: { of: 'value', atMost: 50 } },
      { name: `${title}: resident`, value: residentMiB, unit: 'MiB', goal: { of: 'value', atMost: 400 }, note: `${(heapUsed / 2 ** 20).toFixed(0)} MiB of it in use by objects, of a heap of ${(heapTotal / 2 ** 20).toFixed(0)} MiB, ${(external / 2 ** 20).toFixed(0)} MiB outside of it` },
    ];
  } finally {
    await inventory.close();
    clients.close();
    await cloud.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { toLine } = await import('./figure.ts');
  const [instances, accounts = 1, regions = 2, latencyMs = 0] = process.argv.slice(2).map(Number);
  const sizes = instances === undefined ? [wide] : [{ instances, accounts, regions, latencyMs, throttled: latencyMs > 0 }];
  for (const size of sizes) for (const figure of await benchEstate(size)) process.stdout.write(`${toLine(figure)}\n`);
}
