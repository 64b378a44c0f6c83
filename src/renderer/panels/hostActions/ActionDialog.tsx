/** Says what an action costs each host before it is done, asks for what must be typed, and then shows how it goes. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActionCosts, ActionKind, ActionRun } from '../../../contract/action.ts';
import { toPosternError, type ErrorReport } from '../../../contract/error.ts';
import type { Instance } from '../../../contract/instance.ts';
import type { HostActionCalls } from '../../state/hostActionCalls.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../ErrorNote.tsx';
import { useSubmit } from '../useSubmit.ts';
import { ActionCostList } from './ActionCostList.tsx';
import { ActionProgress } from './ActionProgress.tsx';
import { unconfirmed } from './actionRules.ts';

export interface ActionDialogProps {
  readonly kind: ActionKind;
  readonly instanceIds: readonly string[];
  /** One that is under way, or is over, is shown instead of asked for. */
  readonly actionId: string | undefined;
  readonly runs: ReadonlyMap<string, ActionRun>;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly calls: HostActionCalls;
  /** It runs under this id from now on. */
  readonly onRun: (actionId: string) => void;
  readonly onClose: () => void;
}

export function ActionDialog({ kind, instanceIds, actionId, runs, instances, calls, onRun, onClose }: ActionDialogProps) {
  const { t } = useTranslation();
  // One for each dialog: a second click asks for the same run.
  const [ownId] = useState(() => crypto.randomUUID());
  const [costs, setCosts] = useState<readonly ActionCosts[]>();
  const [unread, setUnread] = useState<ErrorReport>();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const submit = useSubmit();
  const asked = useRef({ kind, instanceIds, calls, needed: actionId === undefined });
  useEffect(() => {
    if (!asked.current.needed) return undefined;
    let shown = true;
    asked.current.calls.costs(asked.current.kind, asked.current.instanceIds).then(
      (answer) => {
        if (shown) setCosts(answer);
      },
      (thrown: unknown) => {
        if (shown) setUnread(toPosternError(thrown).toReport());
      },
    );
    return () => {
      shown = false;
    };
  }, []);

  const run = runs.get(actionId ?? ownId);
  if (run !== undefined)
    return (
      <Dialog
        title={t(`hostActions.running.${run.kind}`)}
        wide
        onClose={onClose}
        footer={
          <>
            {run.endedAt === undefined ? <span className="note action-goes-on">{t('hostActions.keepsGoing')}</span> : undefined}
            <Button look="primary" data-autofocus onClick={onClose}>
              {t('common.close')}
            </Button>
          </>
        }
      >
        <ActionProgress run={run} instances={instances} />
      </Dialog>
    );

  const possible = costs?.filter(({ impossible }) => impossible === undefined) ?? [];
  const missing = costs === undefined ? [] : unconfirmed(costs, typed);
  const start = (): void =>
    submit.run(
      () => calls.run({ actionId: ownId, kind, instanceIds: possible.map(({ instanceId }) => instanceId), typedNames: { ...typed } }),
      () => onRun(ownId),
    );
  return (
    <Dialog
      title={t(`hostActions.title.${kind}`, { count: instanceIds.length })}
      wide
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="action-form" look={kind === 'start' ? 'primary' : 'danger'} disabled={submit.busy || possible.length === 0 || missing.length > 0}>
            {t(`hostActions.doIt.${kind}`)}
          </Button>
        </>
      }
    >
      <form
        id="action-form"
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (possible.length > 0 && missing.length === 0) start();
        }}
      >
        {costs === undefined && unread === undefined ? <p role="status">{t('hostActions.reading')}</p> : undefined}
        {unread === undefined ? undefined : <ErrorNote error={unread} />}
        {costs === undefined ? undefined : <ActionCostList kind={kind} costs={costs} typed={typed} onType={(instanceId, name) => setTyped({ ...typed, [instanceId]: name })} />}
        {costs !== undefined && possible.length === 0 ? <p className="note">{t('hostActions.nothingToDo')}</p> : undefined}
        {submit.error === undefined ? undefined : <ErrorNote error={submit.error} />}
      </form>
    </Dialog>
  );
}
