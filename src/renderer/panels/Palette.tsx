/** The search box over everything: actions and hosts, by keyboard. */
import { useMemo, useState, type KeyboardEvent } from 'react';
import type { Instance } from '../../contract/instance.ts';
import type { ConfigHost } from '../../contract/sshConfig.ts';
import { filterEntries, filterInstances } from '../../query/rankedSearch.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { matchingConfigHosts } from './ConfigHostsGroup.tsx';
import { InstanceRow } from './HostRowView.tsx';

export interface PaletteAction {
  readonly name: string;
  readonly shortcut?: string | undefined;
  readonly run: () => void;
}

export interface PaletteProps {
  readonly instances: ReadonlyMap<string, Instance>;
  /** The hosts of ~/.ssh/config. */
  readonly configHosts?: readonly ConfigHost[];
  readonly actions: readonly PaletteAction[];
  readonly onOpen: (instanceId: string) => void;
  readonly onChooseRoute: (instanceId: string) => void;
  readonly onClose: () => void;
}

type Item = { readonly kind: 'action'; readonly action: PaletteAction } | { readonly kind: 'config'; readonly host: ConfigHost } | { readonly kind: 'host'; readonly instance: Instance };

const SHOWN_HOSTS = 40;

export function paletteItems(query: string, hosts: readonly Instance[], actions: readonly PaletteAction[], configHosts: readonly ConfigHost[] = []): Item[] {
  const terms = query.toLowerCase().split(/\s+/).filter((term) => term !== '');
  const matching = actions.filter(({ name }) => terms.every((term) => name.toLowerCase().includes(term)));
  const shown = hosts.slice(0, SHOWN_HOSTS).map((instance): Item => ({ kind: 'host', instance }));
  const configured = matchingConfigHosts(configHosts, query).slice(0, SHOWN_HOSTS).map((host): Item => ({ kind: 'config', host }));
  // Who types a whole name of ~/.ssh/config means that one, as with ssh.
  const exact = configured.filter((item) => item.kind === 'config' && item.host.name.toLowerCase() === query.trim().toLowerCase());
  const commands = matching.map((action): Item => ({ kind: 'action', action }));
  return terms.length === 0 ? [...commands, ...shown, ...configured] : [...exact, ...shown, ...configured.filter((item) => !exact.includes(item)), ...commands];
}

export function Palette({ instances, configHosts, actions, onOpen, onChooseRoute, onClose }: PaletteProps) {
  const [query, setQuery] = useState('');
  const [cursor, setCursor] = useState(0);
  const entries = useMemo(() => filterEntries(instances.values()), [instances]);
  const items = useMemo(() => paletteItems(query, filterInstances(entries, query), actions, configHosts), [entries, query, actions, configHosts]);
  const take = (item: Item | undefined, withRoute: boolean): void => {
    if (item === undefined) return;
    onClose();
    if (item.kind === 'action') item.action.run();
    else if (item.kind === 'config') onOpen(item.host.hostId);
    else (withRoute ? onChooseRoute : onOpen)(item.instance.instanceId);
  };
  const handleKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setCursor(Math.min(cursor + 1, items.length - 1));
    else if (event.key === 'ArrowUp') setCursor(Math.max(cursor - 1, 0));
    else if (event.key === 'Enter') take(items[cursor], event.shiftKey);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search hosts and actions" wide onClose={onClose}>
      <input
        className="palette-input"
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={items.length === 0 ? undefined : `palette-${cursor}`}
        aria-label="Search hosts and actions"
        placeholder="Host name, address, tag, or action…"
        spellCheck={false}
        autoComplete="off"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setCursor(0);
        }}
        onKeyDown={handleKeyDown}
      />
      <div id="palette-list" role="listbox" aria-label="Results" className="palette-list">
        {items.map((item, index) => (
          <div
            key={item.kind === 'host' ? item.instance.instanceId : item.kind === 'config' ? item.host.hostId : `action:${item.action.name}`}
            id={`palette-${index}`}
            ref={index === cursor ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            role="option"
            aria-selected={index === cursor}
            className={`host-row ${item.kind === 'action' ? 'action' : 'instance'}${index === cursor ? ' cursor' : ''}`}
            onClick={(event) => take(item, event.shiftKey)}
          >
            {item.kind === 'host' ? (
              <InstanceRow instance={item.instance} />
            ) : item.kind === 'config' ? (
              <>
                <span className="state-dot config" aria-hidden="true">
                  ◇
                </span>
                <span className="host-name">{safeText(item.host.name)}</span>
                <span className="group-note">~/.ssh/config</span>
              </>
            ) : (
              <>
                <span className="host-name">{item.action.name}</span>
                {item.action.shortcut === undefined ? undefined : <kbd>{item.action.shortcut}</kbd>}
              </>
            )}
          </div>
        ))}
        {items.length === 0 ? <p className="note padded">Nothing matches “{safeText(query)}”.</p> : undefined}
      </div>
    </Dialog>
  );
}
