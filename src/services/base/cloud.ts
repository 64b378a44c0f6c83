/**
 * Where AWS is: the person's own config files and network, or the demo cloud's.
 *
 * Both are reached through the same code: the demo brings config files that name its endpoints, and its own network.
 */
import type { Dialer } from './dialer.ts';
import type { Secret } from './secret.ts';

export interface Cloud {
  readonly kind: 'aws' | 'demo';
  /** As AWS_CONFIG_FILE; absent: what the environment says, else ~/.aws/config. */
  readonly configFile?: string;
  /** As AWS_SHARED_CREDENTIALS_FILE; absent: what the environment says, else ~/.aws/credentials. */
  readonly credentialsFile?: string;
  /** The AWS_* variables that apply: the process's own for AWS, none for the demo. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dialer: Dialer;
  /** Where the serial console of a region is. Absent: where AWS publishes it to be. */
  readonly serialConsole?: (region: string) => SerialConsoleHost | undefined;
  /** Private keys the cloud lends for its own hosts. The demo's only. */
  readonly lentKeys: readonly LentKey[];
  /** Who tells the person's public address when asked (`POSTERN_ADDRESS_URL`); absent: AWS. */
  readonly addressUrl?: string;
  close(): Promise<void>;
}

export interface SerialConsoleHost {
  readonly host: string;
  /** `SHA256:` and 43 base64 characters. */
  readonly hostKeyFingerprint: string;
}

export interface LentKey {
  readonly keyName: string;
  /** OpenSSH or PEM text, without passphrase. */
  readonly privateKey: Secret;
}
