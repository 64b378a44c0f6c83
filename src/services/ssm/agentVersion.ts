/** Which agent can do what: session-manager-protocol.md section 3.2. Pure. */

/** Agents newer than this end the session at flag 2. */
const TERMINATE_FLAG_AFTER = '2.3.722.0';
/** Agents newer than this multiplex the connections of a forward. */
const MULTIPLEXING_AFTER = '3.0.196.0';
/** The first agent that knows `host`: an older one would quietly connect to itself instead. */
const REMOTE_HOST_FROM = '3.1.1374.0';
/** The first agent that gives up no silent multiplexed session by itself. */
const NO_KEEPALIVE_FROM = '3.1.1446.0';

export const understandsTerminateFlag = (agentVersion: string): boolean => isNewerThan(agentVersion, TERMINATE_FLAG_AFTER);
export const multiplexes = (agentVersion: string): boolean => isNewerThan(agentVersion, MULTIPLEXING_AFTER);
export const forwardsToRemoteHosts = (agentVersion: string): boolean => agentVersion === REMOTE_HOST_FROM || isNewerThan(agentVersion, REMOTE_HOST_FROM);
/** Whether the agent ends a multiplexed session in which it hears nothing for 30 seconds. */
export const needsKeepalive = (agentVersion: string): boolean => agentVersion !== NO_KEEPALIVE_FROM && !isNewerThan(agentVersion, NO_KEEPALIVE_FROM);

/** Number by number. As the official client: never, for what has another number of parts or is no version. */
export function isNewerThan(version: string, gate: string): boolean {
  const [parts, gateParts] = [toNumbers(version), toNumbers(gate)];
  if (parts === undefined || gateParts === undefined || parts.length !== gateParts.length) return false;
  for (const [index, part] of parts.entries()) {
    const difference = part - (gateParts[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function toNumbers(version: string): number[] | undefined {
  return /^\d{1,9}(\.\d{1,9})*$/.test(version) ? version.split('.').map(Number) : undefined;
}
