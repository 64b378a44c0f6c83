/** Ways in by the names of the hosts on them: ids tell a person nothing. */
import { createContext, useContext } from 'react';
import type { Route } from '../../contract/route.ts';
import { routeLabel } from './routeHint.ts';

/** The name of an instance; undefined where it has none or is not listed. */
export const InstanceNames = createContext<(instanceId: string) => string | undefined>(() => undefined);

export function useRouteLabel(): (route: Route) => string {
  const nameOf = useContext(InstanceNames);
  return (route) => routeLabel(route, nameOf);
}
