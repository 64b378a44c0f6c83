/** The agent that IdentityAgent of a configuration names for a host, instead of the person's usual ones. */
import type { KeyPair } from '../../contract/key.ts';
import type { Secret } from '../base/secret.ts';
import { createAgentKeys } from './agentKeys.ts';
import { agentPaths } from './agentPaths.ts';
import type { ForeignKey } from './signingKey.ts';
import type { SshConfig } from './sshConfigResult.ts';

interface KeySource {
  list(): Promise<readonly KeyPair[]>;
  privateKey(keyPairId: string): Promise<Secret>;
  agentKey?(keyPairId: string, signal: AbortSignal): Promise<ForeignKey | undefined>;
}

const LIST_TIMEOUT_MS = 1_000;

/** @returns `keys` as they are where the configuration names no agent */
export function withConfiguredAgent(keys: KeySource, config: Pick<SshConfig, 'identityAgent'>, environment: Readonly<Record<string, string | undefined>>): KeySource {
  if (config.identityAgent === undefined) return keys;
  const agents = createAgentKeys(agentPaths(environment, process.platform, config.identityAgent.written));
  return {
    async list() {
      const [own, held] = await Promise.all([keys.list(), agents.list(AbortSignal.timeout(LIST_TIMEOUT_MS))]);
      return [...own.filter(({ origin }) => origin !== 'agent'), ...held.map((key) => ({ ...key, ec2KeyPairs: [] }))];
    },
    privateKey: (keyPairId) => keys.privateKey(keyPairId),
    agentKey: (keyPairId, signal) => agents.offered(keyPairId, signal),
  };
}
