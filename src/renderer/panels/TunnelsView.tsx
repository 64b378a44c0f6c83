/** The tunnels: what listens on this machine, where it comes out, what went through, and why a line was last lost. */
import { localEndText, targetText, type Forward } from '../../contract/forward.ts';
import { ageText, momentText } from '../ui/age.ts';
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
  return (
    <div className="tunnels-view">
      <header>
        <h1>Tunnels</h1>
        <span className="spacer" />
        <Button look="primary" disabled={!hasHosts} onClick={onAdd}>
          Forward a port…
        </Button>
      </header>
      {forwards.length === 0 ? (
        <p className="note empty">
          No tunnel is open. A tunnel makes a port of an instance, or of a database or host only the instance can reach, answer at an address of this machine. It goes through Session Manager: no inbound rule, no SSH key.
        </p>
      ) : (
        <TunnelTable forwards={forwards} nowMs={nowMs} onRestart={onRestart} onChange={onChange} onClose={onClose} />
      )}
    </div>
  );
}

const marks: Readonly<Record<Forward['state'], string>> = { opening: '◐', listening: '●', resuming: '◐', failed: '▲' };

export function TunnelTable({ forwards, nowMs, onRestart, onChange, onClose }: Omit<TunnelsViewProps, 'hasHosts' | 'onAdd'>) {
  return (
    <div className="table-scroll">
      <table className="table tunnels" aria-label="Tunnels">
        <thead>
          <tr>
            <th scope="col">Local address</th>
            <th scope="col">Target</th>
            <th scope="col">State</th>
            <th scope="col" title="Open now / since it was opened">
              Connections
            </th>
            <th scope="col">Sent</th>
            <th scope="col">Received</th>
            <th scope="col">Opened</th>
            <th scope="col">Last drop</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
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
  const { state, error, lastDrop } = forward;
  const local = localEndText(forward.local);
  const name = `${local} to ${safeText(targetText(forward))}`;
  return (
    <tbody data-forward-id={forward.forwardId} data-state={state}>
      <tr>
        <th scope="row">
          {forward.local.kind === 'tcp' && forward.local.port === 0 ? <span className="note">a free port</span> : <Copyable value={local} mono label="the local address" />}
        </th>
        <td data-label="Target">
          <span className="target">{safeText(targetText(forward))}</span>
          {forward.remoteHost === undefined ? undefined : <span className="note block">through {safeText(forward.instanceName ?? forward.instanceId)}</span>}
          {forward.message === undefined ? undefined : <span className="note block tunnel-message">{safeLines(forward.message)}</span>}
        </td>
        <td data-label="State">
          <span className={`tunnel-state ${state}`}>
            <span aria-hidden="true">{marks[state]}</span> {state}
          </span>
          {forward.sessions === 1 ? undefined : <span className="note block">{forward.sessions} sessions</span>}
          {forward.endsAt === undefined || state === 'failed' ? undefined : (
            <span className="note block" title={momentText(forward.endsAt)}>
              ends {ageText(forward.endsAt, nowMs)}
            </span>
          )}
        </td>
        <td className="number" data-label="Connections" data-testid="connections">
          {forward.openConnections} / {forward.totalConnections}
        </td>
        <Moved label="Sent" bytes={forward.sentBytes} bytesPerSecond={forward.sentBytesPerSecond} />
        <Moved label="Received" bytes={forward.receivedBytes} bytesPerSecond={forward.receivedBytesPerSecond} />
        <td data-label="Opened" title={momentText(forward.openedAt)}>{ageText(forward.openedAt, nowMs)}</td>
        <td className="drop" data-label="Last drop">
          {lastDrop === undefined ? (
            <span className="note">none</span>
          ) : (
            <>
              <span title={momentText(lastDrop.time)}>{ageText(lastDrop.time, nowMs)}</span>
              {error === undefined ? <span className="note block">{safeText(lastDrop.reason)}</span> : undefined}
            </>
          )}
        </td>
        <td>
          <div className="row-buttons">
            {error === undefined ? (
              <Button look="quiet" onClick={() => onRestart(forward)} aria-label={`Restart ${name}`}>
                Restart
              </Button>
            ) : undefined}
            <Button look="quiet" onClick={() => onClose(forward)} aria-label={`Close ${name}`}>
              Close
            </Button>
          </div>
        </td>
      </tr>
      {error === undefined ? undefined : (
        <tr className="tunnel-error">
          <td colSpan={9}>
            <ErrorNote error={error}>
              <Button look="primary" onClick={() => onRestart(forward)}>
                Restart
              </Button>
              <Button onClick={() => onChange(forward)}>Change…</Button>
            </ErrorNote>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Moved({ label, bytes, bytesPerSecond }: { readonly label: string; readonly bytes: number; readonly bytesPerSecond: number }) {
  return (
    <td className="number" data-label={label} data-testid={label.toLowerCase()}>
      <span title={`${bytes.toLocaleString()} bytes`}>{bytesText(bytes)}</span>
      <span className="note block">{rateText(bytesPerSecond)}</span>
    </td>
  );
}
