/** The way in that a row of the list shows, from the instance alone; `routes.plan` has the last word. */
import { isWindows, type Instance } from '../../contract/instance.ts';
import type { Route, RouteKind } from '../../contract/route.ts';

export function routeHint(instance: Instance): RouteKind | undefined {
  if (instance.state !== 'running') return undefined;
  if (instance.ssm?.pingStatus === 'Online') return 'session-manager';
  return instance.publicIpAddress === undefined || isWindows(instance) ? undefined : 'direct';
}

export function routeKindLabel(kind: RouteKind): string {
  switch (kind) {
    case 'direct':
      return 'SSH';
    case 'jump':
      return 'SSH through a bastion';
    case 'session-manager':
      return 'Session Manager';
    case 'ssm':
      return 'SSH over Session Manager';
    case 'eice':
      return 'SSH through an Instance Connect endpoint';
    case 'serial':
      return 'Serial console';
  }
}

/** Three or four letters for a list row. */
export function routeKindShort(kind: RouteKind): string {
  switch (kind) {
    case 'direct':
      return 'SSH';
    case 'jump':
      return 'jump';
    case 'session-manager':
    case 'ssm':
      return 'SSM';
    case 'eice':
      return 'EICE';
    case 'serial':
      return 'serial';
  }
}

/** @param nameOf the name of an instance, where it has one */
export function routeLabel(route: Route, nameOf: (instanceId: string) => string | undefined = () => undefined): string {
  switch (route.kind) {
    case 'direct':
      return `SSH to ${route.address}${route.port === 22 ? '' : ` port ${route.port}`}`;
    case 'jump':
      return `SSH through ${route.through.map((instanceId) => nameOf(instanceId) ?? instanceId).join(', ')} to ${route.address}${route.port === 22 ? '' : ` port ${route.port}`}`;
    case 'session-manager':
      return 'Session Manager';
    case 'ssm':
      return `SSH over Session Manager${route.port === 22 ? '' : ` to port ${route.port}`}`;
    case 'serial':
      return 'Serial console';
    case 'eice':
      return `SSH through ${route.instanceConnectEndpointId} to ${route.privateIpAddress}${route.port === 22 ? '' : ` port ${route.port}`}`;
  }
}
