/**
 * What versions decide between an agent and a client: session-manager-protocol.md, sections 3.1, 3.2, 6.1, 6.2 and 6.4. Pure.
 *
 * Written apart from the client's own gates, so that the two check each other.
 */

/** Component by component, as numbers; a missing component counts as 0. Negative: `left` is older. */
export function compareVersions(left: string, right: string): number {
  const [ours, theirs] = [left.split('.').map(Number), right.split('.').map(Number)];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index += 1) {
    const difference = (ours[index] ?? 0) - (theirs[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const isAtLeast = (version: string, least: string): boolean => compareVersions(version, least) >= 0;
const isAfter = (version: string, other: string): boolean => compareVersions(version, other) > 0;

export interface AgentAbilities {
  readonly port: boolean;
  /** By the agent's own version; the client's decides, too. */
  readonly multiplexing: boolean;
  /** Older agents do not know the property and connect to their own machine. */
  readonly remoteHost: boolean;
  readonly terminateFlag: boolean;
  readonly encryptionChallenge: boolean;
}

/** The first agent with the plugin Port, from AWS's release notes. */
const FIRST_WITH_PORT = '2.3.672.0';

export function abilitiesOf(agentVersion: string): AgentAbilities {
  return {
    port: isAtLeast(agentVersion, FIRST_WITH_PORT),
    multiplexing: isAfter(agentVersion, '3.0.196.0'),
    remoteHost: isAtLeast(agentVersion, '3.1.1374.0'),
    terminateFlag: isAfter(agentVersion, '2.3.722.0'),
    encryptionChallenge: isAtLeast(agentVersion, '3.3.808'),
  };
}

export function clientMultiplexes(clientVersion: string): boolean {
  return isAtLeast(clientVersion, '1.1.70');
}

/** True: the client is told that it cannot tell error output from output. */
export function clientMergesOutput(clientVersion: string): boolean {
  return !isAfter(clientVersion, '1.2.295');
}

/** Whether the agent's smux sends frames of its own to keep the connection alive, and ends it when it hears none. */
export function keepsAlive(agentVersion: string, clientVersion: string): boolean {
  if (!isAtLeast(agentVersion, '3.1.1446.0')) return true;
  return isAfter(agentVersion, '3.1.1511.0') && !isAfter(clientVersion, '1.2.331.0');
}
