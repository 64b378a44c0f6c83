/** Tags as name and value, each copied with a click. */
import { useTranslation } from 'react-i18next';
import { compareText } from '../../query/hostIndex.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';

export interface TagListProps {
  readonly tags: Readonly<Record<string, string>>;
  /** Said when there are none. */
  readonly empty: string;
}

export function TagList({ tags, empty }: TagListProps) {
  const { t } = useTranslation();
  const entries = Object.entries(tags).toSorted((a, b) => compareText(a[0], b[0]));
  if (entries.length === 0) return <p className="note">{empty}</p>;
  return (
    <dl className="facts tags" aria-label={t('host.tags')}>
      {entries.map(([key, value]) => (
        <div className="fact" key={key}>
          <dt>{safeText(key)}</dt>
          <dd>{value === '' ? <span className="note">{t('host.emptyTag')}</span> : <Copyable value={value} label={t('host.theTag', { key: safeText(key) })} />}</dd>
        </div>
      ))}
    </dl>
  );
}
