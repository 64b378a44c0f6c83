/** The host panel's network sections. Nothing is read while all of them are folded. */
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import type { NetworkReach } from '../../contract/networkReach.ts';
import { ErrorNote } from '../panels/ErrorNote.tsx';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/Button.tsx';
import { FoldSection } from '../ui/FoldSection.tsx';
import { SecurityGroupsSection } from './SecurityGroupsSection.tsx';
import { SubnetSection } from './SubnetSection.tsx';
import { useNetworkReach, type NetworkActions } from './useNetworkReach.ts';
import { VpcSection } from './VpcSection.tsx';

/** By these names they are remembered as folded, in every language. */
const sections = { groups: 'Security groups', subnet: 'Subnet and routes', vpc: 'VPC' } as const;

export interface NetworkSectionsProps {
  readonly instance: Instance;
  readonly network: NetworkFacts | undefined;
  /** The panel is in view and the services can be asked. */
  readonly shown: boolean;
  readonly actions: NetworkActions;
  readonly nowMs: number;
  readonly foldedSections: readonly string[];
  readonly onFold: (section: string, folded: boolean) => void;
  /** More is known of the network than before: the ways in may be judged anew. */
  readonly onRead: () => void;
}

export function NetworkSections({ instance, network, shown, actions, nowMs, foldedSections, onFold, onRead }: NetworkSectionsProps) {
  const { t } = useTranslation();
  const inVpc = instance.vpcId !== undefined;
  const wanted = inVpc && shown && Object.values(sections).some((name) => !foldedSections.includes(name));
  const { state, readAgain, judgeAgain } = useNetworkReach(actions.reach, instance, network, wanted);
  const known = state.name === 'ready' ? `${state.reach.readAt} ${state.reach.person?.lookedUpAt ?? ''}` : undefined;
  useEffect(() => {
    if (known !== undefined) onRead();
  }, [known, onRead]);
  if (!inVpc) return undefined;
  const section = (name: keyof typeof sections, body: (reach: NetworkReach) => ReactNode, note?: string) => (
    <FoldSection title={t(`network.${name}`)} note={note} folded={foldedSections.includes(sections[name])} onFold={(folded) => onFold(sections[name], folded)}>
      {state.name === 'loading' ? <p className="note">{t('network.reading')}</p> : undefined}
      {state.name === 'failed' ? <ErrorNote error={state.error} silent /> : undefined}
      {state.name === 'ready' ? body(state.reach) : undefined}
      {state.name === 'loading' ? undefined : (
        <p className="note">
          {state.name === 'ready' ? t('network.readAt', { age: ageText(state.reach.readAt, nowMs) }) : undefined}{' '}
          <Button look="quiet" onClick={readAgain}>
            {t('network.readAgain')}
          </Button>
        </p>
      )}
    </FoldSection>
  );
  const handleLookUp = async (): Promise<void> => {
    await actions.lookUpAddress(instance.instanceId);
    judgeAgain();
  };
  return (
    <>
      {section('groups', (reach) => <SecurityGroupsSection reach={reach} onLookUp={handleLookUp} />, `${new Set(instance.networkInterfaces.flatMap(({ groups }) => groups.map(({ groupId }) => groupId))).size}`)}
      {section('subnet', (reach) => <SubnetSection reach={reach} />)}
      {section('vpc', (reach) => <VpcSection reach={reach} />)}
    </>
  );
}
