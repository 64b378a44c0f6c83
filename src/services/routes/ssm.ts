/** A port of the instance through Session Manager: the agent dials it, so no inbound rule is needed. */
import type { Duplex } from 'node:stream';
import type { Scope } from '../../contract/scope.ts';
import type { Transport } from './transport.ts';

/** @throws PosternError `ssm.*`, `route.refused`, `cancelled` */
export type OpenPort = (scope: Scope, instanceId: string, port: number, signal: AbortSignal) => Promise<Duplex>;

export function createSsm(openPort: OpenPort): Transport<'ssm'> {
  return { kind: 'ssm', open: ({ instanceId, port }, scope, signal) => openPort(scope, instanceId, port, signal) };
}
