/** The history: every session, tunnel and action, newest first, searched and looked at one by one. */
import { Fragment, useDeferredValue, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toPosternError, type ErrorReport } from '../../contract/error.ts';
import type { HistoryEntry, HistoryKind, ListHistory } from '../../contract/history.ts';
import { useSaid } from '../i18n/said.ts';
import { ageText, durationText, momentText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { bytesText } from '../ui/bytes.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

export interface HistoryViewProps {
  /** Changes with everything that is done. */
  readonly changes: number;
  readonly nowMs: number;
  readonly onList: (query: Partial<ListHistory>) => Promise<readonly HistoryEntry[]>;
}

type Shown = 'all' | 'sessions' | 'actions';
const sessionKinds: HistoryKind[] = ['session', 'command', 'forward'];
const actionKinds: HistoryKind[] = ['start', 'stop', 'hibernate', 'reboot', 'terminate', 'protection', 'key-created', 'key-imported', 'key-deleted', 'password'];
const kindsOf: Readonly<Record<Shown, HistoryKind[] | undefined>> = { all: undefined, sessions: sessionKinds, actions: actionKinds };
const PAGE = 100;

export function HistoryView({ changes, nowMs, onList }: HistoryViewProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const text = useDeferredValue(search);
  const [shown, setShown] = useState<Shown>('all');
  const [limit, setLimit] = useState(PAGE);
  const [entries, setEntries] = useState<readonly HistoryEntry[]>();
  const [error, setError] = useState<ErrorReport>();
  const [openId, setOpenId] = useState<string>();
  useEffect(() => {
    let current = true;
    const kinds = kindsOf[shown];
    onList({ text, limit, ...(kinds === undefined ? {} : { kinds }) }).then(
      (answer) => {
        if (!current) return;
        setEntries(answer);
        setError(undefined);
      },
      (thrown: unknown) => {
        if (current) setError(toPosternError(thrown).toReport());
      },
    );
    return () => {
      current = false;
    };
  }, [onList, text, shown, limit, changes]);
  return (
    <div className="history-view">
      <header>
        <h1>{t('history.title')}</h1>
        <span className="spacer" />
        <label>
          <span className="visually-hidden">{t('history.kinds')}</span>
          <select value={shown} onChange={(event) => setShown(event.target.value === 'sessions' || event.target.value === 'actions' ? event.target.value : 'all')}>
            <option value="all">{t('history.all')}</option>
            <option value="sessions">{t('history.sessions')}</option>
            <option value="actions">{t('history.actions')}</option>
          </select>
        </label>
        <input type="search" aria-label={t('history.search')} placeholder={t('history.searchHint')} maxLength={200} spellCheck={false} value={search} onChange={(event) => setSearch(event.target.value)} />
      </header>
      <p className="note">{t('history.hint')}</p>
      {error === undefined ? undefined : <ErrorNote error={error} />}
      {entries === undefined ? undefined : entries.length === 0 ? <p className="note empty">{t(search === '' && shown === 'all' ? 'history.empty' : 'history.noMatch')}</p> : <HistoryTable entries={entries} nowMs={nowMs} openId={openId} onOpen={setOpenId} />}
      {entries === undefined || entries.length < limit || limit >= 1000 ? undefined : (
        <Button look="quiet" onClick={() => setLimit(Math.min(1000, limit + PAGE))}>
          {t('history.older')}
        </Button>
      )}
    </div>
  );
}

const outcomeMarks: Readonly<Record<HistoryEntry['outcome'], string>> = { open: '◐', ok: '●', failed: '▲', unknown: '○' };

interface HistoryTableProps {
  readonly entries: readonly HistoryEntry[];
  readonly nowMs: number;
  readonly openId: string | undefined;
  readonly onOpen: (entryId: string | undefined) => void;
}

function HistoryTable({ entries, nowMs, openId, onOpen }: HistoryTableProps) {
  const { t } = useTranslation();
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
            return (
              <Fragment key={entry.entryId}>
                <tr data-kind={entry.kind} data-outcome={entry.outcome}>
                  <td className="nowrap" title={momentText(entry.startedAt)}>
                    {ageText(entry.startedAt, nowMs)}
                  </td>
                  <td className="nowrap">
                    {t(`history.kind.${entry.kind}`)} {entry.route === undefined ? undefined : <span className="note">{safeText(entry.route)}</span>}
                  </td>
                  <th scope="row">
                    {safeText(entry.hostName ?? entry.hostId ?? entry.subject ?? '')} {entry.osUser === undefined ? undefined : <span className="note">{safeText(entry.osUser)}</span>}
                  </th>
                  <td>{safeText(callerName(entry.callerArn))}</td>
                  <td>
                    {safeText(entry.accountId ?? entry.profile ?? '')} <span className="note">{safeText(entry.region ?? '')}</span>
                  </td>
                  <td className="nowrap">{entry.endedAt === undefined ? '' : durationText(Date.parse(entry.endedAt) - Date.parse(entry.startedAt))}</td>
                  <td>
                    <span className={`history-outcome ${entry.outcome}`}>
                      <span aria-hidden="true">{outcomeMarks[entry.outcome]}</span> {t(`history.outcome.${entry.outcome}`)}
                    </span>
                  </td>
                  <td>
                    <Button look="quiet" aria-expanded={open} onClick={() => onOpen(open ? undefined : entry.entryId)}>
                      {t('history.details')}
                    </Button>
                  </td>
                </tr>
                {open ? (
                  <tr className="history-details">
                    <td colSpan={8}>
                      <EntryFacts entry={entry} />
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

/** The last part of an ARN: the user, or the role and its session. */
function callerName(arn: string | undefined): string {
  return arn?.split(':').slice(5).join(':').replace(/^(user|assumed-role|federated-user)\//, '') ?? '';
}

function EntryFacts({ entry }: { readonly entry: HistoryEntry }) {
  const { t } = useTranslation();
  const said = useSaid();
  const bytes = entry.sentBytes === undefined || entry.receivedBytes === undefined ? undefined : t('history.sentReceived', { sent: bytesText(entry.sentBytes), received: bytesText(entry.receivedBytes) });
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('history.ended'), entry.reason === undefined ? undefined : said(entry.reason)],
    [t('history.subject'), entry.subject],
    [t('history.caller'), entry.callerArn],
    [t('history.osUser'), entry.osUser],
    [t('history.profile'), entry.profile],
    [t('history.account'), entry.accountId],
    [t('history.region'), entry.region],
    [t('history.hostId'), entry.hostId],
    [t('history.route'), entry.route],
    ...(entry.awsSessionIds ?? []).map((id) => [t('history.awsSession'), id] as const),
    [t('history.started'), momentText(entry.startedAt)],
    [t('history.endedAt'), entry.endedAt === undefined ? undefined : momentText(entry.endedAt)],
    [t('history.bytes'), bytes],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value === undefined ? undefined : (
          <div className="fact" key={`${name} ${value}`}>
            <dt>{name}</dt>
            <dd>
              <Copyable value={value} label={name} />
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
