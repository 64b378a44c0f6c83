/** Reads the public host keys of an instance from the instance itself, through its Session Manager agent. */
import { text } from 'node:stream/consumers';
import type { Instance } from '../../contract/instance.ts';
import { isWindows } from '../../contract/instance.ts';
import { say } from '../../contract/say.ts';
import type { SsmCommandOptions } from '../ssm/ssmCommand.ts';
import { openSsmCommand } from '../ssm/ssmCommand.ts';

/** Files that everybody on the host may read. */
const LINUX_COMMAND = 'cat /etc/ssh/ssh_host_*_key.pub';
/** The agent runs it in PowerShell. */
const WINDOWS_COMMAND = 'Get-Content -Path "$env:ProgramData\\ssh\\ssh_host_*_key.pub"';
/** Four keys are 2 KiB. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * @returns one authorized_keys line for each key, and whatever else the command said
 * @throws PosternError as `openSsmCommand`
 */
export async function readHostKeyFiles(instance: Instance, options: SsmCommandOptions): Promise<string> {
  const shell = await openSsmCommand({ ...options, command: isWindows(instance) ? WINDOWS_COMMAND : LINUX_COMMAND });
  const handleAbort = (): void => shell.close();
  options.signal.addEventListener('abort', handleAbort, { once: true });
  try {
    shell.stderr?.resume();
    const [output] = await Promise.all([text(shell.stream), shell.exited]);
    return output.slice(0, MAX_CHARACTERS);
  } finally {
    options.signal.removeEventListener('abort', handleAbort);
    shell.close();
  }
}

/** Why the agent cannot be asked, or nothing when it can. */
export function agentAbsence(instance: Instance): string | undefined {
  if (instance.ssm?.pingStatus === 'Online') return undefined;
  if (!instance.ssmKnown) return say`Whether the host can be asked through Session Manager is not known: Systems Manager was not read.`;
  return instance.ssm === undefined ? say`The host cannot be asked: it is not registered with Systems Manager.` : say`The host cannot be asked: its Systems Manager agent is offline.`;
}
