/** The search box over everything: hosts, open tabs, actions, snippets and settings, by keyboard. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { matchingConfigHosts } from '../panels/ConfigHostsGroup.tsx';
import type { Mirror } from '../state/mirror.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { safeText } from '../ui/safeText.ts';
import { PaletteHelp } from './PaletteHelp.tsx';
import { keyOf, paletteGroups, paletteQuery, type PaletteAction, type PaletteItem } from './paletteItems.ts';
import { PaletteRow } from './PaletteRow.tsx';
import type { Usage } from './usage.ts';
import { usePaletteHosts } from './usePaletteHosts.ts';
import './palette.css';

export interface PaletteProps {
  readonly mirror: Pick<Mirror, 'instances' | 'network' | 'settings' | 'configHosts'>;
  readonly commands: readonly PaletteAction[];
  readonly usage: Usage;
  /** What stands in the box at first. */
  readonly initialQuery?: string | undefined;
  readonly onUsed: (key: string) => void;
  readonly onOpen: (hostId: string) => void;
  readonly onChooseRoute: (instanceId: string) => void;
  readonly onClose: () => void;
}

/** A page of the list. */
const PAGE_ROWS = 10;

export function Palette({ mirror, commands, usage, initialQuery = '', onUsed, onOpen, onChooseRoute, onClose }: PaletteProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(initialQuery);
  const [cursor, setCursor] = useState(0);
  const [openedAtMs] = useState(() => Date.now());
  const { mode, query } = paletteQuery(typed);
  const hosts = usePaletteHosts(mirror, mode === 'all' || mode === 'hosts' ? query : '');
  const { instances, configHosts } = mirror;
  const groups = useMemo(() => {
    const recent = [...usage.keys()].flatMap((key) => (key.startsWith('host:') ? (instances.get(key.slice('host:'.length)) ?? []) : []));
    return paletteGroups({ mode, query, hosts, configHosts: matchingConfigHosts(configHosts, query), commands, usage, nowMs: openedAtMs }, recent);
  }, [mode, query, hosts, configHosts, commands, usage, openedAtMs, instances]);
  const items = useMemo(() => groups.flatMap((group) => group.items), [groups]);
  const places = useMemo(() => new Map(items.map((item, index) => [item, index])), [items]);
  const at = Math.min(cursor, Math.max(0, items.length - 1));
  // What was chosen takes the keys: a filter that had them before would swallow what is typed into the new shell.
  const taken = useRef(false);

  const take = (item: PaletteItem | undefined, withRoute: boolean): void => {
    if (item === undefined) return;
    taken.current = true;
    onUsed(keyOf(item));
    onClose();
    if (item.kind === 'command') item.command.run();
    else if (item.kind === 'config') onOpen(item.host.hostId);
    else (withRoute ? onChooseRoute : onOpen)(item.instance.instanceId);
  };
  const handleKeyDown = (event: KeyboardEvent): void => {
    // The Enter that ends a composition is the input method's; Safari tells it after the composition, with this key code.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const last = items.length - 1;
    if (event.key === 'ArrowDown') setCursor(at >= last ? 0 : at + 1);
    else if (event.key === 'ArrowUp') setCursor(at <= 0 ? Math.max(0, last) : at - 1);
    else if (event.key === 'PageDown') setCursor(Math.min(at + PAGE_ROWS, Math.max(0, last)));
    else if (event.key === 'PageUp') setCursor(Math.max(at - PAGE_ROWS, 0));
    else if (event.key === 'Enter') take(items[at], event.shiftKey);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t('palette.title')} wide onClose={onClose} returnsFocus={(before) => !taken.current || before.closest('[role=tabpanel]') !== null}>
      <input
        className="palette-input"
        data-autofocus
        role="combobox"
        aria-expanded={items.length > 0}
        aria-controls="palette-list"
        aria-autocomplete="list"
        aria-activedescendant={items.length === 0 ? undefined : `palette-${at}`}
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setCursor(0);
        }}
        onKeyDown={handleKeyDown}
      />
      <div id="palette-list" role="listbox" aria-label={t('palette.results')} className="palette-list">
        {groups.map(({ heading, items: shown }) => (
          <div key={heading ?? 'found'} role="group" aria-label={t(heading === undefined ? 'palette.results' : `palette.${heading}`)}>
            {heading === undefined ? undefined : (
              <div className="palette-heading" aria-hidden="true">
                {t(`palette.${heading}`)}
              </div>
            )}
            {shown.map((item) => {
              const index = places.get(item) ?? 0;
              return (
                <Option key={keyOf(item)} index={index} chosen={index === at} item={item} onTake={(withRoute) => take(item, withRoute)}>
                  <PaletteRow item={item} mixed={heading === undefined || heading === 'recent'} />
                </Option>
              );
            })}
          </div>
        ))}
      </div>
      {items.length === 0 && mode !== 'help' ? (
        <p className="note padded" role="status">
          {mode === 'snippets' && query === '' ? t('palette.noSnippet') : t('palette.nothing', { query: safeText(query) })}
        </p>
      ) : undefined}
      {query === '' ? <PaletteHelp mode={mode} /> : undefined}
    </Dialog>
  );
}

function Option({ index, chosen, item, onTake, children }: { readonly index: number; readonly chosen: boolean; readonly item: PaletteItem; readonly onTake: (withRoute: boolean) => void; readonly children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div ref={ref} id={`palette-${index}`} role="option" aria-selected={chosen} className={`host-row ${item.kind === 'host' ? 'instance' : 'action'}${chosen ? ' cursor' : ''}`} onClick={(event) => onTake(event.shiftKey)}>
      {children}
    </div>
  );
}
