/** That a session is being recorded, in its tab and in the status bar: a shape and a word, never colour alone. */
import { useTranslation } from 'react-i18next';
import type { LiveRecording } from '../../contract/recording.ts';
import type { TerminalSession } from '../../contract/session.ts';
import { useSaid } from '../i18n/said.ts';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';

/** In the tab. */
export function RecordingChip({ recording }: { readonly recording: LiveRecording | undefined }) {
  const title = useRecordingTitle(recording);
  const { t } = useTranslation();
  if (recording === undefined) return undefined;
  return (
    <span className={`recording-chip ${recording.state}`} title={title} aria-hidden="true">
      {recording.state === 'recording' ? '●' : '▲'} {t(`recording.chip.${recording.state}`)}
    </span>
  );
}

export interface RecordingItemProps {
  /** What the front tab shows. */
  readonly session: TerminalSession | undefined;
  readonly sessions: ReadonlyMap<string, TerminalSession>;
  readonly onStop: (sessionId: string) => void;
}

/** In the status bar: the front tab's recording, which a click ends, and how many others go on. */
export function RecordingItem({ session, sessions, onStop }: RecordingItemProps) {
  const { t } = useTranslation();
  const own = session?.recording;
  const title = useRecordingTitle(own);
  const others = [...sessions.values()].filter(({ sessionId, recording }) => recording?.state === 'recording' && sessionId !== session?.sessionId).length;
  return (
    <>
      {own === undefined || session === undefined ? undefined : (
        <button type="button" className={`status-item recording-item ${own.state}`} data-testid="recording" title={`${title} ${own.state === 'recording' ? t('recording.clickToStop') : t('recording.clickToDismiss')}`} onClick={() => onStop(session.sessionId)}>
          {own.state === 'recording' ? <span aria-hidden="true">●</span> : <Icon name="warning" />} {t(`recording.status.${own.state}`)}
        </button>
      )}
      {others === 0 ? undefined : (
        <span className="status-item recording-item recording">
          <span aria-hidden="true">●</span> {t(own?.state === 'recording' ? 'recording.more' : 'recording.others', { count: others })}
        </span>
      )}
    </>
  );
}

/** Over the terminal, once a recording has stopped by itself: the session goes on, and the person must know. */
export function RecordingStopped({ recording, onAgain, onDismiss }: { readonly recording: LiveRecording | undefined; readonly onAgain: () => void; readonly onDismiss: () => void }) {
  const { t } = useTranslation();
  const said = useSaid();
  if (recording?.state !== 'stopped' || recording.error === undefined) return undefined;
  return (
    <div className="session-banner recording-stopped" role="alert">
      <Icon name="warning" />
      <span>
        <strong>{t('recording.stoppedTitle')}</strong> {safeText(said(recording.error.message))} {recording.error.remedy === undefined ? '' : safeText(said(recording.error.remedy))} {t('recording.stoppedNote')}
      </span>
      <span className="row-buttons">
        <button type="button" className="button normal" onClick={onAgain}>
          {t('recording.again')}
        </button>
        <button type="button" className="button quiet" onClick={onDismiss}>
          {t('recording.dismiss')}
        </button>
      </span>
    </div>
  );
}

function useRecordingTitle(recording: LiveRecording | undefined): string {
  const { t } = useTranslation();
  const said = useSaid();
  if (recording === undefined) return '';
  if (recording.state === 'stopped') return recording.error === undefined ? t('recording.status.stopped') : safeText(said(recording.error.message));
  return [t(recording.always ? 'recording.titleAlways' : 'recording.title', { kept: t(`recording.kept.${recording.kept}`) }), safeText(recording.path)].join(' ');
}
