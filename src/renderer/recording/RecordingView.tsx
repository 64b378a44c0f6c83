/** One recording in place of the history: loaded, and played or shown as the text it is. */
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { momentText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { safeText } from '../ui/safeText.ts';
import { LoadFault } from './LoadFault.tsx';
import type { LoadedRecording } from './loadRecording.ts';

const RecordingPlayer = lazy(() => import('./RecordingPlayer.tsx').then((module) => ({ default: module.RecordingPlayer })));

export interface RecordingToShow {
  /** Tells recordings apart. */
  readonly id: string;
  readonly name: string;
  /** The title in the file is shown beside its name: of a file that was picked. */
  readonly titled: boolean;
  readonly load: () => Promise<LoadedRecording>;
}

export interface RecordingViewProps {
  readonly recording: RecordingToShow;
  readonly settings: Settings['terminal'];
  readonly theme: TerminalTheme;
  readonly onClose: () => void;
}

type Loading = { readonly name: 'loading' } | { readonly name: 'loaded'; readonly loaded: LoadedRecording } | { readonly name: 'failed'; readonly thrown: unknown };

export function RecordingView({ recording, settings, theme, onClose }: RecordingViewProps) {
  const { t } = useTranslation();
  const [loading, setLoading] = useState<Loading>({ name: 'loading' });
  useEffect(() => {
    let current = true;
    setLoading({ name: 'loading' });
    recording.load().then(
      (loaded) => current && setLoading({ name: 'loaded', loaded }),
      (thrown: unknown) => current && setLoading({ name: 'failed', thrown }),
    );
    return () => {
      current = false;
    };
  }, [recording]);
  const loaded = loading.name === 'loaded' ? loading.loaded : undefined;
  return (
    <div className="recording-view">
      <header>
        <Button onClick={onClose} data-autofocus>
          {t('player.back')}
        </Button>
        <h1>{safeText(recording.name)}</h1>
        {loaded?.kind === 'cast' ? (
          <span className="note">
            {[!recording.titled || loaded.cast.title === undefined || loaded.cast.title === recording.name ? undefined : safeText(loaded.cast.title), loaded.cast.startedAtMs === undefined ? undefined : momentText(new Date(loaded.cast.startedAtMs).toISOString()), `${loaded.cast.columns}×${loaded.cast.rows}`].filter((part) => part !== undefined).join(' · ')}
          </span>
        ) : undefined}
      </header>
      {loading.name === 'loading' ? <p className="note padded" role="status">{t('common.opening')}</p> : undefined}
      {loading.name === 'failed' ? <LoadFault thrown={loading.thrown} /> : undefined}
      {loaded?.kind === 'cast' ? (
        loaded.cast.events.length === 0 ? (
          <p className="note padded">{t('player.nothing')}</p>
        ) : (
          <Suspense fallback={<p className="note padded">{t('common.opening')}</p>}>
            <RecordingPlayer cast={loaded.cast} settings={settings} theme={theme} />
          </Suspense>
        )
      ) : undefined}
      {loaded?.kind === 'text' ? (
        <>
          {loaded.cut ? <p className="note padded">{t('player.textCut')}</p> : undefined}
          {/* Focusable, so that it is scrolled by keys. */}
          <pre className="recording-text mono" tabIndex={0} aria-label={t('player.text')}>
            {loaded.text}
          </pre>
        </>
      ) : undefined}
    </div>
  );
}
