/** A network ACL in the order its rules are tried, with those that decide for SSH and its answers marked. */
import { useTranslation } from 'react-i18next';
import type { ReachAclEntry, ReachSubnet } from '../../contract/networkReach.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';
import { Filled } from '../ui/Filled.tsx';
import { LongList } from './LongList.tsx';
import { Mark } from './Mark.tsx';
import { trafficWords } from './trafficWords.ts';

export function AclCard({ acl }: { readonly acl: NonNullable<ReachSubnet['networkAcl']> }) {
  const { t } = useTranslation();
  return (
    <div data-acl={acl.networkAclId}>
      <p>
        <Copyable value={acl.networkAclId} mono={acl.name === undefined}>
          {safeText(acl.name ?? acl.networkAclId)}
        </Copyable>{' '}
        {acl.isDefault ? <span className="note">{t('network.aclDefault')}</span> : undefined}
      </p>
      {(['inbound', 'outbound'] as const).map((direction) => (
        <div key={direction}>
          <h6>{t(`network.${direction}`)}</h6>
          {acl[direction].length === 0 ? <p className="note">{t('network.noEntries')}</p> : <LongList className="rules" label={`${t('network.acl')}: ${t(`network.${direction}`)}`} items={acl[direction].map((entry, index) => <Entry key={index} entry={entry} direction={direction} />)} />}
        </div>
      ))}
    </div>
  );
}

function Entry({ entry, direction }: { readonly entry: ReachAclEntry; readonly direction: 'inbound' | 'outbound' }) {
  const { t } = useTranslation();
  const allowed = entry.action === 'allow';
  return (
    <li className="rule" data-rule={entry.ruleNumber ?? '*'} data-decides={entry.decides.length === 0 ? undefined : entry.decides.join(' ')}>
      <span className="rule-number">{entry.ruleNumber ?? '*'}</span>
      <Mark result={allowed ? 'yes' : 'no'}>{entry.action === 'allow' || entry.action === 'deny' ? t(`network.action.${entry.action}`) : safeText(entry.action)}</Mark>
      <span className="rule-words">
        <Filled text={t(direction === 'inbound' ? 'network.from' : 'network.to')} parts={{ what: trafficWords(entry, t), peer: <Copyable value={entry.cidr} mono /> }} />
      </span>
      {entry.decides.map((question) => (
        <strong key={question} className="decides">
          <span aria-hidden="true">◄</span> {t(`network.decides.${question}`)}
        </strong>
      ))}
    </li>
  );
}
