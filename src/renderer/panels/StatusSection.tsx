/** State and reason, both status checks with the time they were seen, scheduled events, SSM agent, launch time. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Instance, ScheduledEvent, StatusCheck } from '../../contract/instance.ts';
import type { DeniedPermission } from '../../contract/scope.ts';
import { en } from '../i18n/en.ts';
import { ageText, momentText } from '../ui/age.ts';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeText } from '../ui/safeText.ts';
import { stateWord } from './StateDot.tsx';
import { ManagedNodeStatus } from './ManagedNode.tsx';
import { DeniedNote } from './DeniedNote.tsx';

export interface StatusSectionProps {
  readonly instance: Instance;
  /** What the account's policy hides. */
  readonly denied?: readonly DeniedPermission[];
  readonly nowMs: number;
}

export function StatusSection({ instance, denied = [], nowMs }: StatusSectionProps) {
  const { t } = useTranslation();
  const { statusChecks, stateReason } = instance;
  const word = stateWord(instance.state);
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
        <Fact name={t('host.stateFact')} value={instance.state} note={word === instance.state ? undefined : word} />
        <Fact name={t('host.reason')} value={stateReason?.message ?? stateReason?.code} note={stateReason?.message !== undefined && stateReason.code !== undefined && !stateReason.message.includes(stateReason.code) ? safeText(stateReason.code) : undefined} />
        <Fact name={t('host.lastChange')} value={instance.stateTransitionReason} />
        <Fact name={t('host.launched')} value={instance.launchTime === undefined ? undefined : momentText(instance.launchTime)} note={instance.launchTime === undefined ? undefined : ageText(instance.launchTime, nowMs)} />
      </Facts>
      {statusChecks === undefined && isDenied(denied, CHECKS) ? (
        <DeniedNote denied={denied} permissions={[CHECKS]} />
      ) : statusChecks === undefined ? (
        <p className="note">{instance.state === 'running' ? t('host.checksNotTold') : t('host.checksNotRunning')}</p>
      ) : (
        <ul className="checks">
          <Check about="system" check={statusChecks.systemStatus} nowMs={nowMs} />
          <Check about="instance" check={statusChecks.instanceStatus} nowMs={nowMs} />
          {statusChecks.attachedEbsStatus === undefined ? undefined : <Check about="ebs" check={statusChecks.attachedEbsStatus} nowMs={nowMs} />}
          <li className="note">{t('host.checksSeen', { age: ageText(statusChecks.seenAt, nowMs) })}</li>
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
/** What tells whether there is an agent at all. */
export const AGENTS = 'ssm:DescribeInstanceInformation';

export function isDenied(denied: readonly DeniedPermission[], wanted: string): boolean {
  return denied.some(({ permission }) => permission === wanted);
}

function checkWord(status: string, t: TFunction): string {
  const known = Object.keys(en.host.checkStatus).find((one): one is keyof typeof en.host.checkStatus => one === status);
  return known === undefined ? safeText(status) : t(`host.checkStatus.${known}`);
}

interface CheckProps {
  /** Whose side it looks at. */
  readonly about: 'system' | 'instance' | 'ebs';
  readonly check: StatusCheck;
  readonly nowMs: number;
}

function Check({ about, check, nowMs }: CheckProps) {
  const { t } = useTranslation();
  const level = check.status === 'ok' ? 'yes' : check.status === 'impaired' ? 'no' : 'unknown';
  const mark = { yes: '●', no: '▲', unknown: '◐' }[level];
  return (
    <li>
      <span className={`usable ${level}`}>
        <span aria-hidden="true">{mark}</span> {checkWord(check.status, t)}
      </span>{' '}
      {t(`host.check.${about}.name`)} <span className="note">({t(`host.check.${about}.side`)})</span>
      {check.detail === undefined && check.impairedSince === undefined ? undefined : (
        <p className="note">
          {check.detail === undefined ? '' : safeText(check.detail)}
          {check.impairedSince === undefined ? '' : ` ${t('host.since', { moment: momentText(check.impairedSince), age: ageText(check.impairedSince, nowMs) })}`}
          {check.status === 'impaired' ? `${t('host.checkStop')}${t(`host.check.${about}.remedy`)}` : ''}
        </p>
      )}
    </li>
  );
}

function Scheduled({ event, nowMs }: { readonly event: ScheduledEvent; readonly nowMs: number }) {
  const { t } = useTranslation();
  return (
    <div className="scheduled">
      <strong>{t('host.scheduled', { code: safeText(event.code) })}</strong>
      <Facts>
        <Fact name={t('host.what')} value={event.description} />
        <Fact name={t('host.notBefore')} value={moment(event.notBefore)} note={event.notBefore === undefined ? undefined : ageText(event.notBefore, nowMs)} />
        <Fact name={t('host.notAfter')} value={moment(event.notAfter)} />
        <Fact name={t('host.deadline')} value={moment(event.notBeforeDeadline)} />
        <Fact name={t('host.event')} value={event.instanceEventId} mono />
      </Facts>
    </div>
  );
}

function SsmFactsView({ instance: { ssm, ssmKnown }, nowMs }: StatusSectionProps) {
  const { t } = useTranslation();
  if (ssm === undefined) return <p className="note">{ssmKnown ? t('host.ssmNotRegistered') : t('host.ssmNotKnown')}</p>;
  const platform = [ssm.platformName ?? ssm.platformType, ssm.platformVersion].filter((part) => part !== undefined).join(' ');
  return (
    <Facts>
      <Fact name={t('host.ssmPing')} value={ssm.pingStatus} note={ssm.lastPingDateTime === undefined ? undefined : ageText(ssm.lastPingDateTime, nowMs)} />
      <Fact name={t('host.ssmAgent')} value={ssm.agentVersion} note={ssm.isLatestVersion === false ? t('host.ssmNotLatest') : ssm.isLatestVersion === true ? t('host.ssmLatest') : undefined} />
      <Fact name={t('host.ssmPlatform')} value={platform === '' ? undefined : platform} />
      <Fact name={t('host.computerName')} value={ssm.computerName} />
      <Fact name={t('host.ssmSeen')} value={ageText(ssm.seenAt, nowMs)} />
    </Facts>
  );
}

function moment(isoTime: string | undefined): string | undefined {
  return isoTime === undefined ? undefined : momentText(isoTime);
}
