/**
 * Turns a declared estate into the estate the demo cloud serves. The same declaration gives the same ids in every run.
 */
import type { EstateDeclaration, RegionDeclaration } from './estateDeclaration.ts';
import { createIds, groupIdOf } from './estateIds.ts';
import type { DemoElasticIp, DemoKeyPair, DemoNetworkInterface, Estate, RegionEstate } from './estateModel.ts';
import { elasticIdsOf, expandInstance } from './expandInstance.ts';
import { expandManagedNode } from './expandManagedNode.ts';
import { expandPrefixLists } from './expandPrefixLists.ts';
import { expandSecurityGroups } from './expandSecurityGroups.ts';
import { expandVpc } from './expandVpc.ts';

/** The public half of a key pair; every region has it. */
export type KeyPairDeclaration = Omit<DemoKeyPair, 'keyPairId' | 'tags'>;

/** @param nowMs what "47 minutes ago" and "in 9 days" are counted from; milliseconds since 1970 */
export function expandEstate(declaration: EstateDeclaration, keyPairs: readonly KeyPairDeclaration[], nowMs: number): Estate {
  const { accountId, userName } = declaration;
  return { accountId, userName, regions: declaration.regions.map((region) => expandRegion(region, accountId, keyPairs, nowMs)) };
}

function expandRegion(declaration: RegionDeclaration, accountId: string, keyPairs: readonly KeyPairDeclaration[], nowMs: number): RegionEstate {
  const { region } = declaration;
  const vpcs = declaration.vpcs.map((vpc) => expandVpc(region, declaration.zones, accountId, vpc));
  const subnets = vpcs.flatMap((vpc) => vpc.subnets);
  const context = {
    region,
    accountId,
    nowMs,
    subnets: new Map(subnets.map((subnet) => [subnet.tags['Name'] ?? '', subnet])),
    groupIds: new Map(declaration.securityGroups.map(({ name }) => [name, groupIdOf(region, name)])),
  };
  const prefixLists = expandPrefixLists(declaration, accountId);
  const instances = declaration.instances.map((instance) => expandInstance(instance, context));
  const networkInterfaces = [...instances.flatMap((instance) => instance.networkInterfaces), ...vpcs.flatMap((vpc) => vpc.networkInterfaces)];
  const usedAddresses = new Map<string, number>();
  for (const { subnetId, privateIpAddresses } of networkInterfaces) usedAddresses.set(subnetId, (usedAddresses.get(subnetId) ?? 0) + privateIpAddresses.length);
  return {
    region,
    vpcs: vpcs.flatMap((vpc) => vpc.vpcs),
    subnets: subnets.map((subnet) => ({ ...subnet, availableIpAddressCount: subnet.availableIpAddressCount - (usedAddresses.get(subnet.subnetId) ?? 0) })),
    routeTables: vpcs.flatMap((vpc) => vpc.routeTables),
    internetGateways: vpcs.flatMap((vpc) => vpc.internetGateways),
    natGateways: vpcs.flatMap((vpc) => vpc.natGateways),
    networkAcls: vpcs.flatMap((vpc) => vpc.networkAcls),
    securityGroups: expandSecurityGroups(declaration, prefixLists),
    prefixLists,
    keyPairs: keyPairs.map((pair) => ({ ...pair, keyPairId: createIds(region, 'key-pair', pair.keyName).id('key'), tags: {} })),
    elasticIps: [
      ...instances.flatMap((instance) => instance.networkInterfaces.flatMap((one) => elasticIpsOf(one, instance.name))),
      ...vpcs.flatMap((vpc) => vpc.elasticIps),
      ...declaration.idleElasticIps.map(({ name, publicIp }) => ({ publicIp, allocationId: elasticIdsOf(region, publicIp).allocationId, tags: { Name: name } })),
    ],
    networkInterfaces,
    instanceConnectEndpoints: vpcs.flatMap((vpc) => vpc.instanceConnectEndpoints),
    vpcEndpoints: vpcs.flatMap((vpc) => vpc.vpcEndpoints),
    instances,
    managedNodes: (declaration.managedNodes ?? []).map((node) => expandManagedNode(node, region, keyPairs[0]?.keyName ?? '')),
  };
}

function elasticIpsOf(networkInterface: DemoNetworkInterface, name: string): DemoElasticIp[] {
  return networkInterface.privateIpAddresses.flatMap(({ association, privateIpAddress }) =>
    association?.allocationId === undefined
      ? []
      : [
          {
            publicIp: association.publicIp,
            allocationId: association.allocationId,
            ...(association.associationId === undefined ? {} : { associationId: association.associationId }),
            networkInterfaceId: networkInterface.networkInterfaceId,
            privateIpAddress,
            ...(networkInterface.attachment.instanceId === undefined ? {} : { instanceId: networkInterface.attachment.instanceId }),
            tags: { Name: name },
          },
        ],
  );
}
