/** The demo cloud as a process of its own, so that it takes no time of the one that is measured. `calls` on stdin tells what it was asked; it ends when its stdin ends. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { demoSeed } from '../src/demo/demoSeed.ts';
import { startDemoCloud } from '../src/demo/demoCloud.ts';
import { silentLog } from '../src/services/base/log.ts';
import type { BenchCloudOptions } from './benchCloud.ts';

const { latencyMs = 0, throttled = false, ...size } = JSON.parse(process.argv[2] ?? '{}') as BenchCloudOptions;
const dataDir = await mkdtemp(join(tmpdir(), 'postern-bench-'));
const cloud = await startDemoCloud({ seed: await demoSeed(dataDir), log: silentLog, ...size, faults: { latencyMs, throttle: throttled ? 'documented' : undefined } });
process.stdout.write(`${JSON.stringify({ configFile: cloud.configFile, credentialsFile: cloud.credentialsFile })}\n`);
createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'calls') process.stdout.write(`${JSON.stringify(cloud.faults.calls)}\n`);
  })
  .on('close', () => {
    void cloud.close().then(async () => {
      await rm(dataDir, { recursive: true, force: true });
      process.exit(0);
    });
  });
