/**
 * The EC2 serial console: whether it is switched on, a key for one sign-in, then SSH to the region's own host.
 *
 * See session-manager-protocol.md section 10.2.
 */
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import { say } from '../../contract/say.ts';
import type { Scope } from '../../contract/scope.ts';
import type { TerminalSize } from '../../contract/session.ts';
import type { SerialConsoleHost } from '../base/cloud.ts';
import type { Shell } from '../base/shell.ts';
import type { Transports } from '../routes/transports.ts';
import { pinnedHostKey } from '../ssh/hostKeyCheck.ts';
import { createOneTimeKey } from '../ssh/oneTimeKey.ts';
import { openSshShell } from '../ssh/openSshShell.ts';
import type { Progress } from './progress.ts';

export interface SerialConsoleCalls {
  /** Where a scope's serial console is; undefined where that is not known. */
  host(scope: Scope): Promise<SerialConsoleHost | undefined>;
  /** @throws PosternError any `aws.*` code, `cancelled` */
  isEnabled(scope: Scope, signal: AbortSignal): Promise<boolean>;
  /** @throws PosternError `eic.*`, `aws.*`, `instance.*`, `cancelled` */
  lendKey(instance: Instance, publicKey: string, signal: AbortSignal): Promise<void>;
}

const SSH_PORT = 22;

/**
 * @throws PosternError `eic.serial-disabled`, `eic.serial-unsupported`, `eic.serial-busy`, `route.unreachable`, `ssh.*`, `aws.*`, `cancelled`
 */
export async function openSerialConsole(calls: SerialConsoleCalls, direct: Transports['direct'], instance: Instance, size: TerminalSize, progress: Progress, signal: AbortSignal): Promise<Shell> {
  const { instanceId, scope } = instance;
  const console = await calls.host(scope);
  if (console === undefined) {
    throw new PosternError({ code: 'eic.serial-unsupported', message: say`No serial console of ${scope.region} is known, or the key of its host is not published.`, remedy: say`Open the instance by another way.` });
  }
  progress.step('opening-transport', say`whether the serial console is switched on in ${scope.region}`);
  if (!(await isEnabledOrUnknown(calls, scope, signal))) {
    throw new PosternError({ code: 'eic.serial-disabled', message: say`The serial console is switched off for this account in ${scope.region}.`, remedy: say`Let an administrator allow it: aws ec2 enable-serial-console-access.` });
  }
  const where = say`${console.host} port ${SSH_PORT}`;
  progress.step('opening-transport', say`TCP to ${where}`);
  const transport = await direct.open({ kind: 'direct', address: console.host, port: SSH_PORT }, scope, signal);
  const key = await createOneTimeKey({
    keyName: 'EC2 Instance Connect',
    whenRefused: say`A session that has just ended is still being closed for half a minute.`,
    async lend(publicKey) {
      progress.step('authenticating', say`a one-time key for the serial console`);
      await calls.lendKey(instance, publicKey, signal);
    },
  });
  try {
    return await openSshShell({
      transport,
      host: say`the serial console of ${instance.name ?? instanceId}`,
      osUser: `${instanceId}.port0`,
      size,
      hostKey: pinnedHostKey(console.host, console.hostKeyFingerprint),
      authentication: { keys: [key] },
      onStep: (step, detail) => progress.step(step, step === 'starting-shell' ? say`one session at a time, for an hour at most; press Enter for a prompt` : detail),
      onBanner: progress.banner,
      signal,
    });
  } finally {
    key.discard();
  }
}

/** Whoever may not ask whether it is switched on may still be let in. */
async function isEnabledOrUnknown({ isEnabled }: SerialConsoleCalls, scope: Scope, signal: AbortSignal): Promise<boolean> {
  try {
    return await isEnabled(scope, signal);
  } catch (thrown) {
    if (thrown instanceof PosternError && thrown.code === 'aws.access-denied') return true;
    throw thrown;
  }
}
