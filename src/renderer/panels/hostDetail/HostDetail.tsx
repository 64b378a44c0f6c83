/** The sections of the host panel that are asked of AWS when they are opened. Folded until then: some of the calls are billed or slow. */
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import type { Instance } from '../../../contract/instance.ts';
import type { KeyPair } from '../../../contract/key.ts';
import type { NetworkFacts } from '../../../contract/network.ts';
import type { DeniedPermission } from '../../../contract/scope.ts';
import type { HostDetailActions } from '../../state/hostDetailActions.ts';
import { FoldSection } from '../../ui/FoldSection.tsx';
import { AccessSection } from './AccessSection.tsx';
import { AskedSection } from './AskedSection.tsx';
import { ConsoleSection } from './ConsoleSection.tsx';
import { DetailsSection } from './DetailsSection.tsx';
// Here and not with the charts: what tests import has no style sheets.
import 'uplot/dist/uPlot.min.css';
import './hostDetail.css';
import { MetricsSection } from './MetricsSection.tsx';
import { StorageSection } from './StorageSection.tsx';
import { useAsked } from './useAsked.ts';

const askedSections = ['metrics', 'details', 'access', 'storage', 'console'] as const;
export type AskedSectionName = (typeof askedSections)[number];

export interface HostDetailProps {
  readonly instance: Instance;
  readonly keys: readonly KeyPair[];
  readonly network: NetworkFacts | undefined;
  /** What the account's policy hides. */
  readonly denied?: readonly DeniedPermission[] | undefined;
  readonly comparedIds: readonly string[];
  readonly nameOf: (instanceId: string) => string;
  readonly actions: HostDetailActions;
  readonly theme: string;
  readonly nowMs: number;
  /** As the settings keep it: these sections are in it while they are open. */
  readonly foldedSections: readonly string[];
  readonly onFold: (section: string, folded: boolean) => void;
  readonly onCompare: (instanceIds: readonly string[]) => void;
}

/** How the list of folded sections says that one of these, which begin folded, is open. */
export function openMark(section: AskedSectionName): string {
  return `open:${section}`;
}

export function HostDetail(props: HostDetailProps) {
  const { instance, actions, nowMs, foldedSections } = props;
  const { instanceId } = instance;
  const { t } = useTranslation();
  const section = (name: AskedSectionName, body: ReactNode) => {
    const mark = openMark(name);
    return (
      <FoldSection title={t(`hostDetail.${name}`)} folded={!foldedSections.includes(mark)} onFold={(folded) => props.onFold(mark, !folded)}>
        {body}
      </FoldSection>
    );
  };
  return (
    <>
      {section('metrics', <MetricsSection instanceId={instanceId} comparedIds={props.comparedIds} nameOf={props.nameOf} theme={props.theme} nowMs={nowMs} onRead={actions.metrics} onCompare={props.onCompare} />)}
      {section('details', <AskedDetails {...props} />)}
      {section('access', <AskedAccess {...props} />)}
      {section('storage', <AskedStorage {...props} />)}
      {section('console', <ConsoleSection key={instanceId} nowMs={nowMs} onOutput={() => actions.output(instanceId)} onScreenshot={() => actions.screenshot(instanceId)} />)}
    </>
  );
}

/** Another state is another answer. */
function keyOf({ instanceId, state }: Instance): string {
  return `${instanceId} ${state}`;
}

function AskedDetails({ instance, actions, nowMs }: HostDetailProps) {
  const asked = useAsked(keyOf(instance), () => actions.details(instance.instanceId));
  return (
    <AskedSection asked={asked} nowMs={nowMs}>
      {(details) => <DetailsSection instance={instance} details={details} nowMs={nowMs} />}
    </AskedSection>
  );
}

function AskedAccess({ instance, actions, keys, network, denied, nowMs }: HostDetailProps) {
  const asked = useAsked(keyOf(instance), () => actions.access(instance.instanceId));
  return (
    <AskedSection asked={asked} nowMs={nowMs}>
      {(access) => <AccessSection instance={instance} access={access} keys={keys} ec2KeyNames={network?.ec2KeyPairs?.map(({ keyName }) => keyName)} denied={denied} />}
    </AskedSection>
  );
}

function AskedStorage({ instance, actions, nowMs }: HostDetailProps) {
  const asked = useAsked(keyOf(instance), () => actions.storage(instance.instanceId));
  return (
    <AskedSection asked={asked} nowMs={nowMs}>
      {(storage) => <StorageSection storage={storage} />}
    </AskedSection>
  );
}
