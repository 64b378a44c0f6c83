/** The environment that SendEnv and SetEnv send with a shell; the server takes what its AcceptEnv names. */
import type { SshConfig } from './sshConfigResult.ts';
import { matchesPattern } from './sshPattern.ts';

/** What SetEnv says beats what is sent (ssh_config(5)). */
export function sentEnvironment({ sendEnv, setEnv }: Pick<SshConfig, 'sendEnv' | 'setEnv'>, environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const sent = Object.entries(environment).flatMap(([name, value]) => (value !== undefined && sendEnv.some((pattern) => matchesPattern(name, pattern)) ? [[name, value] as const] : []));
  const set = setEnv.map((setting) => [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)] as const);
  return Object.fromEntries([...sent, ...set]);
}
