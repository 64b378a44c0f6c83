/** The way in that a row of the list shows, from the instance alone; `routes.plan` has the last word. */
import { listText } from '../i18n/locale.ts';
import { isWindows, type Instance } from '../../contract/instance.ts';
import { routeKinds, type Route, type RouteKind } from '../../contract/route.ts';
import { i18n } from '../i18n/i18n.ts';
import { repeated } from '../i18n/repeated.ts';
import { safeText } from '../ui/safeText.ts';

export function routeHint(instance: Instance): RouteKind | undefined {
  if (instance.state !== 'running') return undefined;
  if (instance.ssm?.pingStatus === 'Online') return 'session-manager';
  return instance.publicIpAddress === undefined || isWindows(instance) ? undefined : 'direct';
}

export function routeKindLabel(kind: RouteKind): string {
  return repeated(`kind ${kind}`, () => i18n.t(`routes.kind.${kind}`));
}

/** The same for the text of a kept record, which a later Postern may have written. */
export function routeWord(route: string): string {
  const kind = routeKinds.find((one) => one === route);
  return kind === undefined ? safeText(route) : routeKindLabel(kind);
}

/** Three or four letters for a list row. */
export function routeKindShort(kind: RouteKind): string {
  return repeated(`short ${kind}`, () => i18n.t(`routes.short.${kind}`));
}

const SSH_PORT = 22;

/** @param nameOf the name of an instance, where it has one */
export function routeLabel(route: Route, nameOf: (instanceId: string) => string | undefined = () => undefined): string {
  switch (route.kind) {
    case 'direct':
      return i18n.t(route.port === SSH_PORT ? 'routes.direct' : 'routes.directPort', { address: route.address, port: route.port });
    case 'jump':
      return i18n.t(route.port === SSH_PORT ? 'routes.through' : 'routes.throughPort', { through: listText(route.through.map((instanceId) => nameOf(instanceId) ?? instanceId)), address: route.address, port: route.port });
    case 'eice':
      return i18n.t(route.port === SSH_PORT ? 'routes.through' : 'routes.throughPort', { through: route.instanceConnectEndpointId, address: route.privateIpAddress, port: route.port });
    case 'ssm':
      return route.port === SSH_PORT ? routeKindLabel('ssm') : i18n.t('routes.ssmPort', { port: route.port });
    case 'session-manager':
    case 'serial':
      return routeKindLabel(route.kind);
  }
}
