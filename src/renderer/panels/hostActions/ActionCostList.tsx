/** Each host of an action with what it would cost, and a field for its name where that must be typed. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ActionCosts, ActionKind } from '../../../contract/action.ts';
import type { MissingPart } from '../../../contract/part.ts';
import { listText } from '../../i18n/locale.ts';
import { useSaid } from '../../i18n/said.ts';
import { stateWord } from '../StateDot.tsx';
import { safeText } from '../../ui/safeText.ts';

export interface ActionCostListProps {
  readonly kind: ActionKind;
  readonly costs: readonly ActionCosts[];
  readonly typed: Readonly<Record<string, string>>;
  readonly onType: (instanceId: string, name: string) => void;
}

interface CostLine {
  readonly text: string;
  readonly bad?: true;
}

export function ActionCostList({ kind, costs, typed, onType }: ActionCostListProps) {
  const { t } = useTranslation();
  const said = useSaid();
  return (
    <ul className="action-costs">
      {costs.map((cost) => (
        <li key={cost.instanceId} data-instance-id={cost.instanceId} className={cost.impossible === undefined ? undefined : 'left-out'}>
          <p className="action-host">
            <strong>{safeText(cost.instanceName ?? cost.instanceId)}</strong> <span className="note mono">{cost.instanceId}</span> <span className="note">{stateWord(cost.state)}</span>
          </p>
          {cost.impossible === undefined ? (
            <>
              <ul>
                {costLines(t, said, kind, cost).map(({ text, bad }) => (
                  <li key={text} className={bad === true ? 'bad' : undefined}>
                    {text}
                  </li>
                ))}
              </ul>
              {cost.typedName === undefined ? undefined : (
                <label className="field">
                  {t('hostActions.typeName', { name: safeText(cost.typedName) })}
                  <input required maxLength={300} spellCheck={false} autoComplete="off" value={typed[cost.instanceId] ?? ''} onChange={(event) => onType(cost.instanceId, event.target.value)} />
                </label>
              )}
            </>
          ) : (
            <p className="note">{t('hostActions.cannot', { reason: safeText(said(cost.impossible)) })}</p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What is lost first, then what stays, then what could not be read. */
function costLines(t: TFunction, said: (text: string) => string, kind: ActionKind, cost: ActionCosts): readonly CostLine[] {
  const lines: CostLine[] = [];
  const bad = (text: string): void => void lines.push({ text, bad: true });
  const note = (text: string): void => void lines.push({ text });
  const unknown = (what: string, part: MissingPart): void => note(part.denied ? t('hostActions.cost.unknown', { what, permission: part.permission }) : t('hostActions.cost.unread', { what, reason: safeText(said(part.error.message)) }));
  const offThen = kind === 'stop' || kind === 'hibernate' || kind === 'terminate';

  if (cost.production) bad(t('hostActions.cost.production'));
  if (kind === 'start') note(t('hostActions.cost.billed'));
  if (kind === 'terminate' && cost.deletedVolumes.known && cost.deletedVolumes.value.length > 0) bad(t('hostActions.cost.volumesDeleted', { count: cost.deletedVolumes.value.length, volumes: listText(cost.deletedVolumes.value) }));
  if (offThen) {
    for (const { publicIp, elastic } of cost.publicAddresses) {
      if (!elastic) bad(t(kind === 'terminate' ? 'hostActions.cost.addressGone' : 'hostActions.cost.addressGoes', { address: publicIp }));
      else note(t(kind === 'terminate' ? 'hostActions.cost.elasticStays' : 'hostActions.cost.addressStays', { address: publicIp }));
    }
    if (cost.publicAddresses.length === 0) note(t('hostActions.cost.noPublicAddress'));
    if (cost.instanceStoreGb.known && cost.instanceStoreGb.value > 0) bad(t('hostActions.cost.instanceStore', { count: cost.instanceStoreGb.value }));
    if (cost.autoScalingGroup !== undefined) bad(t('hostActions.cost.group', { group: safeText(cost.autoScalingGroup) }));
  }
  if (kind !== 'start' && cost.openSessions > 0) bad(t('hostActions.cost.sessions', { count: cost.openSessions }));
  if (kind !== 'start' && cost.openForwards > 0) bad(t('hostActions.cost.forwards', { count: cost.openForwards }));
  if (kind === 'stop') note(t('hostActions.cost.memory'));
  if (kind === 'hibernate') note(t('hostActions.cost.memoryKept'));
  if (kind === 'reboot') note(t('hostActions.cost.addressKept'));

  if ((kind === 'stop' || kind === 'terminate') && !cost.protection.known) unknown(t('hostActions.cost.theProtection'), cost.protection);
  if (kind === 'hibernate' && !cost.hibernationConfigured.known) unknown(t('hostActions.cost.theHibernation'), cost.hibernationConfigured);
  if (offThen && !cost.instanceStoreGb.known) unknown(t('hostActions.cost.theStore'), cost.instanceStoreGb);
  if (kind === 'terminate' && !cost.deletedVolumes.known) unknown(t('hostActions.cost.theVolumes'), cost.deletedVolumes);
  return lines;
}
