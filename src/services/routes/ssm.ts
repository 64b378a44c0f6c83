/** A port of the instance through Session Manager: the agent dials it, so no inbound rule is needed. */
import type { Duplex } from 'node:stream';
import type { Scope } from '../../contract/scope.ts';
import { layLine, Line } from './line.ts';
import type { Transport } from './transport.ts';

/**
 * @param line told what happens below the connection
 * @throws PosternError `ssm.*`, `route.refused`, `cancelled`
 */
export type OpenPort = (scope: Scope, instanceId: string, port: number, line: Line, signal: AbortSignal) => Promise<Duplex>;

export function createSsm(openPort: OpenPort): Transport<'ssm'> {
  return {
    kind: 'ssm',
    async open({ instanceId, port }, scope, signal) {
      const line = new Line();
      return layLine(await openPort(scope, instanceId, port, line, signal), line);
    },
  };
}
