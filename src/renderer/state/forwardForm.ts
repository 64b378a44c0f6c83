/** What the form of a new tunnel holds, and the request it stands for. Pure. */
import { isLoopback, type Forward, type LocalEnd, type OpenForward } from '../../contract/forward.ts';
import type { Instance } from '../../contract/instance.ts';

export interface ForwardForm {
  readonly remotePort: string;
  /** Empty: the instance itself. */
  readonly remoteHost: string;
  /** An address of this machine, or the path of a unix socket. */
  readonly localAddress: string;
  /** Empty or 0: a free one. */
  readonly localPort: string;
  readonly sessions: string;
}

export const newForwardForm: ForwardForm = { remotePort: '', remoteHost: '', localAddress: '127.0.0.1', localPort: '', sessions: '1' };

/** The form of a tunnel that is to be changed. */
export function formOf(forward: Forward): ForwardForm {
  const { local } = forward;
  return {
    remotePort: forward.remotePort === undefined ? '' : `${forward.remotePort}`,
    remoteHost: forward.remoteHost ?? '',
    localAddress: local.kind === 'unix' ? local.path : local.address,
    localPort: local.kind === 'unix' || local.port === 0 ? '' : `${local.port}`,
    sessions: `${forward.sessions}`,
  };
}

export function isSocketPath(localAddress: string): boolean {
  return localAddress.trim().startsWith('/');
}

/** Whether other machines could use the tunnel. */
export function letsOthersIn(localAddress: string): boolean {
  const address = localAddress.trim();
  return address !== '' && !isSocketPath(address) && !isLoopback(address);
}

/** The fields were checked by the form: ports are whole numbers in their range. */
export function toOpenForward(instanceId: string, form: ForwardForm): OpenForward {
  const address = form.localAddress.trim();
  const host = form.remoteHost.trim();
  const local: LocalEnd = isSocketPath(address) ? { kind: 'unix', path: address } : { kind: 'tcp', address: address === '' ? '127.0.0.1' : address, port: Number(form.localPort) };
  return { instanceId, local, ...(host === '' ? {} : { remoteHost: host }), remotePort: Number(form.remotePort), sessions: Number(form.sessions) };
}

/** What speaks against a tunnel: the instance does not run, or its agent is not there or not answering. */
export type ForwardDoubt = 'not-running' | 'not-registered' | 'silent';

/** Why a tunnel through this instance is not likely to open, from what is known; undefined when nothing speaks against it. */
export function forwardDoubt(instance: Instance): ForwardDoubt | undefined {
  if (instance.managedNode === undefined && instance.state !== 'running') return 'not-running';
  if (!instance.ssmKnown || instance.ssm?.pingStatus === 'Online') return undefined;
  return instance.ssm === undefined ? 'not-registered' : 'silent';
}
