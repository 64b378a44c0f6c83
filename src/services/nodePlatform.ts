/** The Platform of this machine, the same for the desktop app, the web app and the command line. */
import type { AppInfo } from '../contract/settings.ts';
import { systemClock } from './base/clock.ts';
import type { Cloud } from './base/cloud.ts';
import { dataDir } from './base/dataDir.ts';
import { networkDialer } from './base/dialer.ts';
import { openFileLog } from './base/fileLog.ts';
import type { Log } from './base/log.ts';
import type { Platform } from './base/platform.ts';
import { openKeychain } from './keys/keychain.ts';

export interface NodePlatformOptions {
  readonly app: AppInfo['app'];
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Start with the demo cloud alone: nothing is asked of any account of the person. */
  readonly demo: boolean;
  readonly startDemo: (options: { readonly dataDir: string; readonly log: Log }) => Promise<Cloud>;
}

/** @throws PosternError `data.write-failed` when the data folder cannot be made */
export async function createNodePlatform({ app, version, environment, demo, startDemo }: NodePlatformOptions): Promise<Platform> {
  const folder = dataDir(environment, process.platform);
  const log = openFileLog({ dataDir: folder, clock: systemClock });
  const start = (): Promise<Cloud> => startDemo({ dataDir: folder, log });
  return {
    app,
    version,
    dataDir: folder,
    secrets: openKeychain(),
    log,
    clock: systemClock,
    clouds: [demo ? await start() : ownCloud(environment)],
    startDemo: start,
  };
}

/** The person's own AWS: their config files, their environment, their network. */
function ownCloud(environment: NodeJS.ProcessEnv): Cloud {
  const variables = Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('AWS_') || name === 'HOME' || name === 'USERPROFILE'));
  return { kind: 'aws', environment: variables, dialer: networkDialer, lentKeys: [], close: async () => {} };
}
