/**
 * Which keys of the person's SSH agent a host may use: asked once for each host, kept by the keys' ids, never taken for granted.
 */
import * as z from 'zod';
import type { KeyPair, LentAgent } from '../../contract/key.ts';
import { say } from '../../contract/say.ts';
import type { Store } from '../base/store.ts';
import type { AgentKeys } from '../ssh/agentKeys.ts';
import { ForwardedAgent } from '../ssh/forwardedAgent.ts';
import type { LentAgentKey } from '../ssh/forwardedAgent.ts';
import { toBlob } from '../ssh/signingKey.ts';
import type { Progress } from './progress.ts';

export const LENT_AGENT_DOCUMENT_VERSION = 1;
export const LentAgentDocument = z.object({ hosts: z.record(z.string(), z.array(z.string())).default({}) });

/**
 * @param hostId what the consent is kept by
 * @param host shown to the person
 * @returns undefined when nothing is lent
 * @throws PosternError `cancelled`
 */
export type LendAgent = (hostId: string, host: string, progress: Progress, signal: AbortSignal) => Promise<ForwardedAgent | undefined>;

export interface LendAgentOptions {
  readonly store: Store<z.infer<typeof LentAgentDocument>>;
  readonly agents: AgentKeys;
}

/** What was agreed to. */
export async function listLentAgents(store: LendAgentOptions['store']): Promise<LentAgent[]> {
  return Object.entries((await store.read()).hosts).map(([hostId, keyPairIds]) => ({ hostId, keyPairIds }));
}

/** The host is asked about again. Connections that are open keep what they were lent. */
export async function revokeLentAgent(store: LendAgentOptions['store'], hostId: string): Promise<void> {
  await store.change(({ hosts }) => ({ hosts: Object.fromEntries(Object.entries(hosts).filter(([id]) => id !== hostId)) }));
}

export function createLendAgent({ store, agents }: LendAgentOptions): LendAgent {
  return async (hostId, host, progress, signal) => {
    const held = await agents.list(signal);
    if (held.length === 0) {
      progress.step('authenticating', say`there is no key in an SSH agent to lend`);
      return undefined;
    }
    const kept = (await store.read()).hosts[hostId]?.filter((id) => held.some(({ keyPairId }) => keyPairId === id)) ?? [];
    const chosen = kept.length > 0 ? kept : (await progress.ask<'forward-agent'>({ kind: 'forward-agent', host, keys: held.map(shown) })).keyPairIds;
    const lent = held.filter(({ keyPairId }) => chosen.includes(keyPairId));
    // A refusal is not kept: whoever asks for it again is asked again.
    if (lent.length === 0) return undefined;
    if (kept.length === 0) await store.change(({ hosts }) => ({ hosts: { ...hosts, [hostId]: lent.map(({ keyPairId }) => keyPairId) } }));
    const agent = new ForwardedAgent(lent.map((key) => toLent(agents, key)), (use) => progress.agentForwarded?.({ ...use }));
    progress.agentForwarded?.({ ...agent.use });
    return agent;
  };
}

function shown({ keyPairId, keyName, fingerprint }: Pick<KeyPair, 'keyPairId' | 'keyName' | 'fingerprint'>): { keyPairId: string; keyName: string; fingerprint: string } {
  return { keyPairId, keyName, fingerprint };
}

function toLent(agents: AgentKeys, { keyPairId, keyName, publicKey }: Pick<KeyPair, 'keyPairId' | 'keyName' | 'publicKey'>): LentAgentKey {
  return { blob: toBlob(keyName, publicKey), comment: keyName, sign: (data, flags) => agents.sign(keyPairId, data, flags, new AbortController().signal) };
}
