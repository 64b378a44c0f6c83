/** What of the ways in does not lead to a machine outside EC2, and why. Pure. */
import { PosternError } from '../../contract/error.ts';
import type { Instance } from '../../contract/instance.ts';
import type { RouteKind } from '../../contract/route.ts';
import { say } from '../../contract/say.ts';

/** @throws PosternError `route.none-usable` for a kind that only EC2 instances have */
export function checkKind({ instanceId, managedNode }: Pick<Instance, 'instanceId' | 'managedNode'>, kind: RouteKind | undefined): void {
  if (managedNode === undefined || kind === undefined || kind === 'session-manager' || kind === 'ssm') return;
  throw new PosternError({
    code: 'route.none-usable',
    message: say`${instanceId} is no EC2 instance: ${reasons[kind]}`,
    remedy: say`Open it by Session Manager (session-manager, or ssm for SSH over it), or make it a host of ~/.ssh/config.`,
  });
}

const reasons: Readonly<Record<Exclude<RouteKind, 'session-manager' | 'ssm'>, string>> = {
  direct: say`nothing AWS knows tells who reaches its address.`,
  jump: say`nothing AWS knows tells which bastion reaches it.`,
  eice: say`EC2 Instance Connect Endpoints lead to addresses of a VPC.`,
  serial: say`it has no EC2 serial console.`,
};
