/** A key of an agent, as a key to offer. */
import { say } from '../../contract/say.ts';
import type { Agent, AgentIdentity } from './agent.ts';
import type { ForeignKey } from './signingKey.ts';

/** Flags of a sign request (draft-ietf-sshm-ssh-agent section 3.6.1); without one an RSA key signs with SHA-1. */
const SIGN_FLAGS: Readonly<Record<string, number>> = { 'rsa-sha2-256': 2, 'rsa-sha2-512': 4 };

export function agentKey(agent: Agent, { blob, algorithm, comment }: AgentIdentity, signal: AbortSignal): ForeignKey {
  return {
    keyName: comment === '' ? algorithm : comment,
    publicKey: publicKeyLine({ blob, algorithm }),
    sign: (offered, data, signatureAlgorithm) => agent.sign(offered, data, SIGN_FLAGS[signatureAlgorithm] ?? 0, signal),
    ...(algorithm.startsWith('sk-') ? { whenRefused: say`A security key must be touched in time, and the host may ask for its PIN (verify-required).` } : {}),
  };
}

/** One authorized_keys line, without a comment. */
export function publicKeyLine({ blob, algorithm }: Pick<AgentIdentity, 'blob' | 'algorithm'>): string {
  return `${algorithm} ${blob.toString('base64')}`;
}
