/**
 * The check of one connection's host key: trusted keys pass, unknown ones are asked about, changed ones are refused.
 */
import { PosternError } from '../../contract/error.ts';
import type { HostKey } from '../../contract/key.ts';
import type { HostIdentity, HostKeys } from './hostKeys.ts';
import { hostKeyChanged, hostKeyFingerprint } from './hostKeys.ts';

/** What a connection asks about the key its server shows. Runs before any credential is offered. */
export interface HostKeyCheck {
  /** The types of the keys that are trusted; asked for first. */
  known(): Promise<readonly { readonly keyType: string }[]>;
  /** Settles when the connection may go on; rejects with a PosternError to refuse. May take as long as a person takes. */
  verify(algorithm: string, blob: Uint8Array): Promise<void>;
}

export interface HostKeyCheckOptions extends HostIdentity {
  readonly hostKeys: HostKeys;
  /** Asks about a key that was never seen for this instance. Rejects when the person cancels. */
  readonly confirm: (shown: { readonly algorithm: string; readonly fingerprint: string }) => Promise<boolean>;
  /** Who answers `confirm`; kept with the key. */
  readonly confirmedBy: HostKey['confirmedBy'];
}

/** @returns a check whose `verify` rejects with PosternError `ssh.host-key-changed` or `ssh.host-key-refused`, or as `confirm` does */
export function createHostKeyCheck({ hostKeys, scopeKey, instanceId, confirm, confirmedBy }: HostKeyCheckOptions): HostKeyCheck {
  const host: HostIdentity = { scopeKey, instanceId };
  return {
    known: () => hostKeys.known(host),
    async verify(algorithm, blob) {
      const fingerprint = hostKeyFingerprint(blob);
      const verdict = await hostKeys.verify(host, algorithm, blob);
      if (verdict.outcome === 'known') return;
      if (verdict.outcome === 'changed') throw hostKeyChanged(host, fingerprint, verdict.previous);
      if (!(await confirm({ algorithm, fingerprint }))) {
        throw new PosternError({
          code: 'ssh.host-key-refused',
          message: `The host key ${fingerprint} of ${instanceId} was refused. Nothing was sent to the host.`,
          remedy: 'Compare the fingerprint with the one in the system log of the instance (EC2 console, Get system log), then connect again.',
          retryable: true,
        });
      }
      await hostKeys.trust(host, algorithm, blob, confirmedBy);
    },
  };
}

/** For a host whose key is published: nobody is asked, and no other key passes. */
export function pinnedHostKey(host: string, fingerprint: string): HostKeyCheck {
  return {
    known: async () => [],
    async verify(_algorithm, blob) {
      const shown = hostKeyFingerprint(blob);
      if (shown === fingerprint) return;
      throw new PosternError({
        code: 'ssh.host-key-changed',
        message: `What answers as ${host} shows the key ${shown}; ${fingerprint} is the one that is published. Nothing was sent to it.`,
        remedy: 'Somebody may be intercepting the connection. If a new key has been published, update Postern.',
      });
    },
  };
}
