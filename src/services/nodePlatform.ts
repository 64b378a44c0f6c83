/** The Platform of this machine, the same for the desktop app, the web app and the command line. */
import type { AppInfo } from '../contract/settings.ts';
import { systemClock } from './base/clock.ts';
import type { Cloud } from './base/cloud.ts';
import { dataDir } from './base/dataDir.ts';
import { openFileLog } from './base/fileLog.ts';
import type { Log } from './base/log.ts';
import type { Platform } from './base/platform.ts';
import { openKeychain } from './keys/keychain.ts';
import { ownCloud } from './ownCloud.ts';
import { openSshHome } from './openSshHome.ts';

export interface NodePlatformOptions {
  readonly app: AppInfo['app'];
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Start with the demo cloud alone: nothing is asked of any account of the person. */
  readonly demo: boolean;
  /** Read this OpenSSH configuration instead of ~/.ssh/config and the system's; `none` reads none. */
  readonly sshConfigFile?: string;
  readonly startDemo: (options: { readonly dataDir: string; readonly log: Log }) => Promise<Cloud>;
}

/** @throws PosternError `data.write-failed` when the data folder cannot be made */
export async function createNodePlatform({ app, version, environment, demo, sshConfigFile, startDemo }: NodePlatformOptions): Promise<Platform> {
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
    // Like the person's AWS, their ~/.ssh is no part of the demo.
    openSsh: openSshHome(environment, sshConfigFile ?? (demo ? 'none' : undefined)),
    clouds: [demo ? await start() : ownCloud(environment)],
    startDemo: start,
  };
}
