/** The connect progress, drawn where the shell will be: one line a step, with its time. */
import type { ConnectStep, StepName } from '../../contract/session.ts';
import { durationText } from '../ui/age.ts';
import { safeText } from '../ui/safeText.ts';

const words: Readonly<Record<StepName, string>> = {
  'choosing-route': 'Choosing a route',
  'starting-session': 'Starting a Session Manager session',
  'opening-transport': 'Opening a connection',
  'checking-host-key': 'Checking the host key',
  authenticating: 'Signing in',
  'starting-shell': 'Starting the shell',
};
const marks = { running: '◐', done: '✓', failed: '✕' } as const;

export function stepText(step: StepName): string {
  return words[step];
}

export function ConnectSteps({ steps }: { readonly steps: readonly ConnectStep[] }) {
  return (
    <ol className="steps" aria-label="Connecting" aria-live="polite">
      {steps.map((step, index) => (
        <li key={`${step.step}-${index}`} className={step.outcome} data-step={step.step} data-outcome={step.outcome}>
          <span className="mark" aria-hidden="true">
            {marks[step.outcome]}
          </span>
          <span>
            {words[step.step]}
            {step.outcome === 'failed' ? ' failed' : ''}
          </span>
          <span className="note detail">{step.detail === undefined ? '' : safeText(step.detail)}</span>
          <span className="time">{step.durationMs === undefined ? '' : durationText(step.durationMs)}</span>
        </li>
      ))}
    </ol>
  );
}
