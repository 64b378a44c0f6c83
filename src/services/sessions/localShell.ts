/** A shell on this machine, in a tab beside those of hosts: the person's login shell, in their home, with their environment. */
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { say } from '../../contract/say.ts';
import { LOCAL_SHELL_ID } from '../../contract/workspace.ts';
import type { Program } from '../base/ptyShell.ts';
import { openPtyShell } from '../base/ptyShell.ts';
import type { Connect } from './progress.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** This machine as a session sees it; undefined for any other id. */
export function toLocalTarget(hostId: string): Instance | undefined {
  if (hostId !== LOCAL_SHELL_ID) return undefined;
  return { instanceId: hostId, name: 'Local shell', scope: { profile: 'local', region: 'local' }, state: 'running', networkInterfaces: [], securityGroups: [], tags: {}, ssmKnown: false };
}

/** `connect`, and the shell of this machine beside it. */
export function withLocalShell(connect: Connect, environment: Environment): Connect {
  return async (request, instance, progress, signal) => {
    if (request.instanceId !== LOCAL_SHELL_ID) return connect(request, instance, progress, signal);
    const program = loginShell(environment, process.platform, homedir());
    progress.step('starting-shell', program.file);
    await mustRun(program.file);
    return openPtyShell(program, request.size);
  };
}

/**
 * A login shell where the platform has such a thing, so that its profile is read as in any terminal.
 *
 * @param platform as `process.platform`
 */
export function loginShell(environment: Environment, platform: string, home: string): Program {
  const windows = platform === 'win32';
  const file = windows ? (environment['COMSPEC'] ?? 'cmd.exe') : (nonEmpty(environment['SHELL']) ?? (platform === 'darwin' ? '/bin/zsh' : '/bin/sh'));
  return { file, arguments: windows ? [] : ['-l'], cwd: nonEmpty(environment['HOME']) ?? home, environment: shellEnvironment(environment) };
}

/** The person's own environment, without what was meant for Postern, and telling programs which terminal this is. */
function shellEnvironment(environment: Environment): Record<string, string> {
  const kept = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('POSTERN_'));
  return { ...Object.fromEntries(kept), TERM: 'xterm-256color', COLORTERM: 'truecolor', TERM_PROGRAM: 'postern' };
}

/** The terminal library tells of a program that is not there by an empty screen. */
async function mustRun(file: string): Promise<void> {
  if (!isAbsolute(file)) return;
  try {
    await access(file, constants.X_OK);
  } catch (cause) {
    throw new PosternError({ code: 'shell.unavailable', message: say`The shell ${file} cannot be run.`, remedy: say`Set SHELL to one that exists, and start Postern again.` }, { cause });
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
