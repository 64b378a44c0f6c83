/** The connect progress, drawn where the shell will be: one line a step, with its time. */
import { useTranslation } from 'react-i18next';
import type { ConnectStep } from '../../contract/session.ts';
import { useSaid } from '../i18n/said.ts';
import { durationText } from '../ui/age.ts';
import { safeText } from '../ui/safeText.ts';

const marks = { running: '◐', done: '✓', failed: '✕' } as const;

export function ConnectSteps({ steps }: { readonly steps: readonly ConnectStep[] }) {
  const { t } = useTranslation();
  const said = useSaid();
  return (
    <ol className="steps" aria-label={t('session.steps')} aria-live="polite">
      {steps.map((step, index) => (
        <li key={`${step.step}-${index}`} className={step.outcome} data-step={step.step} data-outcome={step.outcome}>
          <span className="mark" aria-hidden="true">
            {marks[step.outcome]}
          </span>
          <span>{step.outcome === 'failed' ? t('session.stepFailed', { step: t(`session.step.${step.step}`) }) : t(`session.step.${step.step}`)}</span>
          <span className="note detail">{step.detail === undefined ? '' : safeText(said(step.detail))}</span>
          <span className="time">{step.durationMs === undefined ? '' : durationText(step.durationMs)}</span>
        </li>
      ))}
    </ol>
  );
}
