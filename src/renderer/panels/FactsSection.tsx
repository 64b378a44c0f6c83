/** What an instance is and where it stands. */
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
  const { scope } = instance;
  return (
    <Facts>
      <Fact name="Type" value={instance.instanceType} />
      <Fact name="Platform" value={instance.platformDetails} note={instance.architecture === undefined ? undefined : safeText(instance.architecture)} />
      <Fact name="Image" value={instance.imageId} mono />
      <Fact name="Profile" value={scope.profile} />
      <Fact name="Account" value={scope.accountId} mono />
      <Fact name="Region" value={scope.region} note={regionName(scope.region)} />
      <Fact name="Zone" value={instance.availabilityZone} />
      <Fact name="VPC" value={instance.vpcId} mono note={vpcName(network, instance.vpcId)} />
      <Fact name="Subnet" value={instance.subnetId} mono note={subnetName(network, instance.subnetId)} />
      {instance.securityGroups.map(({ groupId, groupName }) => (
        <Fact key={groupId} name="Security group" value={groupId} mono note={groupName === undefined ? undefined : safeText(groupName)} />
      ))}
      <Fact name="Key pair" value={instance.keyName} />
      <Fact name="Instance profile" value={instance.iamInstanceProfileArn} mono />
    </Facts>
  );
}
