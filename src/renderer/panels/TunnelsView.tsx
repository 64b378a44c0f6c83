/** The tunnels: what listens on this machine, where it comes out, what went through, and why a line was last lost. */
import { useTranslation } from 'react-i18next';
import { localEndText, targetText, type Forward } from '../../contract/forward.ts';
import { useSaid } from '../i18n/said.ts';
import { ageText, momentTitle } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { bytesText, rateText } from '../ui/bytes.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { safeLines, safeText } from '../ui/safeText.ts';
import { ErrorNote } from './ErrorNote.tsx';

export interface TunnelsViewProps {
  readonly forwards: readonly Forward[];
  readonly nowMs: number;
  /** Whether anything is listed that a tunnel could lead to. */
  readonly hasHosts: boolean;
  readonly onAdd: () => void;
  readonly onRestart: (forward: Forward) => void;
  readonly onChange: (forward: Forward) => void;
  readonly onClose: (forward: Forward) => void;
}

export function TunnelsView({ forwards, nowMs, hasHosts, onAdd, onRestart, onChange, onClose }: TunnelsViewProps) {
  const { t } = useTranslation();
  return (
    <div className="tunnels-view">
      <header>
        <h1>{t('tunnels.title')}</h1>
        <span className="spacer" />
        <Button look="primary" disabled={!hasHosts} onClick={onAdd}>
          {t('tunnels.add')}
        </Button>
      </header>
      {forwards.length === 0 ? (
        <p className="note empty">{t('tunnels.none')}</p>
      ) : (
        <TunnelTable forwards={forwards} nowMs={nowMs} onRestart={onRestart} onChange={onChange} onClose={onClose} />
      )}
    </div>
  );
}

const marks: Readonly<Record<Forward['state'], string>> = { opening: '◐', listening: '●', resuming: '◐', failed: '▲' };
const words = { opening: 'tunnels.stateOpening', listening: 'tunnels.stateListening', resuming: 'tunnels.stateResuming', failed: 'tunnels.stateFailed' } as const;

export function TunnelTable({ forwards, nowMs, onRestart, onChange, onClose }: Omit<TunnelsViewProps, 'hasHosts' | 'onAdd'>) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="table tunnels" aria-label={t('tunnels.title')}>
        <thead>
          <tr>
            <th scope="col">{t('tunnels.localAddress')}</th>
            <th scope="col">{t('tunnels.target')}</th>
            <th scope="col">{t('tunnels.state')}</th>
            <th scope="col" title={t('tunnels.connectionsTitle')}>
              {t('tunnels.connections')}
            </th>
            <th scope="col">{t('tunnels.sent')}</th>
            <th scope="col">{t('tunnels.received')}</th>
            <th scope="col">{t('tunnels.opened')}</th>
            <th scope="col">{t('tunnels.lastDrop')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('tunnels.actions')}</span>
            </th>
          </tr>
        </thead>
        {forwards.map((forward) => (
          <TunnelRows key={forward.forwardId} forward={forward} nowMs={nowMs} onRestart={onRestart} onChange={onChange} onClose={onClose} />
        ))}
      </table>
    </div>
  );
}

interface TunnelRowsProps extends Omit<TunnelsViewProps, 'forwards' | 'hasHosts' | 'onAdd'> {
  readonly forward: Forward;
}

