/** Starts the demo cloud with host keys that last, for an app that was asked for it. Loaded only then. */
import type { Cloud } from '../services/base/cloud.ts';
import type { Log } from '../services/base/log.ts';
import { startDemoCloud } from './demoCloud.ts';
import { demoSeed } from './demoSeed.ts';

/** @param instances how many; the story of about a dozen when absent */
export async function startDemo({ dataDir, log, instances }: { readonly dataDir: string; readonly log: Log; readonly instances?: number }): Promise<Cloud> {
  return startDemoCloud({ seed: await demoSeed(dataDir), log, ...(instances === undefined ? {} : { instances }) });
}
