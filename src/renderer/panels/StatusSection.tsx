/** State and reason, both status checks with the time they were seen, scheduled events, SSM agent, launch time. */
import type { Instance, ScheduledEvent, StatusCheck } from '../../contract/instance.ts';
import type { DeniedPermission } from '../../contract/scope.ts';
import { ageText, momentText } from '../ui/age.ts';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeText } from '../ui/safeText.ts';
import { ManagedNodeStatus } from './ManagedNode.tsx';
import { DeniedNote } from './DeniedNote.tsx';

export interface StatusSectionProps {
  readonly instance: Instance;
  /** What the account's policy hides. */
  readonly denied?: readonly DeniedPermission[];
  readonly nowMs: number;
}

export function StatusSection({ instance, denied = [], nowMs }: StatusSectionProps) {
  const { statusChecks, stateReason } = instance;
  if (instance.managedNode !== undefined) {
    return (
      <>
        <ManagedNodeStatus state={instance.state} node={instance.managedNode} nowMs={nowMs} />
        <SsmFactsView instance={instance} nowMs={nowMs} />
      </>
    );
  }
  return (
    <>
      <Facts>
        <Fact name="State" value={instance.state} />
        <Fact name="Reason" value={stateReason?.message ?? stateReason?.code} note={stateReason?.message !== undefined && stateReason.code !== undefined && !stateReason.message.includes(stateReason.code) ? safeText(stateReason.code) : undefined} />
        <Fact name="Last change" value={instance.stateTransitionReason} />
        <Fact name="Launched" value={instance.launchTime === undefined ? undefined : momentText(instance.launchTime)} note={instance.launchTime === undefined ? undefined : ageText(instance.launchTime, nowMs)} />
      </Facts>
      {statusChecks === undefined && isDenied(denied, CHECKS) ? (
        <DeniedNote denied={denied} permissions={[CHECKS]} />
      ) : statusChecks === undefined ? (
        <p className="note">{instance.state === 'running' ? 'Status checks were not told yet.' : 'Status checks run on running instances only.'}</p>
      ) : (
        <ul className="checks">
          <Check name="System check" side="AWS: hardware, power, network" remedy="Stop and start moves the instance to other hardware; a reboot does not." check={statusChecks.systemStatus} nowMs={nowMs} />
          <Check name="Instance check" side="the operating system" remedy="A reboot often mends it; the console output may say why." check={statusChecks.instanceStatus} nowMs={nowMs} />
          {statusChecks.attachedEbsStatus === undefined ? undefined : <Check name="EBS check" side="attached volumes" remedy="See the state of its EBS volumes." check={statusChecks.attachedEbsStatus} nowMs={nowMs} />}
          <li className="note">Seen {ageText(statusChecks.seenAt, nowMs)}.</li>
        </ul>
      )}
      {statusChecks?.scheduledEvents.map((event) => (
        <Scheduled key={event.instanceEventId ?? `${event.code}${event.notBefore ?? ''}`} event={event} nowMs={nowMs} />
      ))}
      {instance.ssm === undefined && isDenied(denied, AGENTS) ? <DeniedNote denied={denied} permissions={[AGENTS]} /> : <SsmFactsView instance={instance} nowMs={nowMs} />}
    </>
  );
}

const CHECKS = 'ec2:DescribeInstanceStatus';
const AGENTS = 'ssm:DescribeInstanceInformation';

function isDenied(denied: readonly DeniedPermission[], wanted: string): boolean {
  return denied.some(({ permission }) => permission === wanted);
}

interface CheckProps {
  readonly name: string;
  /** Whose side it looks at. */
  readonly side: string;
  readonly remedy: string;
  readonly check: StatusCheck;
  readonly nowMs: number;
}

function Check({ name, side, remedy, check, nowMs }: CheckProps) {
  const level = check.status === 'ok' ? 'yes' : check.status === 'impaired' ? 'no' : 'unknown';
  const mark = { yes: '●', no: '▲', unknown: '◐' }[level];
  return (
    <li>
      <span className={`usable ${level}`}>
        <span aria-hidden="true">{mark}</span> {safeText(check.status)}
      </span>{' '}
      {name} <span className="note">({side})</span>
      {check.detail === undefined && check.impairedSince === undefined ? undefined : (
        <p className="note">
          {check.detail === undefined ? '' : safeText(check.detail)}
          {check.impairedSince === undefined ? '' : ` since ${momentText(check.impairedSince)} (${ageText(check.impairedSince, nowMs)})`}
          {check.status === 'impaired' ? `. ${remedy}` : ''}
        </p>
      )}
    </li>
  );
}

function Scheduled({ event, nowMs }: { readonly event: ScheduledEvent; readonly nowMs: number }) {
  return (
    <div className="scheduled">
      <strong>Scheduled: {safeText(event.code)}</strong>
      <Facts>
        <Fact name="What" value={event.description} />
        <Fact name="Not before" value={moment(event.notBefore)} note={event.notBefore === undefined ? undefined : ageText(event.notBefore, nowMs)} />
        <Fact name="Not after" value={moment(event.notAfter)} />
        <Fact name="Deadline" value={moment(event.notBeforeDeadline)} />
        <Fact name="Event" value={event.instanceEventId} mono />
      </Facts>
    </div>
  );
}

function SsmFactsView({ instance: { ssm, ssmKnown }, nowMs }: StatusSectionProps) {
  if (ssm === undefined) return <p className="note">{ssmKnown ? 'SSM: not registered with Systems Manager.' : 'SSM: Systems Manager has not answered yet.'}</p>;
  const platform = [ssm.platformName ?? ssm.platformType, ssm.platformVersion].filter((part) => part !== undefined).join(' ');
  return (
    <Facts>
      <Fact name="SSM ping" value={ssm.pingStatus} note={ssm.lastPingDateTime === undefined ? undefined : ageText(ssm.lastPingDateTime, nowMs)} />
      <Fact name="SSM agent" value={ssm.agentVersion} note={ssm.isLatestVersion === false ? 'not the latest' : ssm.isLatestVersion === true ? 'latest' : undefined} />
      <Fact name="SSM platform" value={platform === '' ? undefined : platform} />
      <Fact name="Computer name" value={ssm.computerName} />
      <Fact name="SSM seen" value={ageText(ssm.seenAt, nowMs)} />
    </Facts>
  );
}

function moment(isoTime: string | undefined): string | undefined {
  return isoTime === undefined ? undefined : momentText(isoTime);
}
