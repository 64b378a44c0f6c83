/** What a person decided about a host and the clipboard, and how it is changed. */
import { scopeKey } from '../../contract/scope.ts';
import type { Settings } from '../../contract/settings.ts';
import type { HostClipboard } from '../terminal/useHostClipboard.tsx';
import type { Actions } from './actions.ts';
import type { Mirror } from './mirror.ts';
import { hostNameOf } from './names.ts';

type ClipboardHost = Settings['clipboardHosts'][number];

/** @param name as the session has it; the id where it has none */
export function hostClipboardOf(instanceId: string, name: string | undefined, { instances, settings }: Pick<Mirror, 'instances' | 'settings'>, actions: Pick<Actions, 'changeSettings'>): HostClipboard {
  const instance = instances.get(instanceId);
  // Local shells and hosts of ~/.ssh/config are of no account.
  const place = { scopeKey: instance === undefined ? '' : scopeKey(instance.scope), instanceId };
  const isThis = (host: ClipboardHost): boolean => host.instanceId === place.instanceId && host.scopeKey === place.scopeKey;
  const rule = settings.clipboardHosts.find(isThis)?.allow;
  const named = name === undefined || name === '' ? {} : { name: name.slice(0, 256) };
  return {
    hostName: hostNameOf(instanceId, named.name),
    ...(rule === undefined ? {} : { rule }),
    onRule: (allow) => void actions.changeSettings({ clipboardHosts: [...settings.clipboardHosts.filter((host) => !isThis(host)), { ...place, ...named, allow }] }),
  };
}
