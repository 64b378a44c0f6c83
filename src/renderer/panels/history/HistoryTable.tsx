/** The entries of the history that are shown, one of them with all that is known of it. */
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryEntry } from '../../../contract/history.ts';
import type { Recording } from '../../../contract/recording.ts';
import { useSaid } from '../../i18n/said.ts';
import type { RecordingCalls } from '../../recording/recordingCalls.ts';
import { routeWord } from '../../state/routeHint.ts';
import { hostNameOf } from '../../state/names.ts';
import { ageText, durationText, momentTitle } from '../../ui/age.ts';
import { Button } from '../../ui/Button.tsx';
import { safeText } from '../../ui/safeText.ts';
import { EntryDetails } from './EntryDetails.tsx';

const outcomeMarks: Readonly<Record<HistoryEntry['outcome'], string>> = { open: '◐', ok: '●', failed: '▲', unknown: '○' };

export interface HistoryTableProps {
  readonly entries: readonly HistoryEntry[];
  readonly nowMs: number;
  readonly openId: string | undefined;
  readonly calls: RecordingCalls;
  readonly onOpen: (entryId: string | undefined) => void;
  readonly onPlay: (entry: HistoryEntry, recording: Recording) => void;
}

export function HistoryTable({ entries, nowMs, openId, calls, onOpen, onPlay }: HistoryTableProps) {
  const { t } = useTranslation();
  const said = useSaid();
  return (
    <div className="table-scroll">
      <table className="table history" aria-label={t('history.title')}>
        <thead>
          <tr>
            <th scope="col">{t('history.when')}</th>
            <th scope="col">{t('history.what')}</th>
            <th scope="col">{t('history.host')}</th>
            <th scope="col">{t('history.who')}</th>
            <th scope="col">{t('history.where')}</th>
            <th scope="col">{t('history.lasted')}</th>
            <th scope="col">{t('history.ended')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('history.details')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => {
            const open = entry.entryId === openId;
            const last = entry.recordings?.findLast(({ state }) => state === 'kept' || state === 'recording');
            return (
              <Fragment key={entry.entryId}>
                <tr data-kind={entry.kind} data-outcome={entry.outcome}>
                  <td className="nowrap" title={momentTitle(entry.startedAt)}>
                    {ageText(entry.startedAt, nowMs)}
                  </td>
                  <td className="nowrap">
                    {t(`history.kind.${entry.kind}`)} {entry.route === undefined ? undefined : <span className="note">{routeWord(entry.route)}</span>}
                  </td>
                  <th scope="row">
                    {safeText(entry.hostId === undefined ? (entry.hostName ?? said(entry.subject ?? '')) : hostNameOf(entry.hostId, entry.hostName))} {entry.osUser === undefined ? undefined : <span className="note">{safeText(entry.osUser)}</span>}
                  </th>
                  <td title={entry.callerArn === undefined ? undefined : safeText(entry.callerArn)}>{safeText(callerName(entry))}</td>
                  <td>
                    {safeText(entry.accountId ?? entry.profile ?? '')} <span className="note">{safeText(entry.region ?? '')}</span>
                  </td>
                  <td className="nowrap">{entry.endedAt === undefined ? '' : durationText(Date.parse(entry.endedAt) - Date.parse(entry.startedAt))}</td>
                  <td>
                    <span className={`history-outcome ${entry.outcome}`}>
                      <span aria-hidden="true">{outcomeMarks[entry.outcome]}</span> {t(`history.outcome.${entry.outcome}`)}
                    </span>
                  </td>
                  <td className="nowrap">
                    {last === undefined ? undefined : (
                      <Button look="quiet" onClick={() => onPlay(entry, last)}>
                        {t(last.format === 'text' ? 'history.read' : 'history.replay')}
                      </Button>
                    )}
                    <Button look="quiet" aria-expanded={open} onClick={() => onOpen(open ? undefined : entry.entryId)}>
                      {t('history.details')}
                    </Button>
                  </td>
                </tr>
                {open ? (
                  <tr className="history-details">
                    <td colSpan={8}>
                      <EntryDetails entry={entry} calls={calls} onPlay={(recording) => onPlay(entry, recording)} />
                    </td>
                  </tr>
                ) : undefined}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The last part of an ARN: the user, or the role and its session; where AWS was not asked, the person on this computer. */
function callerName({ callerArn, localUser }: HistoryEntry): string {
  return callerArn?.split(':').slice(5).join(':').replace(/^(user|assumed-role|federated-user)\//, '') ?? localUser ?? '';
}