/** The row, and under it what went wrong. */
function TunnelRows({ forward, nowMs, onRestart, onChange, onClose }: TunnelRowsProps) {
  const { t } = useTranslation();
  const said = useSaid();
  const { state, error, lastDrop } = forward;
  const local = localEndText(forward.local);
  const target = safeText(targetText(forward));
  const host = safeText(forward.instanceName ?? forward.instanceId);
  const name = forward.kind === 'remote' ? t('tunnels.remoteName', { target, host, local }) : t('tunnels.name', { local, target });
  return (
    <tbody data-forward-id={forward.forwardId} data-state={state}>
      <tr>
        <th scope="row">
          {forward.local.kind === 'tcp' && forward.local.port === 0 ? <span className="note">{t('tunnels.freePort')}</span> : <Copyable value={local} mono label={t('tunnels.copyLocal')} />}
        </th>
        <td data-label={t('tunnels.target')}>
          <span className="target">{forward.kind === 'dynamic' ? t('tunnels.dynamicTarget', { target }) : target}</span>
          {forward.kind === undefined && forward.remoteHost !== undefined ? <span className="note block">{t('tunnels.through', { host })}</span> : undefined}
          {forward.kind === 'dynamic' ? <span className="note block">{t('tunnels.dynamicNote')}</span> : undefined}
          {forward.kind === 'remote' ? <span className="note block">{t('tunnels.remoteNote', { host })}</span> : undefined}
          {forward.message === undefined ? undefined : <span className="note block tunnel-message">{safeLines(said(forward.message))}</span>}
        </td>
        <td data-label={t('tunnels.state')}>
          <span className={`tunnel-state ${state}`}>
            <span aria-hidden="true">{marks[state]}</span> {t(words[state])}
          </span>
          {forward.sessions === 1 ? undefined : <span className="note block">{t('tunnels.sessionCount', { count: forward.sessions })}</span>}
          {forward.endsAt === undefined || state === 'failed' ? undefined : (
            <span className="note block" title={momentTitle(forward.endsAt)}>
              {t('tunnels.ends', { when: ageText(forward.endsAt, nowMs) })}
            </span>
          )}
        </td>
        <td className="number" data-label={t('tunnels.connections')} data-testid="connections">
          {forward.openConnections} / {forward.totalConnections}
        </td>
        <Moved label={t('tunnels.sent')} testId="sent" bytes={forward.sentBytes} bytesPerSecond={forward.sentBytesPerSecond} />
        <Moved label={t('tunnels.received')} testId="received" bytes={forward.receivedBytes} bytesPerSecond={forward.receivedBytesPerSecond} />
        <td data-label={t('tunnels.opened')} title={momentTitle(forward.openedAt)}>{ageText(forward.openedAt, nowMs)}</td>
        <td className="drop" data-label={t('tunnels.lastDrop')}>
          {lastDrop === undefined ? (
            <span className="note">{t('tunnels.noDrop')}</span>
          ) : (
            <>
              <span title={momentTitle(lastDrop.time)}>{ageText(lastDrop.time, nowMs)}</span>
              {error === undefined ? <span className="note block">{safeText(said(lastDrop.reason))}</span> : undefined}
            </>
          )}
        </td>
        <td>
          <div className="row-buttons">
            {error === undefined && forward.kind !== 'remote' ? (
              <Button look="quiet" onClick={() => onRestart(forward)} aria-label={t('tunnels.restartNamed', { name })}>
                {t('tunnels.restart')}
              </Button>
            ) : undefined}
            <Button look="quiet" onClick={() => onClose(forward)} aria-label={t('tunnels.closeNamed', { name })}>
              {t('common.close')}
            </Button>
          </div>
        </td>
      </tr>
      {error === undefined ? undefined : (
        <tr className="tunnel-error">
          <td colSpan={9}>
            <ErrorNote error={error}>
              <Button look="primary" onClick={() => onRestart(forward)}>
                {t('tunnels.restart')}
              </Button>
              {forward.kind === undefined ? <Button onClick={() => onChange(forward)}>{t('tunnels.change')}</Button> : undefined}
            </ErrorNote>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Moved({ label, testId, bytes, bytesPerSecond }: { readonly label: string; readonly testId: string; readonly bytes: number; readonly bytesPerSecond: number }) {
  const { t } = useTranslation();
  return (
    <td className="number" data-label={label} data-testid={testId}>
      <span title={t('tunnels.bytes', { count: bytes })}>{bytesText(bytes)}</span>
      <span className="note block">{rateText(bytesPerSecond)}</span>
    </td>
  );
}
