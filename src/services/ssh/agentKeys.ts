/** The keys of the person's agents beside those of the keychain: listed, and offered. Nothing of them is kept. */
import { createHash, createPublicKey } from 'node:crypto';
import { PosternError } from '../../contract/error.ts';
import type { KeyType } from '../../contract/key.ts';
import { say } from '../../contract/say.ts';
import type { PublicKeyEntry } from '../keys/keyPairs.ts';
import { ec2PublicFingerprints, openSshFingerprint } from '../keys/ec2Fingerprint.ts';
import type { Agent, AgentIdentity } from './agent.ts';
import { openAgent } from './agent.ts';
import { agentKey, publicKeyLine } from './agentKey.ts';
import { isCertificate, parseCertificate } from './hostCertificate.ts';
import type { ForeignKey } from './signingKey.ts';
import { keyTypeOf } from './sshPublicKey.ts';
import { readWire, WireFault } from './sshWire.ts';
import { readUserCertificate } from './userCertificate.ts';

export interface AgentKeys {
  /** Of every agent that answers; one that does not has no keys. Keys of types Postern does not know are left out. */
  list(signal: AbortSignal): Promise<readonly PublicKeyEntry[]>;
  /** A key to offer by its id in the list; undefined when no agent has it any more. */
  offered(keyPairId: string, signal: AbortSignal): Promise<ForeignKey | undefined>;
  /**
   * A signature as a program on another host asks for it.
   *
   * @throws PosternError `agent.refused`, `agent.unavailable`, `cancelled`
   */
  sign(keyPairId: string, data: Buffer, flags: number, signal: AbortSignal): Promise<Buffer>;
}

/** @param paths see agentPaths.ts */
export function createAgentKeys(paths: readonly string[]): AgentKeys {
  const agents = paths.map(openAgent);

  async function identities(signal: AbortSignal): Promise<{ agent: Agent; identity: AgentIdentity }[]> {
    const each = await Promise.all(
      agents.map(async (agent) => {
        try {
          return (await agent.identities(signal)).map((identity) => ({ agent, identity }));
        } catch {
          // No agent runs, or it is locked: then it has no keys, which is no fault of the sign-in.
          return [];
        }
      }),
    );
    return each.flat();
  }

  return {
    async list(signal) {
      return (await identities(signal)).flatMap(({ identity }) => toEntry(identity) ?? []);
    },
    async offered(keyPairId, signal) {
      const found = (await identities(signal)).find(({ identity }) => idOf(identity) === keyPairId);
      return found === undefined ? undefined : agentKey(found.agent, found.identity, signal);
    },
    async sign(keyPairId, data, flags, signal) {
      const found = (await identities(signal)).find(({ identity }) => idOf(identity) === keyPairId);
      if (found === undefined) throw new PosternError({ code: 'agent.refused', message: say`No SSH agent has that key any more.` });
      return found.agent.sign(found.identity.blob, data, flags, signal);
    },
  };
}

function idOf({ blob }: AgentIdentity): string {
  return `agent ${createHash('sha256').update(blob).digest('base64url')}`;
}

const keyTypes: Readonly<Record<string, { readonly keyType: KeyType; readonly bits: number } | undefined>> = {
  'ssh-ed25519': { keyType: 'ed25519', bits: 256 },
  'ecdsa-sha2-nistp256': { keyType: 'ecdsa', bits: 256 },
  'ecdsa-sha2-nistp384': { keyType: 'ecdsa', bits: 384 },
  'ecdsa-sha2-nistp521': { keyType: 'ecdsa', bits: 521 },
  'sk-ssh-ed25519@openssh.com': { keyType: 'ed25519-sk', bits: 256 },
  'sk-ecdsa-sha2-nistp256@openssh.com': { keyType: 'ecdsa-sk', bits: 256 },
};

function toEntry(identity: AgentIdentity): PublicKeyEntry | undefined {
  try {
    const certified = isCertificate(identity.blob);
    const keyBlob = certified ? Buffer.from(parseCertificate(identity.blob).keyBlob) : identity.blob;
    const rsa = keyTypeOf(keyBlob) === 'ssh-rsa' ? rsaKeyOf(keyBlob) : undefined;
    const type = rsa === undefined ? keyTypes[keyTypeOf(keyBlob)] : { keyType: 'rsa' as const, bits: rsa.asymmetricKeyDetails?.modulusLength ?? 0 };
    if (type === undefined) return undefined;
    const { keyId, principals, validBeforeMs } = certified ? readUserCertificate(identity.blob) : { keyId: '', principals: [], validBeforeMs: undefined };
    return {
      ...type,
      keyPairId: idOf(identity),
      keyName: identity.comment === '' ? identity.algorithm : identity.comment,
      publicKey: publicKeyLine(identity),
      fingerprint: openSshFingerprint(keyBlob),
      origin: 'agent',
      ec2Fingerprints: [...ec2PublicFingerprints(type.keyType, rsa, keyBlob)],
      ...(certified ? { certificate: { keyId, principals: [...principals], ...(validBeforeMs === undefined || validBeforeMs > 8.64e15 ? {} : { validBefore: new Date(validBeforeMs).toISOString() }) } } : {}),
    };
  } catch (fault) {
    if (fault instanceof WireFault) return undefined;
    throw fault;
  }
}

function rsaKeyOf(blob: Uint8Array): ReturnType<typeof createPublicKey> {
  const reader = readWire(blob);
  reader.text();
  const [e, n] = [reader.bytes(), reader.bytes()].map((number) => Buffer.from(number).toString('base64url'));
  try {
    return createPublicKey({ key: { kty: 'RSA', e: e ?? '', n: n ?? '' }, format: 'jwk' });
  } catch (cause) {
    throw new WireFault('the RSA key is malformed', { cause });
  }
}
