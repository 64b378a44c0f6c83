/** What an instance is and where it stands. */
import { useTranslation } from 'react-i18next';
import type { Instance } from '../../contract/instance.ts';
import type { NetworkFacts } from '../../contract/network.ts';
import { subnetName, vpcName } from '../state/names.ts';
import { regionName } from '../state/regionName.ts';
import { Fact, Facts } from '../ui/Facts.tsx';
import { safeText } from '../ui/safeText.ts';

export interface FactsSectionProps {
  readonly instance: Instance;
  readonly network: NetworkFacts | undefined;
}

export function FactsSection({ instance, network }: FactsSectionProps) {
  const { t } = useTranslation();
  const { scope, platformDetails, architecture } = instance;
  return (
    <Facts>
      <Fact name={t('host.type')} value={instance.instanceType} />
      <Fact name={t('host.platform')} value={platformDetails ?? architecture} note={platformDetails === undefined || architecture === undefined ? undefined : safeText(architecture)} />
      <Fact name={t('host.image')} value={instance.imageId} mono />
      <Fact name={t('host.profile')} value={scope.profile} />
      <Fact name={t('host.account')} value={scope.accountId} mono />
      <Fact name={t('host.region')} value={scope.region} note={regionName(scope.region)} />
      <Fact name={t('host.zone')} value={instance.availabilityZone} />
      <Fact name={t('host.vpc')} value={instance.vpcId} mono note={vpcName(network, instance.vpcId)} />
      <Fact name={t('host.subnet')} value={instance.subnetId} mono note={subnetName(network, instance.subnetId)} />
      {instance.securityGroups.map(({ groupId, groupName }) => (
        <Fact key={groupId} name={t('host.group')} value={groupId} mono note={groupName === undefined ? undefined : safeText(groupName)} />
      ))}
      <Fact name={t('host.keyPair')} value={instance.keyName} />
      <Fact name={t('host.instanceProfile')} value={instance.iamInstanceProfileArn} mono />
    </Facts>
  );
}
