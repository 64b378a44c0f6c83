/**
 * Where the person's SSH agent listens: what IdentityAgent of a config says, else what the environment says, else where
 * Windows has it.
 */

/** The agent of Windows' own OpenSSH. */
export const WINDOWS_AGENT_PIPE = String.raw`\\.\pipe\openssh-ssh-agent`;
/** What ssh2 calls PuTTY's agent. */
export const PAGEANT = 'pageant';

/**
 * @param identityAgent as in ssh_config(5), tilde and tokens expanded: a path, `none`, `SSH_AUTH_SOCK`, or `$NAME`
 * @returns all that should be asked, the first first
 */
export function agentPaths(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform, identityAgent?: string): readonly string[] {
  if (identityAgent?.toLowerCase() === 'none') return [];
  if (identityAgent !== undefined && identityAgent !== 'SSH_AUTH_SOCK') {
    const path = identityAgent.startsWith('$') ? environment[identityAgent.slice(1).replace(/^\{(.*)\}$/, '$1')] : identityAgent;
    return path === undefined || path === '' ? [] : [path];
  }
  const socket = environment['SSH_AUTH_SOCK'];
  if (socket !== undefined && socket !== '') return [socket];
  return platform === 'win32' && identityAgent === undefined ? [WINDOWS_AGENT_PIPE, PAGEANT] : [];
}
