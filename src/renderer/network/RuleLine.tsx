/** One rule of a security group in words, with what it means for the person and for the world. */
import { useTranslation } from 'react-i18next';
import type { ReachRule, RulePeer } from '../../contract/networkReach.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';
import { Filled } from '../ui/Filled.tsx';
import { Mark } from './Mark.tsx';
import { trafficWords } from './trafficWords.ts';

export function RuleLine({ rule, direction }: { readonly rule: ReachRule; readonly direction: 'inbound' | 'outbound' }) {
  const { t } = useTranslation();
  const world = direction === 'inbound' && rule.peer.kind !== 'group' && rule.peer.everyone;
  const { you } = rule;
  return (
    <li className="rule" data-world={world || undefined}>
      <span className="rule-words">
        <Filled text={t(direction === 'inbound' ? 'network.from' : 'network.to')} parts={{ what: <span className="rule-traffic">{trafficWords(rule, t)}</span>, peer: <Peer peer={rule.peer} /> }} />
      </span>
      {rule.description === undefined ? undefined : <span className="note">{safeText(rule.description)}</span>}
      {world ? (
        <span className="world">
          <span aria-hidden="true">▲</span> {t('network.open')}
        </span>
      ) : undefined}
      {rule.doors.length === 0 || you === undefined || you === 'no' ? undefined : <Mark result={you}>{t(you === 'yes' ? 'network.letsYouIn' : 'network.mayLetYouIn')}</Mark>}
    </li>
  );
}

function Peer({ peer }: { readonly peer: RulePeer }) {
  const { t } = useTranslation();
  switch (peer.kind) {
    case 'cidr':
      return (
        <>
          <Copyable value={peer.cidr} mono />
          {peer.everyone ? <span className="note"> ({t('network.everyone')})</span> : undefined}
          {peer.of === undefined ? undefined : <span className="note"> ({safeText(peer.of.name ?? peer.of.id)})</span>}
        </>
      );
    case 'group':
      return (
        <>
          {t('network.group')} <Copyable value={peer.groupId} mono={peer.name === undefined}>{safeText(peer.name ?? peer.groupId)}</Copyable>
          {peer.memberCount === undefined ? undefined : <span className="note"> ({t('network.members', { count: peer.memberCount })})</span>}
        </>
      );
    case 'prefix-list':
      return (
        <>
          {t('network.prefixList')} <Copyable value={peer.prefixListId} mono={peer.name === undefined}>{safeText(peer.name ?? peer.prefixListId)}</Copyable>
          {peer.cidrs === undefined ? undefined : (
            <details className="blocks">
              <summary className="note">{t('network.entries', { count: peer.cidrs.length })}</summary>
              {peer.cidrs.slice(0, MAX_BLOCKS).map((cidr) => (
                <Copyable key={cidr} value={cidr} mono />
              ))}
              {peer.cidrs.length > MAX_BLOCKS ? '…' : ''}
            </details>
          )}
        </>
      );
  }
}

/** Those of AWS's own services have up to hundreds. */
const MAX_BLOCKS = 60;
