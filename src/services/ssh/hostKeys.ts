/**
 * The host keys that are trusted, kept by scope and instance id and never by address: private addresses repeat between VPCs,
 * and public ones move to other instances.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { HostKey } from '../../contract/key.ts';
import { atTime, say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import { isoTime } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../base/store.ts';

/** `hostKeys.json` in the data folder. */
export const HostKeyDocument = z.object({ hostKeys: z.array(HostKey).default([]) });
export type HostKeyDocument = z.infer<typeof HostKeyDocument>;
export const HOST_KEY_DOCUMENT_VERSION = 1;

/** Which host a key belongs to. */
export interface HostIdentity {
  readonly scopeKey: string;
  readonly instanceId: string;
  /** Kept with the key: tells later whether a list of instances is that account's. */
  readonly accountId?: string | undefined;
}

export type HostKeyVerdict =
  | { readonly outcome: 'known' }
  | { readonly outcome: 'unknown' }
  /** Another key is trusted for this instance, of this type or of another one. */
  | { readonly outcome: 'changed'; readonly previous: HostKey };

export interface HostKeys {
  list(): Promise<readonly HostKey[]>;
  /** The keys trusted for one instance. */
  known(host: HostIdentity): Promise<readonly HostKey[]>;
  /** How a key that a server showed stands to those trusted for that instance. */
  verify(host: HostIdentity, algorithm: string, blob: Uint8Array): Promise<HostKeyVerdict>;
  /**
   * Trust this key from now on. Trusting the same key again changes nothing.
   *
   * @throws PosternError `ssh.host-key-changed` when another key was trusted meanwhile, `data.write-failed`
   */
  trust(host: HostIdentity, algorithm: string, blob: Uint8Array, confirmedBy: HostKey['confirmedBy']): Promise<void>;
  /** Forget every key of an instance, so that the next connection asks again. */
  forget(host: HostIdentity): Promise<void>;
  /** Forget the keys of instances that are no more. */
  forgetWhere(isGone: (hostKey: HostKey) => boolean): Promise<void>;
  /** Told all keys after each change. Returns how to stop. */
  onChanged(listener: (hostKeys: readonly HostKey[]) => void): () => void;
}

/** `SHA256:` and 43 base64 characters, as OpenSSH prints it. */
export function hostKeyFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

export function createHostKeys({ store, clock, log }: { readonly store: Store<HostKeyDocument>; readonly clock: Clock; readonly log: Log }): HostKeys {
  const listeners = new Set<(hostKeys: readonly HostKey[]) => void>();

  async function known(host: HostIdentity): Promise<HostKey[]> {
    return (await store.read()).hostKeys.filter((key) => isOf(key, host));
  }

  async function change(edit: (current: readonly HostKey[]) => HostKey[]): Promise<void> {
    const { hostKeys } = await store.change((document) => ({ ...document, hostKeys: edit(document.hostKeys) }));
    for (const listener of listeners) listener(hostKeys);
  }

  return {
    known,
    async list() {
      return (await store.read()).hostKeys;
    },
    async verify(host, algorithm, blob) {
      return judge(await known(host), toPublicKey(algorithm, blob));
    },
    async trust(host, algorithm, blob, confirmedBy) {
      const publicKey = toPublicKey(algorithm, blob);
      const fingerprint = hostKeyFingerprint(blob);
      await change((current) => {
        const verdict = judge(current.filter((key) => isOf(key, host)), publicKey);
        if (verdict.outcome === 'changed') throw hostKeyChanged(host, fingerprint, verdict.previous);
        if (verdict.outcome === 'known') return [...current];
        return [...current, { ...identityOf(host), keyType: algorithm, publicKey, fingerprint, firstSeen: isoTime(clock), confirmedBy }];
      });
      log.info('A host key is trusted', { instanceId: host.instanceId, keyType: algorithm, fingerprint, confirmedBy });
    },
    async forget(host) {
      await change((current) => current.filter((key) => !isOf(key, host)));
      log.info('The host keys of an instance are forgotten', { instanceId: host.instanceId });
    },
    async forgetWhere(isGone) {
      const gone = (await store.read()).hostKeys.filter(isGone);
      if (gone.length === 0) return;
      await change((current) => current.filter((key) => !isGone(key)));
      log.info('The host keys of instances that are no more are forgotten', { instanceIds: [...new Set(gone.map(({ instanceId }) => instanceId))].join(' ') });
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What a connection ends with when the host shows another key. There is no accept: the person has to forget the old key first. */
export function hostKeyChanged(host: HostIdentity, fingerprint: string, previous: HostKey): PosternError {
  return new PosternError({
    code: 'ssh.host-key-changed',
    message: say`The host key of ${host.instanceId} has changed: it shows ${fingerprint}, and ${previous.fingerprint} (${previous.keyType}) is trusted since ${atTime(previous.firstSeen)}. Nothing was sent to it.`,
    remedy: say`Somebody may be intercepting the connection. If you know why the key changed, forget the old one: Keys → Known hosts, or \`postern keys forget ${host.instanceId}\`.`,
  });
}

/**
 * A key of another type counts as changed too. The trusted type is asked for first, so a host that shows another one has no
 * longer the key that is trusted, or is not that host.
 */
function judge(known: readonly HostKey[], publicKey: string): HostKeyVerdict {
  const [previous] = known;
  if (previous === undefined) return { outcome: 'unknown' };
  if (known.some((key) => key.publicKey === publicKey)) return { outcome: 'known' };
  const [keyType] = publicKey.split(' ');
  return { outcome: 'changed', previous: known.find((key) => key.keyType === keyType) ?? previous };
}

function isOf(key: HostKey, host: HostIdentity): boolean {
  return key.scopeKey === host.scopeKey && key.instanceId === host.instanceId;
}

function identityOf({ scopeKey, instanceId, accountId }: HostIdentity): Pick<HostKey, 'scopeKey' | 'instanceId' | 'accountId'> {
  return { scopeKey, instanceId, ...(accountId === undefined ? {} : { accountId }) };
}

/** As in an authorized_keys line, without comment. */
function toPublicKey(algorithm: string, blob: Uint8Array): string {
  return `${algorithm} ${Buffer.from(blob).toString('base64')}`;
}
