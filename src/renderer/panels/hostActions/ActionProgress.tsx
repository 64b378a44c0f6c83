/** How an action goes, host by host: its state and address as they change, and what came of it. */
import { useTranslation } from 'react-i18next';
import type { ActionHost, ActionRun } from '../../../contract/action.ts';
import type { Instance } from '../../../contract/instance.ts';
import { safeText } from '../../ui/safeText.ts';
import { ErrorNote } from '../ErrorNote.tsx';
import { StateDot, stateWord } from '../StateDot.tsx';

export interface ActionProgressProps {
  readonly run: ActionRun;
  readonly instances: ReadonlyMap<string, Instance>;
}

const marks: Readonly<Record<ActionHost['phase'], string>> = { waiting: '○', asking: '◐', retrying: '◐', changing: '◐', done: '●', failed: '▲' };

export function ActionProgress({ run, instances }: ActionProgressProps) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll" aria-live="polite">
      <table className="table action-progress" aria-label={t('hostActions.progress')}>
        <thead>
          <tr>
            <th scope="col">{t('hostActions.host')}</th>
            <th scope="col">{t('hostActions.state')}</th>
            <th scope="col">{t('hostActions.address')}</th>
            <th scope="col">{t('hostActions.result')}</th>
          </tr>
        </thead>
        <tbody>
          {run.hosts.map((host) => (
            <HostProgress key={host.instanceId} host={host} instance={instances.get(host.instanceId)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HostProgress({ host, instance }: { readonly host: ActionHost; readonly instance: Instance | undefined }) {
  const { t } = useTranslation();
  const { phase, stateBefore, state, publicIpBefore, publicIp, attempts, error } = host;
  const none = t('hostActions.noAddress');
  const change = (before: string, after: string): string => (before === after ? after : t('hostActions.becomes', { before, after }));
  return (
    <>
      <tr data-instance-id={host.instanceId} data-phase={phase}>
        <th scope="row">{safeText(host.instanceName ?? host.instanceId)}</th>
        <td>
          {instance === undefined ? undefined : <StateDot instance={instance} />} {change(stateWord(stateBefore), stateWord(state))}
        </td>
        <td className="mono">{safeText(change(publicIpBefore ?? none, publicIp ?? none))}</td>
        <td>
          <span className={`action-phase ${phase}`}>
            <span aria-hidden="true">{marks[phase]}</span> {phase === 'retrying' ? t('hostActions.phase.retrying', { count: attempts + 1 }) : t(`hostActions.phase.${phase}`)}
          </span>
        </td>
      </tr>
      {error === undefined ? undefined : (
        <tr className="action-error">
          <td colSpan={4}>
            <ErrorNote error={error} silent />
          </td>
        </tr>
      )}
    </>
  );
}
