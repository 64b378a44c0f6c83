/** Actions under way whose dialog is closed, and those that ended since: one line each, until it is dismissed. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActionRun } from '../../../contract/action.ts';
import { Button } from '../../ui/Button.tsx';
import { tally } from './actionRules.ts';

export interface ActionRunsProps {
  readonly runs: ReadonlyMap<string, ActionRun>;
  /** The one that a dialog shows. */
  readonly shownId: string | undefined;
  readonly hidden: boolean;
  readonly onShow: (run: ActionRun) => void;
}

/** As many at once; older ones are in the history. */
const SHOWN_RUNS = 3;

export function ActionRuns({ runs, shownId, hidden, onShow }: ActionRunsProps) {
  const { t } = useTranslation();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(() => new Set([...runs.values()].flatMap(({ actionId, endedAt }) => (endedAt === undefined ? [] : [actionId]))));
  const seenId = shownId !== undefined && runs.get(shownId)?.endedAt !== undefined ? shownId : undefined;
  // Its end was seen in the dialog.
  useEffect(() => {
    if (seenId !== undefined) setDismissed((before) => new Set([...before, seenId]));
  }, [seenId]);
  const dismiss = (actionId: string): void => setDismissed(new Set([...dismissed, actionId]));
  const shown = [...runs.values()].filter(({ actionId }) => actionId !== shownId && !dismissed.has(actionId)).slice(-SHOWN_RUNS);
  if (hidden || shown.length === 0) return undefined;
  return (
    <aside className="action-runs" aria-label={t('hostActions.actions')}>
      {shown.map((run) => {
        const counts = { action: t(`hostActions.kind.${run.kind}`), ...tally(run) };
        return (
          <p key={run.actionId} className={`action-run${counts.failed > 0 ? ' failed' : ''}`} role="status">
            <span>{t(counts.failed > 0 ? 'hostActions.summaryFailed' : 'hostActions.summary', counts)}</span>
            <Button look="quiet" onClick={() => onShow(run)}>
              {t('hostActions.show')}
            </Button>
            <Button look="quiet" onClick={() => dismiss(run.actionId)}>
              {t('hostActions.dismiss')}
            </Button>
          </p>
        );
      })}
    </aside>
  );
}
