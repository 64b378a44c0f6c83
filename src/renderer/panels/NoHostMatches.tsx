/** Says that a filter finds nothing, and what of it may be meant otherwise. */
import { useTranslation } from 'react-i18next';
import { filterKeys, hostStates, queryHints } from '../../query/queryHints.ts';
import { safeText } from '../ui/safeText.ts';

export function NoHostMatches({ query }: { readonly query: string }) {
  const { t } = useTranslation();
  const hints = queryHints(query).map((hint) => (hint.kind === 'key' ? t('hosts.noKey', { key: safeText(hint.key), keys: filterKeys() }) : t('hosts.noState', { value: safeText(hint.value), states: hostStates.join(', ') })));
  return <p className="note padded">{[t('hosts.noMatch', { query: safeText(query.trim()) }), ...hints].join(' ')}</p>;
}
