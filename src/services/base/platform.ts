/** What an app gives the services: all they need of the machine they run on. */
import type { AppInfo } from '../../contract/settings.ts';
import type { Clock } from './clock.ts';
import type { Cloud } from './cloud.ts';
import type { Log } from './log.ts';
import type { SecretStore } from './secret.ts';

/** Where OpenSSH's own files are, and who asks. Without files in `configFiles` none is read. */
export interface OpenSshHome {
  readonly home: string;
  readonly localUser: string;
  /** Absent where users have no number. */
  readonly uid?: number;
  /** As hostname(1) prints it. */
  readonly localHostName: string;
  /** For `${NAME}` in values, SendEnv and SSH_AUTH_SOCK; a ProxyCommand gets it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configFiles: { readonly user?: string; readonly system?: string };
  /** Where the system's known_hosts is. Default: /etc/ssh. */
  readonly systemFolder?: string;
}

export interface Platform {
  readonly app: AppInfo['app'];
  readonly version: string;
  /** Everything Postern writes lives below it. See dataDir.ts. */
  readonly dataDir: string;
  /** The operating system's keychain; in tests a store in memory. */
  readonly secrets: SecretStore;
  readonly log: Log;
  readonly clock: Clock;
  /** Absent: there is no OpenSSH configuration, and no known_hosts. */
  readonly openSsh?: OpenSshHome;
  /** At least one: the person's AWS, the demo, or both. */
  readonly clouds: readonly Cloud[];
  /** Starts the demo cloud on request; absent where it is not offered. Services never import the demo. */
  readonly startDemo?: () => Promise<Cloud>;
}
