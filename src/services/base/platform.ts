/** What an app gives the services: all they need of the machine they run on. */
import type { AppInfo } from '../../contract/settings.ts';
import type { Clock } from './clock.ts';
import type { Cloud } from './cloud.ts';
import type { Log } from './log.ts';
import type { SecretStore } from './secret.ts';

export interface Platform {
  readonly app: AppInfo['app'];
  readonly version: string;
  /** Everything Postern writes lives below it. See dataDir.ts. */
  readonly dataDir: string;
  /** The operating system's keychain; in tests a store in memory. */
  readonly secrets: SecretStore;
  readonly log: Log;
  readonly clock: Clock;
  /** At least one: the person's AWS, the demo, or both. */
  readonly clouds: readonly Cloud[];
  /** Starts the demo cloud on request; absent where it is not offered. Services never import the demo. */
  readonly startDemo?: () => Promise<Cloud>;
}
