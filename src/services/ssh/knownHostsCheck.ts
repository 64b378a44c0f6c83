/**
 * The check of a host's key by known_hosts: what OpenSSH trusts is trusted, what is revoked is refused, and what nobody knows is
 * asked about and kept in Postern's own file. Never writes known_hosts.
 */
import { PosternError } from '../../contract/error.ts';
import type { HostKey } from '../../contract/key.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import { certificateTypes } from './certifiedHostKeys.ts';
import { isCertificate, parseCertificate } from './hostCertificate.ts';
import type { HostKeyCheck, ShownHostKey } from './hostKeyCheck.ts';
import type { HostIdentity, HostKeys } from './hostKeys.ts';
import { hostKeyChanged, hostKeyFingerprint } from './hostKeys.ts';
import type { KnownHostsLine, KnownHostsVerdict } from './knownHosts.ts';
import { hashHostName, judge, knownHostsName, lookUp, readKnownHosts } from './knownHosts.ts';
import { toPlainText } from './plainText.ts';
import type { SshConfig } from './sshConfigResult.ts';
import { keyTypeOf } from './sshPublicKey.ts';

/** A certificate's words are the host's until it is believed. */
const MAX_KEY_ID_CHARACTERS = 100;
const MAX_FAULT_CHARACTERS = 300;

/** What the scope of a host key is that belongs to no account. */
export const CONFIG_HOST_SCOPE = 'ssh';

export interface KnownHostsCheckOptions {
  readonly config: Pick<SshConfig, 'hostName' | 'hostKeyAlias' | 'port' | 'strictHostKeyChecking' | 'userKnownHostsFiles' | 'globalKnownHostsFiles'>;
  readonly hostKeys: Pick<HostKeys, 'list' | 'known' | 'verify' | 'trust'>;
  readonly clock: Clock;
  /** Asks about a key that no file has. Rejects when the person cancels. */
  readonly confirm: (shown: ShownHostKey) => Promise<boolean>;
  /** What the judgement rests on, for the progress. */
  readonly onNote: (note: string) => void;
}

/**
 * @returns a check whose `verify` rejects with PosternError `ssh.host-key-changed` (also for a revoked key) or
 *   `ssh.host-key-refused`, or as `confirm` does
 */
export function createKnownHostsCheck({ config, hostKeys, clock, confirm, onNote }: KnownHostsCheckOptions): HostKeyCheck {
  // A HostKeyAlias is looked up as it is (ssh_config(5)).
  const host = config.hostKeyAlias ?? config.hostName;
  const port = config.hostKeyAlias === undefined ? config.port : 22;
  const name = knownHostsName(host, port);
  const files = [...config.userKnownHostsFiles, ...config.globalKnownHostsFiles];
  // Who keeps nothing wants nothing kept: hosts that are made anew each day have a new key each day.
  const keepsNothing = config.userKnownHostsFiles.every((file) => file === '/dev/null');
  let lines: readonly KnownHostsLine[] = [];

  const kept = async (identity: HostIdentity): Promise<readonly HostKey[]> => (keepsNothing ? [] : hostKeys.known(identity));

  return {
    async known() {
      ({ lines } = await readKnownHosts(files));
      const exact = lookUp(lines, host, port).keys;
      const trusted = exact.length > 0 || port === 22 ? exact : lookUp(lines, host, 22).keys;
      // As with ssh: where an authority is known for the host, its certificate is asked for before any bare key.
      const certificates = hasAuthority(lines, host, port) ? certificateTypes().map((keyType) => ({ keyType })) : [];
      return [...certificates, ...trusted, ...(await kept(await identityOf(name, hostKeys)))];
    },
    async verify(shownAlgorithm, shownBlob) {
      const verdict = judge(lines, { host, port, nowMs: clock.now() }, shownBlob);
      // What a certificate is about: by itself it is a key like any other.
      const { algorithm, blob } = bareKey(shownAlgorithm, shownBlob);
      const fingerprint = hostKeyFingerprint(blob);
      const whyUnproven = hasAuthority(lines, host, port) ? certificateText(shownBlob, verdict) : undefined;
      const because = whyUnproven === undefined ? '' : ` ${whyUnproven}`;
      switch (verdict.outcome) {
        case 'known':
          if (verdict.certificate !== undefined) return onNote(say`${name} shows a certificate ("${toPlainText(verdict.certificate.keyId, MAX_KEY_ID_CHARACTERS)}") by the authority in ${place(verdict.line)}`);
          return onNote(say`the key of ${name} is in ${place(verdict.line)}`);
        case 'revoked':
          throw new PosternError({
            code: 'ssh.host-key-refused',
            message: say`${name} shows the key ${fingerprint}, which ${place(verdict.line)} revokes. Nothing was sent to it.`,
            remedy: say`A revoked key is never to be trusted: whoever has it may not be that host. Ask who looks after the host.`,
          });
        case 'changed':
          throw new PosternError({
            code: 'ssh.host-key-changed',
            message: say`The host key of ${name} has changed: it shows ${fingerprint} (${algorithm}), and ${place(verdict.line)} has ${hostKeyFingerprint(verdict.line.blob)} (${verdict.line.keyType}).${because} Nothing was sent to it.`,
            remedy: say`Somebody may be intercepting the connection. If you know why the key changed: ssh-keygen -R '${name}' removes the old one; Postern never changes that file.`,
          });
        case 'unknown':
          break;
      }
      const identity = await identityOf(name, hostKeys);
      if (!keepsNothing) {
        const ours = await hostKeys.verify(identity, algorithm, blob);
        if (ours.outcome === 'known') return;
        if (ours.outcome === 'changed') throw hostKeyChanged({ scopeKey: CONFIG_HOST_SCOPE, instanceId: `${CONFIG_HOST_SCOPE}:${name}` }, fingerprint, ours.previous);
      }
      if (!(await decide(config.strictHostKeyChecking, () => confirm({ algorithm, fingerprint, ...(whyUnproven === undefined ? {} : { unproven: { because: [whyUnproven], canAskHost: false } }) })))) {
        throw new PosternError({
          code: 'ssh.host-key-refused',
          message:
            config.strictHostKeyChecking === 'yes'
              ? say`The host key ${fingerprint} of ${name} is in no known_hosts file, and StrictHostKeyChecking is yes.${because} Nothing was sent to the host.`
              : say`The host key ${fingerprint} of ${name} was refused.${because} Nothing was sent to the host.`,
          remedy: say`Compare the fingerprint with what the host itself says (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then connect again.`,
          retryable: true,
        });
      }
      if (!keepsNothing) await hostKeys.trust(identity, algorithm, blob, 'person');
    },
  };
}

