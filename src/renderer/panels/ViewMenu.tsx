/** How the hosts list is arranged: its grouping, and the filters kept under a name. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { Settings } from '../../contract/settings.ts';
import { compareText } from '../../query/hostIndex.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { safeText } from '../ui/safeText.ts';

export type ListSettings = Settings['list'];

export interface ViewMenuProps {
  readonly list: ListSettings;
  readonly query: string;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly onChange: (list: ListSettings) => void;
  readonly onQuery: (query: string) => void;
}

const places = [
  ['place', 'hosts.groupPlace'],
  ['account', 'hosts.groupAccount'],
  ['region', 'hosts.groupRegion'],
  ['vpc', 'hosts.groupVpc'],
  ['none', 'hosts.groupNone'],
] as const;

export function ViewMenu(props: ViewMenuProps) {
  const { t } = useTranslation();
  return (
    <Popover label={t('hosts.view')} button={<Icon name="settings" />}>
      {(close) => <ViewChoices {...props} onClose={close} />}
    </Popover>
  );
}

function ViewChoices({ list, query, instances, onChange, onQuery, onClose }: ViewMenuProps & { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const tagKeys = useMemo(() => keysOfTags(instances), [instances]);
  const saved = name.trim();
  return (
    <div className="view-menu">
      <label>
        {t('hosts.groupBy')}
        <select value={list.groupBy} onChange={(event) => onChange({ ...list, groupBy: event.target.value })}>
          {places.map(([value, text]) => (
            <option key={value} value={value}>
              {t(text)}
            </option>
          ))}
          <optgroup label={t('hosts.groupTag')}>
            {list.groupBy.startsWith('tag:') && !tagKeys.includes(list.groupBy.slice(4)) ? <option value={list.groupBy}>{safeText(list.groupBy.slice(4))}</option> : undefined}
            {tagKeys.map((key) => (
              <option key={key} value={`tag:${key}`}>
                {safeText(key)}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <h3>{t('hosts.savedViews')}</h3>
      {list.views.length === 0 ? <p className="note">{t('hosts.noViews')}</p> : undefined}
      <ul>
        {list.views.map((view) => (
          <li key={view.name}>
            <button
              type="button"
              className="view-name"
              onClick={() => {
                onQuery(view.query);
                onChange({ ...list, groupBy: view.groupBy ?? list.groupBy });
                onClose();
              }}
            >
              <span>{safeText(view.name)}</span>
              <span className="note mono">{safeText(view.query)}</span>
            </button>
            <button type="button" className="icon-button" aria-label={t('hosts.removeView', { name: safeText(view.name) })} onClick={() => onChange({ ...list, views: list.views.filter((one) => one !== view) })}>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (saved === '') return;
          onChange({ ...list, views: [...list.views.filter((view) => view.name !== saved), { name: saved, query, groupBy: list.groupBy }] });
          setName('');
        }}
      >
        <input type="text" maxLength={60} aria-label={t('hosts.saveViewName')} placeholder={t('hosts.saveViewName')} value={name} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" disabled={saved === ''}>
          {t('hosts.save')}
        </Button>
      </form>
    </div>
  );
}

/** Keys that most hosts have come first; names are no groups. */
function keysOfTags(instances: ReadonlyMap<string, Instance>): string[] {
  const counts = new Map<string, number>();
  for (const { tags } of instances.values()) for (const key of Object.keys(tags)) if (key !== 'Name' && key.length <= 128) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || compareText(a[0], b[0])).slice(0, 40).map(([key]) => key);
}
