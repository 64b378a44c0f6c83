/** The console of an instance, on request: its output as plain text to search and copy, and a picture of its screen. */
import { useTranslation } from 'react-i18next';
import { useDeferredValue, useId, useMemo, useState } from 'react';
import { toPosternError, type ErrorReport } from '../../../contract/error.ts';
import type { ConsoleOutput, ConsoleScreenshot } from '../../../contract/hostDetail.ts';
import { ageText, momentTitle } from '../../ui/age.ts';
import { Button } from '../../ui/Button.tsx';
import { Copyable } from '../../ui/Copyable.tsx';
import { safeLines } from '../../ui/safeText.ts';
import { ErrorNote } from '../ErrorNote.tsx';

/** EC2 keeps 64 KiB; more lines than this make the page slow and nobody reads them. */
const SHOWN_LINES = 1500;

export interface ConsoleSectionProps {
  readonly nowMs: number;
  readonly onOutput: () => Promise<ConsoleOutput>;
  readonly onScreenshot: () => Promise<ConsoleScreenshot>;
}

/** To be keyed by the instance: what was asked of one host is not shown of another. */
export function ConsoleSection({ nowMs, onOutput, onScreenshot }: ConsoleSectionProps) {
  const { t } = useTranslation();
  const [output, setOutput] = useState<ConsoleOutput>();
  const [screenshot, setScreenshot] = useState<ConsoleScreenshot>();
  const [error, setError] = useState<ErrorReport>();
  const [asking, setAsking] = useState(false);
  const ask = async <T,>(work: () => Promise<T>, show: (value: T) => void): Promise<void> => {
    setAsking(true);
    try {
      show(await work());
      setError(undefined);
    } catch (thrown) {
      setError(toPosternError(thrown).toReport());
    }
    setAsking(false);
  };
  return (
    <div className="asked-section" aria-busy={asking}>
      <div className="row-buttons">
        <Button disabled={asking} onClick={() => void ask(onOutput, setOutput)}>
          {t('hostDetail.showOutput')}
        </Button>
        <Button disabled={asking} onClick={() => void ask(onScreenshot, setScreenshot)}>
          {t('hostDetail.showScreenshot')}
        </Button>
        {asking ? <span className="note">{t('hostDetail.reading')}</span> : undefined}
      </div>
      {error === undefined ? undefined : <ErrorNote error={error} />}
      {output === undefined ? undefined : <OutputView output={output} nowMs={nowMs} />}
      {screenshot === undefined ? undefined : <ScreenshotView screenshot={screenshot} nowMs={nowMs} />}
    </div>
  );
}

export function OutputView({ output, nowMs }: { readonly output: ConsoleOutput; readonly nowMs: number }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const searchId = useId();
  const wanted = useDeferredValue(query.trim().toLowerCase());
  const lines = useMemo(() => (output.text ?? '').replace(/\n+$/, '').split('\n'), [output.text]);
  const found = useMemo(() => (wanted === '' ? lines : lines.filter((line) => line.toLowerCase().includes(wanted))), [lines, wanted]);
  const shown = found.slice(-SHOWN_LINES);
  const age = ageText(output.readAt, nowMs);
  if (output.text === undefined || output.text.trim() === '') return <p className="note">{t('hostDetail.noOutput')}</p>;
  return (
    <div className="console-output">
      <p className="note" title={momentTitle(output.timestamp ?? output.readAt)}>
        {output.latest ? `${t('hostDetail.latest')} · ${t('hostDetail.readAt', { age })}` : output.timestamp === undefined ? t('hostDetail.keptUntold') : t('hostDetail.kept', { age: ageText(output.timestamp, nowMs) })}
      </p>
      <div className="console-search">
        <label htmlFor={searchId} className="visually-hidden">
          {t('hostDetail.search')}
        </label>
        <input id={searchId} type="search" value={query} placeholder={t('hostDetail.search')} spellCheck={false} autoComplete="off" onChange={(event) => setQuery(event.target.value)} />
        <span className="note" role="status">
          {t('hostDetail.matches', { count: found.length })}
        </span>
        <Copyable value={output.text} asButton label={t('hostDetail.console')}>
          {t('hostDetail.copyOutput')}
        </Copyable>
      </div>
      {/* Scrolled by keyboard too. */}
      <pre className="mono console-text" tabIndex={0} aria-label={t('hostDetail.console')}>
        {safeLines(shown.join('\n'))}
      </pre>
      {found.length > shown.length ? <p className="note">{t('hostDetail.lastLines', { count: shown.length })}</p> : undefined}
    </div>
  );
}

export function ScreenshotView({ screenshot, nowMs }: { readonly screenshot: ConsoleScreenshot; readonly nowMs: number }) {
  const { t } = useTranslation();
  const age = ageText(screenshot.readAt, nowMs);
  return (
    <figure className="console-screenshot">
      <img src={`data:image/jpeg;base64,${screenshot.jpegBase64}`} alt={t('hostDetail.screenshotAlt', { age })} />
      <figcaption className="note" title={momentTitle(screenshot.readAt)}>
        {t('hostDetail.taken', { age })}
      </figcaption>
    </figure>
  );
}
