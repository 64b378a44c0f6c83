/** The history: every session, tunnel and action, newest first, searched, exported, dropped, and replayed where it was recorded. */
import { useCallback, useDeferredValue, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toPosternError, type ErrorReport } from '../../../contract/error.ts';
import type { HistoryEntry, HistoryKind, ListHistory } from '../../../contract/history.ts';
import type { Recording } from '../../../contract/recording.ts';
import type { Settings } from '../../../contract/settings.ts';
import { loadCast, loadFile, loadText, piecesOf } from '../../recording/loadRecording.ts';
import type { RecordingCalls } from '../../recording/recordingCalls.ts';
import { RecordingView, type RecordingToShow } from '../../recording/RecordingView.tsx';
import { chooseTheme } from '../../terminal/themes/chooseTheme.ts';
import type { ShownTheme } from '../../terminal/theme.ts';
import { hostNameOf } from '../../state/names.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/Button.tsx';
import { Popover } from '../../ui/Popover.tsx';
import { saveFile } from '../../ui/saveFile.ts';
import { ErrorNote } from '../ErrorNote.tsx';
import { everyEntry, exportName, exportTypes, type ExportFormat } from './exportHistory.ts';
import { HistoryTable } from './HistoryTable.tsx';
import './history.css';

export interface HistoryViewProps {
  /** Changes with everything that is done. */
  readonly changes: number;
  readonly nowMs: number;
  readonly calls: RecordingCalls;
  readonly settings: Settings['terminal'];
  /** Days. */
  readonly keepDays: number;
  readonly theme: ShownTheme;
  /** Retention, and what is recorded. */
  readonly onSettings: () => void;
}

const shownKinds = ['all', 'sessions', 'recorded', 'actions', 'failed'] as const;
type Shown = (typeof shownKinds)[number];
const sessionKinds: HistoryKind[] = ['session', 'command', 'forward'];
const actionKinds: HistoryKind[] = ['start', 'stop', 'hibernate', 'reboot', 'terminate', 'protection', 'key-created', 'key-imported', 'key-deleted', 'password'];
const filters: Readonly<Record<Shown, Partial<ListHistory>>> = { all: {}, sessions: { kinds: sessionKinds }, recorded: { recorded: true }, actions: { kinds: actionKinds }, failed: { failed: true } };
/** Days back from now; none: all of it. */
const spans = [undefined, 1, 7, 30, 90] as const;
const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 100;

export function HistoryView({ changes, nowMs, calls, settings, keepDays, theme, onSettings }: HistoryViewProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const text = useDeferredValue(search);
  const [shown, setShown] = useState<Shown>('all');
  const [days, setDays] = useState<number>();
  const [limit, setLimit] = useState(PAGE);
  const [entries, setEntries] = useState<readonly HistoryEntry[]>();
  const [error, setError] = useState<ErrorReport>();
  const [openId, setOpenId] = useState<string>();
  const [showing, setShowing] = useState<RecordingToShow>();
  const file = useRef<HTMLInputElement>(null);
  const query = useCallback((): Partial<ListHistory> => ({ text, ...filters[shown], ...(days === undefined ? {} : { since: new Date(Date.now() - days * DAY_MS).toISOString() }) }), [text, shown, days]);
  useEffect(() => {
    let current = true;
    calls.history({ ...query(), limit }).then(
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
  }, [calls, query, limit, changes]);

  const play = (entry: HistoryEntry, recording: Recording): void => {
    const ref = { entryId: entry.entryId, recordingId: recording.recordingId };
    const load = recording.format === 'text' ? loadText : loadCast;
    setShowing({ id: recording.recordingId, name: entry.hostId === undefined ? (entry.hostName ?? '') : hostNameOf(entry.hostId, entry.hostName), titled: false, load: async () => load(piecesOf(await calls.content(ref))) });
  };
  const exportAs = async (format: ExportFormat): Promise<void> => {
    try {
      const { parts, count } = await everyEntry((page) => calls.history({ ...query(), ...page }), format);
      saveFile(parts, exportTypes[format], exportName(format));
      announce(t('history.exported', { count }));
    } catch (thrown) {
      setError(toPosternError(thrown).toReport());
    }
  };

  if (showing !== undefined) return <RecordingView key={showing.id} recording={showing} settings={settings} theme={chooseTheme(theme, settings, undefined).theme} onClose={() => setShowing(undefined)} />;
  const filtered = search !== '' || shown !== 'all' || days !== undefined;
  return (
    <div className="history-view">
      <header>
        <h1>{t('history.title')}</h1>
        <span className="spacer" />
        <label>
          <span className="visually-hidden">{t('history.kinds')}</span>
          <select value={shown} onChange={(event) => setShown(shownKinds.find((one) => one === event.target.value) ?? 'all')}>
            {shownKinds.map((one) => (
              <option key={one} value={one}>
                {t(`history.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span className="visually-hidden">{t('history.span')}</span>
          <select value={days ?? ''} onChange={(event) => setDays(event.target.value === '' ? undefined : Number(event.target.value))}>
            {spans.map((one) => (
              <option key={one ?? ''} value={one ?? ''}>
                {one === undefined ? t('history.anyTime') : t('history.lastDays', { count: one })}
              </option>
            ))}
          </select>
        </label>
        <input type="search" aria-label={t('history.search')} placeholder={t('history.searchHint')} maxLength={200} spellCheck={false} value={search} onChange={(event) => setSearch(event.target.value)} />
        <Button onClick={() => file.current?.click()}>{t('player.open')}</Button>
        <input
          ref={file}
          type="file"
          hidden
          accept=".cast,.json,.log,.txt"
          data-testid="recording-file"
          onChange={(event) => {
            const [picked] = event.target.files ?? [];
            event.target.value = '';
            if (picked !== undefined) setShowing({ id: `file ${Date.now()}`, name: picked.name, titled: true, load: () => loadFile(picked) });
          }}
        />
        <Popover label={t('history.export')} className="button normal" button={<>{t('history.export')}</>}>
          {(close) => (
            <ul className="tab-menu">
              {(['csv', 'jsonl'] as const).map((format) => (
                <li key={format}>
                  <button
                    type="button"
                    onClick={() => {
                      close();
                      void exportAs(format);
                    }}
                  >
                    {t(`history.exportAs.${format}`)}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Popover>
      </header>
      <p className="note">
        {t('history.hint', { count: keepDays })}{' '}
        <button type="button" className="link" onClick={onSettings}>
          {t('history.toSettings')}
        </button>
      </p>
      {error === undefined ? undefined : <ErrorNote error={error} />}
      {entries === undefined ? undefined : entries.length === 0 ? <p className="note empty">{t(filtered ? 'history.noMatch' : 'history.empty')}</p> : <HistoryTable entries={entries} nowMs={nowMs} openId={openId} calls={calls} onOpen={setOpenId} onPlay={play} />}
      {entries === undefined || entries.length < limit || limit >= 1000 ? undefined : (
        <Button look="quiet" onClick={() => setLimit(Math.min(1000, limit + PAGE))}>
          {t('history.older')}
        </Button>
      )}
    </div>
  );
}
