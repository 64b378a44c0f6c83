/** Chooses one instance in a form: a search over all of them, and then the chosen one with a button to look for another. */
import { useMemo, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import { parseHostFilter } from '../../query/hostFilter.ts';
import { createHostSearch } from '../../query/rankedSearch.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { InstanceRow } from './HostRowView.tsx';

export interface InstancePickerProps {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly chosen: Instance | undefined;
  readonly onChoose: (instance: Instance | undefined) => void;
}

const SHOWN = 6;

export function InstancePicker({ instances, chosen, onChoose }: InstancePickerProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const [cursor, setCursor] = useState(0);
  const [search] = useState(createHostSearch);
  const found = useMemo(() => (chosen === undefined ? search(instances, parseHostFilter(query)).slice(0, SHOWN) : []), [search, instances, chosen, query]);
  if (chosen !== undefined) {
    return (
      <div className="field">
        <span className="label">{t('picker.instance')}</span>
        <div className="picked">
          <div className="host-row">
            <InstanceRow instance={chosen} />
          </div>
          <Button look="quiet" onClick={() => onChoose(undefined)}>
            {t('picker.another')}
          </Button>
        </div>
      </div>
    );
  }
  const handleKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setCursor(Math.min(cursor + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setCursor(Math.max(cursor - 1, 0));
    else if (event.key === 'Enter') onChoose(found[cursor]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="stack picker">
      <label className="field">
        {t('picker.instance')}
        <input
          data-autofocus
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="picker-list"
          aria-activedescendant={found.length === 0 ? undefined : `picker-${cursor}`}
          placeholder={t('picker.placeholder')}
          spellCheck={false}
          autoComplete="off"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setCursor(0);
          }}
          onKeyDown={handleKeyDown}
        />
      </label>
      <div id="picker-list" role="listbox" aria-label={t('picker.instances')}>
        {found.map((instance, index) => (
          <div key={instance.instanceId} id={`picker-${index}`} role="option" aria-selected={index === cursor} className={index === cursor ? 'host-row cursor' : 'host-row'} onClick={() => onChoose(instance)}>
            <InstanceRow instance={instance} />
          </div>
        ))}
        {found.length === 0 ? <p className="note padded">{query === '' ? t('picker.none') : t('palette.nothing', { query: safeText(query) })}</p> : undefined}
      </div>
    </div>
  );
}
