/** Where OpenSSH's files of this person and this machine are. */
import { homedir, hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { OpenSshHome } from './base/platform.ts';

/** @param configFile as `ssh -F`: this file alone, or `none`; absent: ~/.ssh/config and the system's */
export function openSshHome(environment: NodeJS.ProcessEnv, configFile: string | undefined): OpenSshHome {
  const { username, uid } = userInfo();
  const home = environment['HOME'] ?? homedir();
  const systemFolder = process.platform === 'win32' ? join(environment['ProgramData'] ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh';
  const chosen = configFile === undefined ? { user: join(home, '.ssh', 'config'), system: join(systemFolder, 'ssh_config') } : configFile === 'none' ? {} : { user: resolve(configFile) };
  // Windows has no numbers for users: -1.
  return { home, localUser: username, ...(uid < 0 ? {} : { uid }), localHostName: hostname(), environment, configFiles: chosen, systemFolder };
}