function hasAuthority(lines: readonly KnownHostsLine[], host: string, port: number): boolean {
  return [port, 22].some((at) => lookUp(lines, host, at).authorities.length > 0);
}

function bareKey(algorithm: string, blob: Uint8Array): { readonly algorithm: string; readonly blob: Uint8Array } {
  if (!isCertificate(blob)) return { algorithm, blob };
  const { keyBlob } = parseCertificate(blob);
  return { algorithm: keyTypeOf(keyBlob), blob: keyBlob };
}

/** Why an authority that is known for the host does not prove it. */
function certificateText(shown: Uint8Array, verdict: KnownHostsVerdict): string | undefined {
  if (!isCertificate(shown)) return say`known_hosts names an authority for it, but it has no certificate.`;
  const fault = 'certificateFault' in verdict ? verdict.certificateFault : undefined;
  return fault === undefined ? undefined : say`Its certificate does not prove it: ${toPlainText(fault, MAX_FAULT_CHARACTERS)}`;
}

async function decide(strict: SshConfig['strictHostKeyChecking'], confirm: () => Promise<boolean>): Promise<boolean> {
  switch (strict) {
    case 'yes':
      return false;
    case 'accept-new':
    case 'no':
      return true;
    case 'ask':
      return confirm();
  }
}

/**
 * Under which id the keys of a host are kept: its name hashed, so that a stolen file is no list of targets (CVE-2005-2666).
 * One that has keys already keeps its salt.
 */
export async function identityOf(name: string, hostKeys: Pick<HostKeys, 'list'>): Promise<HostIdentity> {
  const kept = (await hostKeys.list()).find(({ scopeKey, instanceId }) => scopeKey === CONFIG_HOST_SCOPE && isHashOf(instanceId, name));
  return { scopeKey: CONFIG_HOST_SCOPE, instanceId: kept?.instanceId ?? `${CONFIG_HOST_SCOPE}:${hashHostName(name)}` };
}

/** Whether the id of a kept key stands for this name. */
export function isHashOf(instanceId: string, name: string): boolean {
  const [, salt] = /^ssh:\|1\|([A-Za-z0-9+/=]+)\|/.exec(instanceId) ?? [];
  return salt !== undefined && instanceId === `${CONFIG_HOST_SCOPE}:${hashHostName(name, Buffer.from(salt, 'base64'))}`;
}

function place({ file, line }: KnownHostsLine): string {
  return say`${file} line ${line}`;
}
