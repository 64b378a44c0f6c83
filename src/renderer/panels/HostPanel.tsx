/** Everything known about one instance, in sections that fold. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { RouteKind } from '../../contract/route.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { DeniedPermission } from '../../contract/scope.ts';
import type { SessionPreferences } from '../../contract/sessionPreferences.ts';
import { Button } from '../ui/Button.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { FoldSection } from '../ui/FoldSection.tsx';
import { safeText } from '../ui/safeText.ts';
import { AddressesSection } from './AddressesSection.tsx';
import { DeniedNote } from './DeniedNote.tsx';
import { FactsSection } from './FactsSection.tsx';
import { InterfaceCards } from './InterfaceCards.tsx';
import { ManagedNodeAddress, ManagedNodeMark, ManagedNodeNote } from './ManagedNode.tsx';
import { RoutesSection, type PlanState } from './RoutesSection.tsx';
import { SessionManagerSection } from './SessionManagerSection.tsx';
import { checksText, StateDot, stateWord } from './StateDot.tsx';
import { AGENTS, isDenied, StatusSection } from './StatusSection.tsx';
import { TagList } from './TagList.tsx';

export interface HostPanelProps {
  readonly instance: Instance;
  /** How SSH treats it. */
  readonly ssh?: ReactNode;
  readonly network: NetworkFacts | undefined;
  /** Sections that are asked of AWS when they are opened. */
  readonly detail?: ReactNode;
  /** Security groups, subnet and routes, VPC. */
  readonly networkSections?: ReactNode;
  /** What the account's policy hides of it. */
  readonly denied?: readonly DeniedPermission[] | undefined;
  /** Beside its buttons: what changes it. */
  readonly headerActions?: ReactNode;
  readonly plan: PlanState;
  readonly nowMs: number;
  readonly onReadPreferences: (instanceId: string) => Promise<SessionPreferences>;
  readonly foldedSections: readonly string[];
  /** What ~/.ssh/config says of it, as a section. */
  readonly sshConfig?: ReactNode;
  readonly onFold: (section: string, folded: boolean) => void;
  readonly onOpen: (via?: RouteKind) => void;
  readonly onChooseRoute: () => void;
  readonly onForward: () => void;
}

const sectionTitles = {
  Routes: 'host.routes',
  SSH: 'routes.kind.direct',
  Addresses: 'host.addresses',
  'Network interfaces': 'host.interfaces',
  Status: 'host.status',
  'Session Manager': 'host.sessionManager',
  Facts: 'host.facts',
  Tags: 'host.tags',
} as const;
type SectionName = keyof typeof sectionTitles;

export function HostPanel({ instance, ssh, network, detail, networkSections, denied = [], headerActions, plan, nowMs, onReadPreferences, foldedSections, sshConfig, onFold, onOpen, onChooseRoute, onForward }: HostPanelProps) {
  const { t } = useTranslation();
  const { managedNode } = instance;
  const tagCount = Object.keys(instance.tags).length;
  const checks = checksText(instance);
  // What is folded is remembered by these names, in whatever language the title is.
  const section = (name: SectionName, body: ReactNode, note?: string) => (
    <FoldSection title={t(sectionTitles[name])} note={note} folded={foldedSections.includes(name)} onFold={(folded) => onFold(name, folded)}>
      {body}
    </FoldSection>
  );
  return (
    <article className="host-panel" aria-label={t('host.panel', { name: safeText(instance.name ?? instance.instanceId) })} data-instance-id={instance.instanceId}>
      <header className="host-header">
        <h2>
          <Copyable value={instance.name ?? instance.instanceId} label={t('host.theName')} />
        </h2>
        <p>
          <StateDot instance={instance} /> <span className="state-word">{stateWord(instance.state)}</span>
          {checks === undefined ? undefined : <span className="note">{checks}</span>}
          {managedNode === undefined ? undefined : <ManagedNodeMark />}
          <Copyable value={instance.instanceId} mono label={t('host.theId')} />
        </p>
        <div className="row-buttons">
          <Button look="primary" onClick={() => onOpen()}>
            {t('host.open')}
          </Button>
          <Button onClick={onChooseRoute} title={t('host.openAsTitle')}>
            {t('host.openAs')}
          </Button>
          <Button onClick={onForward}>{t('host.forward')}</Button>
          {managedNode === undefined ? headerActions : undefined}
        </div>
      </header>
      <DeniedNote denied={denied} />
      {section(
        'Routes',
        <>
          <RoutesSection plan={plan} onOpen={onOpen} />
          {managedNode === undefined ? undefined : <ManagedNodeNote about="routes" />}
        </>,
      )}
      {ssh === undefined ? undefined : section('SSH', ssh)}
      {sshConfig}
      {section(
        'Addresses',
        managedNode === undefined ? (
          <>
            <DeniedNote denied={denied} permissions={['ec2:DescribeAddresses']} />
            <AddressesSection instance={instance} />
          </>
        ) : (
          <ManagedNodeAddress instance={instance} />
        ),
      )}
      {section(
        'Network interfaces',
        managedNode !== undefined ? (
          <ManagedNodeNote about="noInterfaces" />
        ) : instance.networkInterfaces.length === 0 ? (
          <p className="note">{t('host.noInterfaces', { id: instance.instanceId })}</p>
        ) : (
          <>
            <DeniedNote denied={denied} permissions={['ec2:DescribeNetworkInterfaces']} />
            <InterfaceCards key={instance.instanceId} instance={instance} network={network} />
          </>
        ),
        `${instance.networkInterfaces.length}`,
      )}
      {managedNode === undefined ? networkSections : undefined}
      {section('Status', <StatusSection instance={instance} denied={denied} nowMs={nowMs} />)}
      {instance.ssm !== undefined
        ? section('Session Manager', <SessionManagerSection instance={instance} onRead={onReadPreferences} />)
        : isDenied(denied, AGENTS)
          ? section('Session Manager', <DeniedNote denied={denied} permissions={[AGENTS]} />)
          : undefined}
      {section('Facts', <FactsSection instance={instance} network={network} />)}
      {managedNode === undefined ? detail : undefined}
      {section('Tags', <TagList tags={instance.tags} empty={t('host.noTags')} />, `${tagCount}`)}
    </article>
  );
}
