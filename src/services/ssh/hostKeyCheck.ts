/**
 * The check of one connection's host key: trusted keys pass, changed ones are refused, and unknown ones are proven, refused as
 * contradicted, or asked about.
 */
import { PosternError } from '../../contract/error.ts';
import type { HostKey } from '../../contract/key.ts';
import { say } from '../../contract/say.ts';
import type { FirstContact, HostKeyProof, Voucher } from './firstContact.ts';
import type { HostIdentity, HostKeys } from './hostKeys.ts';
import { hostKeyChanged, hostKeyFingerprint } from './hostKeys.ts';

/** What a connection asks about the key its server shows. Runs before any credential is offered. */
export interface HostKeyCheck {
  /** The types of the keys that are trusted, or that others tell of; asked for first. */
  known(): Promise<readonly { readonly keyType: string }[]>;
  /** Settles when the connection may go on; rejects with a PosternError to refuse. May take as long as a person takes. */
  verify(algorithm: string, blob: Uint8Array): Promise<void>;
}

/** A key that nothing proves, as a person is asked about it. */
export interface ShownHostKey {
  readonly algorithm: string;
  readonly fingerprint: string;
  /** Why nothing proves it, and whether the host itself can be asked. Absent where nobody can vouch. */
  readonly unproven?: Pick<Extract<HostKeyProof, { outcome: 'unproven' }>, 'because' | 'canAskHost'>;
}

export interface HostKeyCheckOptions extends HostIdentity {
  readonly hostKeys: HostKeys;
  /** Who can vouch for a key that is seen for the first time. Absent: nobody. */
  readonly firstContact?: FirstContact;
  /** Asks about a key that was never seen for this instance and that nothing proves. Rejects when the person cancels. */
  readonly confirm: (shown: ShownHostKey) => Promise<boolean | 'ask-host'>;
  /** Who answers `confirm`; kept with the key. */
  readonly confirmedBy: HostKey['confirmedBy'];
  /** Told when a key was proven, before it is trusted. */
  readonly onProven?: (by: Voucher, fingerprint: string) => void;
}

/** @returns a check whose `verify` rejects with PosternError `ssh.host-key-changed`, `ssh.host-key-contradicted` or `ssh.host-key-refused`, or as `confirm` does */
export function createHostKeyCheck(options: HostKeyCheckOptions): HostKeyCheck {
  const { hostKeys, firstContact, confirm, onProven } = options;
  const host: HostIdentity = { scopeKey: options.scopeKey, instanceId: options.instanceId, ...(options.accountId === undefined ? {} : { accountId: options.accountId }) };

  /** @returns who confirmed it; absent: the person refuses */
  async function confirmed(algorithm: string, blob: Uint8Array): Promise<HostKey['confirmedBy'] | undefined> {
    const fingerprint = hostKeyFingerprint(blob);
    for (let proof = await firstContact?.prove(algorithm, blob); ; ) {
      if (proof?.outcome === 'contradicted') throw hostKeyContradicted(host, algorithm, fingerprint, proof);
      if (proof?.outcome === 'proven') {
        onProven?.(proof.by, fingerprint);
        return proof.by;
      }
      const answer = await confirm({ algorithm, fingerprint, ...(proof === undefined ? {} : { unproven: { because: proof.because, canAskHost: proof.canAskHost } }) });
      if (answer !== 'ask-host') return answer ? options.confirmedBy : undefined;
      const itsOwn = await firstContact?.askHost(algorithm, blob);
      proof = itsOwn?.outcome === 'unproven' && proof !== undefined ? { ...itsOwn, because: [...proof.because, ...itsOwn.because] } : itsOwn;
    }
  }

  return {
    async known() {
      const trusted = await hostKeys.known(host);
      return trusted.length > 0 || firstContact === undefined ? trusted : (await firstContact.keyTypes()).map((keyType) => ({ keyType }));
    },
    async verify(algorithm, blob) {
      const verdict = await hostKeys.verify(host, algorithm, blob);
      if (verdict.outcome === 'known') return;
      if (verdict.outcome === 'changed') throw hostKeyChanged(host, hostKeyFingerprint(blob), verdict.previous);
      const confirmedBy = await confirmed(algorithm, blob);
      if (confirmedBy === undefined) {
        throw new PosternError({
          code: 'ssh.host-key-refused',
          message: say`The host key ${hostKeyFingerprint(blob)} of ${host.instanceId} was refused. Nothing was sent to the host.`,
          remedy: say`Compare the fingerprint with the one in the system log of the instance (EC2 console, Get system log), then connect again.`,
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
        message: say`What answers as ${host} shows the key ${shown}; ${fingerprint} is the one that is published. Nothing was sent to it.`,
        remedy: say`Somebody may be intercepting the connection. If a new key has been published, update Postern.`,
      });
    },
  };
}

/** First contact with what shows a key that the instance says is not its own. As with a changed key there is nothing to accept. */
function hostKeyContradicted(host: HostIdentity, algorithm: string, fingerprint: string, { by, told }: Extract<HostKeyProof, { outcome: 'contradicted' }>): PosternError {
  const ofType = told.filter(({ keyType }) => keyType === algorithm);
  const others = [...new Set((ofType.length > 0 ? ofType : told).map((key) => `${key.keyType} ${key.fingerprint}`))].join(', ');
  const source = by === 'console-output' ? say`its console output` : say`the host itself, asked through Session Manager,`;
  return new PosternError({
    code: 'ssh.host-key-contradicted',
    message: say`What answers as ${host.instanceId} shows the ${algorithm} key ${fingerprint}, but ${source} tells ${others}. Nothing was sent to it.`,
    remedy:
      by === 'console-output'
        ? say`Somebody may be intercepting the connection: open it by Session Manager instead. If the keys of the host were replaced after it booted, let the host itself vouch: Keys → Known hosts ("firstContactProof": "console-and-session-manager" in settings.json).`
        : say`Somebody is probably intercepting the connection: open it by Session Manager instead, and look what answers at that address.`,
  });
}
