/** The hosts of ~/.ssh/config, under those of EC2: a group of its own that folds. Names come from a file: shown as text. */
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConfigHost } from '../../contract/sshConfig.ts';
import { Icon } from '../ui/Icon.tsx';
import { numberText } from '../i18n/locale.ts';
import { safeText } from '../ui/safeText.ts';

/** Its key among the folded groups. */
export const CONFIG_GROUP = 'ssh-config';

export interface ConfigHostsGroupProps {
  /** Those that the filter leaves. */
  readonly hosts: readonly ConfigHost[];
  readonly folded: boolean;
  readonly selectedHostId: string | undefined;
  /** Hosts that a tab shows. */
  readonly openHostIds: ReadonlySet<string>;
  readonly onSelect: (hostId: string) => void;
  readonly onOpen: (hostId: string) => void;
  readonly onToggle: () => void;
}

/** Every word must be a part of the name. */
export function matchingConfigHosts(hosts: readonly ConfigHost[], query: string): readonly ConfigHost[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return words.length === 0 ? hosts : hosts.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
}

export function ConfigHostsGroup({ hosts, folded, selectedHostId, openHostIds, onSelect, onOpen, onToggle }: ConfigHostsGroupProps) {
  const { t } = useTranslation();
  if (hosts.length === 0) return undefined;
  const handleKeyDown = (event: KeyboardEvent<HTMLElement>, hostId: string): void => {
    const { currentTarget: row } = event;
    const next = event.key === 'ArrowDown' ? row.nextElementSibling : event.key === 'ArrowUp' ? row.previousElementSibling : undefined;
    if (next instanceof HTMLElement) next.focus();
    else if (event.key === 'Enter') {
      // The keys go to the new tab from here on.
      row.blur();
      onOpen(hostId);
    } else return;
    event.preventDefault();
  };
  return (
    <section className="config-hosts" aria-label={t('sshConfig.group')}>
      <button type="button" className="host-row group level-0" aria-expanded={!folded} onClick={onToggle}>
        <Icon name={folded ? 'chevron-right' : 'chevron-down'} />
        <span className="group-label">{t('sshConfig.group')}</span>
        <span className="group-note">~/.ssh/config</span>
        <span className="count">{numberText(hosts.length)}</span>
      </button>
      {folded ? undefined : (
        <div className="config-host-rows" role="listbox" aria-label={t('sshConfig.group')}>
          {hosts.map(({ hostId, name, file, line }, index) => (
            <div
              key={hostId}
              role="option"
              tabIndex={hostId === selectedHostId || (index === 0 && !hosts.some((host) => host.hostId === selectedHostId)) ? 0 : -1}
              aria-selected={hostId === selectedHostId}
              className={`host-row instance level-1${hostId === selectedHostId ? ' cursor' : ''}${openHostIds.has(hostId) ? ' open' : ''}`}
              data-instance-id={hostId}
              title={`${safeText(name)} · ${t('sshConfig.line', { file: safeText(file), line })}`}
              onFocus={() => onSelect(hostId)}
              onMouseDown={() => onSelect(hostId)}
              onDoubleClick={() => onOpen(hostId)}
              onKeyDown={(event) => handleKeyDown(event, hostId)}
            >
              <span className="state-dot config" aria-hidden="true">
                ◇
              </span>
              <span className="host-name">{safeText(name)}</span>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
