/** All that is known of one entry, its recordings, and dropping it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryEntry } from '../../../contract/history.ts';
import type { Recording } from '../../../contract/recording.ts';
import { useSaid } from '../../i18n/said.ts';
import { clockText } from '../../recording/clockText.ts';
import { LoadFault } from '../../recording/LoadFault.tsx';
import { piecesOf } from '../../recording/loadRecording.ts';
import type { RecordingCalls } from '../../recording/recordingCalls.ts';
import { routeWord } from '../../state/routeHint.ts';
import { momentText } from '../../ui/age.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/Button.tsx';
import { bytesText } from '../../ui/bytes.ts';
import { Copyable } from '../../ui/Copyable.tsx';
import { safeText } from '../../ui/safeText.ts';
import { saveFile } from '../../ui/saveFile.ts';

export interface EntryDetailsProps {
  readonly entry: HistoryEntry;
  readonly calls: RecordingCalls;
  readonly onPlay: (recording: Recording) => void;
}

export function EntryDetails({ entry, calls, onPlay }: EntryDetailsProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const { recordings = [] } = entry;
  const bytes = entry.sentBytes === undefined || entry.receivedBytes === undefined ? undefined : t('history.sentReceived', { sent: bytesText(entry.sentBytes), received: bytesText(entry.receivedBytes) });
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('history.ended'), entry.reason === undefined ? undefined : said(entry.reason)],
    [t('history.subject'), entry.subject === undefined ? undefined : said(entry.subject)],
    [t('history.localUser'), entry.localUser],
    [t('history.caller'), entry.callerArn],
    [t('history.osUser'), entry.osUser],
    [t('history.profile'), entry.profile],
    [t('history.account'), entry.accountId],
    [t('history.region'), entry.region],
    [t('history.hostId'), entry.hostId],
    [t('history.route'), entry.route === undefined ? undefined : routeWord(entry.route)],
    ...(entry.awsSessionIds ?? []).map((id) => [t('history.awsSession'), id] as const),
    [t('history.started'), momentText(entry.startedAt)],
    [t('history.endedAt'), entry.endedAt === undefined ? undefined : momentText(entry.endedAt)],
    [t('history.bytes'), bytes],
  ];
  return (
    <>
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
      {recordings.map((recording) => (
        <EntryRecording key={recording.recordingId} entryId={entry.entryId} recording={recording} calls={calls} onPlay={() => onPlay(recording)} />
      ))}
      {entry.outcome === 'open' ? undefined : (
        <Sure question={t(recordings.some(({ state }) => state === 'kept') ? 'history.removeWithRecording' : 'history.removeSure')} label={t('history.remove')} onSure={() => void calls.removeEntries([entry.entryId])} />
      )}
    </>
  );
}

function EntryRecording({ entryId, recording, calls, onPlay }: { readonly entryId: string; readonly recording: Recording; readonly calls: RecordingCalls; readonly onPlay: () => void }) {
  const { t } = useTranslation();
  const said = useSaid();
  const { recordingId, path, format, kept, state, sizeBytes, durationMs, reason } = recording;
  const ref = { entryId, recordingId };
  const name = path.split(/[/\\]/).at(-1) ?? 'recording';
  const there = state === 'kept' || state === 'recording';
  const [fault, setFault] = useState<{ readonly thrown: unknown }>();
  const save = async (): Promise<void> => {
    const parts: BlobPart[] = [];
    setFault(undefined);
    try {
      for await (const piece of piecesOf(await calls.content(ref))) parts.push(Uint8Array.from(piece));
    } catch (thrown) {
      setFault({ thrown });
      return;
    }
    saveFile(parts, format === 'text' ? 'text/plain' : 'application/x-asciicast', name);
    announce(t('history.saved', { name }));
  };
  return (
    <section className="recording-line" aria-label={t('history.recording')} data-state={state}>
      <strong>{t('history.recording')}</strong>
      <span>
        {[t(`history.format.${format}`), t(`recording.kept.${kept}`), durationMs === undefined ? undefined : clockText(durationMs / 1000), sizeBytes === undefined ? undefined : bytesText(sizeBytes), there ? undefined : t(`history.recordingState.${state}`)].filter((part) => part !== undefined).join(' · ')}
      </span>
      {reason === undefined ? undefined : <span className="note">{safeText(said(reason))}</span>}
      {there ? (
        <>
          <Button look="primary" onClick={onPlay}>
            {t(format === 'text' ? 'history.read' : 'history.replay')}
          </Button>
          <Button onClick={() => void save()}>{t('history.saveAs')}</Button>
          <Button
            onClick={() =>
              void calls.show(ref).then(
                ({ shown }) => announce(t(shown ? 'history.folderShown' : 'history.folderNotShown')),
                () => announce(t('history.folderNotShown')),
              )
            }
          >
            {t('history.showFolder')}
          </Button>
          <Sure question={t('history.removeRecordingSure')} label={t('history.removeRecording')} onSure={() => void calls.remove(ref)} />
        </>
      ) : undefined}
      {fault === undefined ? undefined : <LoadFault thrown={fault.thrown} />}
      {there ? <Copyable value={path} label={t('history.file')} /> : undefined}
    </section>
  );
}

/** What cannot be undone, asked once more in its place. */
function Sure({ question, label, onSure }: { readonly question: string; readonly label: string; readonly onSure: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button look="quiet" onClick={() => setAsking(true)}>
        {label}
      </Button>
    );
  }
  return (
    <span className="row-buttons" role="alert">
      <span>{question}</span>
      <Button
        look="danger"
        autoFocus
        onClick={() => {
          setAsking(false);
          onSure();
        }}
      >
        {label}
      </Button>
      <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
    </span>
  );
}
