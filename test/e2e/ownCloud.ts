/** A home with AWS config files in it, for an app that lists a person's own accounts instead of starting the demo cloud itself. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoCloud, DemoCloudOptions } from '../../src/demo/demoCloud.ts';
import { startDemoCloud } from '../../src/demo/demoCloud.ts';
import { silentLog } from '../../src/services/base/log.ts';
import { launchApp, type RunningApp } from './app.ts';

/** The demo cloud in the test's process: to the app it is an account like any other, of the profile `demo`. */
export function startCloud(options: Pick<DemoCloudOptions, 'declaration'> = {}): Promise<DemoCloud> {
  return startDemoCloud({ seed: randomBytes(32), log: silentLog, ...options });
}

/** A new home whose profiles are the cloud's and those of the given sections. The caller removes it. */
export async function homeWithProfiles(config: string, cloud?: Pick<DemoCloud, 'configFile' | 'credentialsFile'>): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'postern-e2e-'));
  await mkdir(join(home, '.aws'));
  await writeFile(join(home, '.aws', 'config'), `${cloud === undefined ? '' : await readFile(cloud.configFile, 'utf8')}\n${config}`);
  if (cloud !== undefined) await writeFile(join(home, '.aws', 'credentials'), await readFile(cloud.credentialsFile, 'utf8'), { mode: 0o600 });
  return home;
}

/** An app that lists that cloud as its person's account; its home goes with it when it stops. */
export async function launchOnCloud(project: string, cloud: DemoCloud, environment: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
  const home = await homeWithProfiles('', cloud);
  const app = await launchApp(project, { arguments: [], home, environment });
  return {
    ...app,
    async stop() {
      await app.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
