/** The demo cloud as a process of its own, so that it takes no time of the one that is measured. Ends when its stdin ends. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemo } from '../src/demo/startDemo.ts';
import { silentLog } from '../src/services/base/log.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'postern-bench-'));
const cloud = await startDemo({ dataDir, log: silentLog, instances: Number(process.argv[2]) });
process.stdout.write(`${JSON.stringify({ configFile: cloud.configFile, credentialsFile: cloud.credentialsFile })}\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  void cloud.close().then(async () => {
    await rm(dataDir, { recursive: true, force: true });
    process.exit(0);
  });
});
