/**
 * Gives a declared VPC its ids, route tables, gateways and endpoints, as AWS would have made them.
 */
import type { RegionDeclaration, VpcDeclaration } from './estateDeclaration.ts';
import { createIds, groupIdOf, privateDnsName, publicDnsName, subnetIdOf, vpcIdOf } from './estateIds.ts';
import type { DemoElasticIp, DemoNetworkInterface, DemoRouteTable, DemoSubnet, DemoVpcRoute, RegionEstate } from './estateModel.ts';
import { expandNetworkAcls } from './expandNetworkAcls.ts';

/** When the account's network was laid out. */
const NETWORK_CREATED = '2024-01-15T09:00:00Z';
/** Network addresses, router, DNS, reserved, broadcast. */
const RESERVED_ADDRESSES_A_SUBNET = 5;

export type VpcParts = Omit<RegionEstate, 'region' | 'keyPairs' | 'instances' | 'managedNodes' | 'prefixLists'>;

export function expandVpc(region: string, zones: RegionDeclaration['zones'], accountId: string, vpc: VpcDeclaration): Omit<VpcParts, 'securityGroups'> {
  const ids = createIds(region, 'vpc', vpc.name);
  const vpcId = vpcIdOf(region, vpc.name);
  const zoneOf = (subnet: string): string => `${region}${vpc.subnets.find((one) => one.name === subnet)?.zone ?? ''}`;
  const subnets = vpc.subnets.map((subnet): DemoSubnet => {
    const subnetIds = createIds(region, 'subnet', subnet.name);
    const prefixLength = Number(subnet.cidrBlock.split('/')[1]);
    return {
      subnetId: subnetIdOf(region, subnet.name),
      vpcId,
      availabilityZone: `${region}${subnet.zone}`,
      availabilityZoneId: zones[subnet.zone] ?? '',
      cidrBlock: subnet.cidrBlock,
      ...(subnet.ipv6CidrBlock === undefined ? {} : { ipv6CidrBlock: subnet.ipv6CidrBlock, ipv6AssociationId: subnetIds.id('subnet-cidr-assoc', 1) }),
      mapPublicIpOnLaunch: subnet.public,
      availableIpAddressCount: 2 ** (32 - prefixLength) - RESERVED_ADDRESSES_A_SUBNET,
      tags: { Name: subnet.name },
    };
  });

  const serviceInterfaces: DemoNetworkInterface[] = [];
  const addServiceInterface = (kind: DemoNetworkInterface['interfaceType'], name: string, options: { subnet: string; privateIp: string; groups: readonly string[]; description: string; requesterId: string; association?: DemoNetworkInterface['privateIpAddresses'][number]['association'] }): string => {
    const own = createIds(region, kind, name);
    const networkInterfaceId = own.id('eni', 1);
    serviceInterfaces.push({
      networkInterfaceId,
      interfaceType: kind,
      description: options.description,
      macAddress: own.mac(2),
      subnetId: subnetIdOf(region, options.subnet),
      vpcId,
      availabilityZone: zoneOf(options.subnet),
      privateIpAddresses: [
        {
          privateIpAddress: options.privateIp,
          privateDnsName: privateDnsName(region, options.privateIp),
          primary: true,
          ...(options.association === undefined ? {} : { association: options.association }),
        },
      ],
      ipv6Addresses: [],
      ipv4Prefixes: [],
      ipv6Prefixes: [],
      groupIds: options.groups.map((group) => groupIdOf(region, group)),
      sourceDestCheck: false,
      requesterId: options.requesterId,
      attachment: { attachmentId: own.id('ela-attach', 3), instanceOwnerId: 'amazon-aws', deviceIndex: 1, attachTime: NETWORK_CREATED, deleteOnTermination: false },
      tags: {},
    });
    return networkInterfaceId;
  };

  const elasticIps: DemoElasticIp[] = [];
  const natGateways = vpc.natGateway === undefined ? [] : [vpc.natGateway].map((nat) => {
    const own = createIds(region, 'nat_gateway', vpc.name);
    const natGatewayId = own.id('nat');
    const allocationId = own.id('eipalloc', 4);
    const associationId = own.id('eipassoc', 5);
    const networkInterfaceId = addServiceInterface('nat_gateway', vpc.name, {
      subnet: nat.subnet,
      privateIp: nat.privateIp,
      groups: [],
      description: `Interface for NAT Gateway ${natGatewayId}`,
      requesterId: accountId,
      association: { publicIp: nat.publicIp, publicDnsName: publicDnsName(region, nat.publicIp), ipOwnerId: accountId, allocationId, associationId },
    });
    elasticIps.push({ publicIp: nat.publicIp, allocationId, associationId, networkInterfaceId, privateIpAddress: nat.privateIp, tags: { Name: `${vpc.name}-nat` } });
    return { natGatewayId, vpcId, subnetId: subnetIdOf(region, nat.subnet), networkInterfaceId, allocationId, associationId, publicIp: nat.publicIp, privateIpAddress: nat.privateIp, createTime: NETWORK_CREATED, tags: { Name: `${vpc.name}-nat` } };
  });

  const internetGateways = vpc.internetGateway ? [{ internetGatewayId: ids.id('igw', 1), vpcId, tags: { Name: vpc.name } }] : [];
  const local: DemoVpcRoute[] = [{ destination: vpc.cidrBlock, gatewayId: 'local', origin: 'CreateRouteTable' }];
  if (vpc.ipv6CidrBlock !== undefined) local.push({ destination: vpc.ipv6CidrBlock, gatewayId: 'local', origin: 'CreateRouteTable' });
  const toInternet = internetGateways.flatMap(({ internetGatewayId }): DemoVpcRoute[] => [
    { destination: '0.0.0.0/0', gatewayId: internetGatewayId, origin: 'CreateRoute' },
    ...(vpc.ipv6CidrBlock === undefined ? [] : [{ destination: '::/0', gatewayId: internetGatewayId, origin: 'CreateRoute' as const }]),
  ]);
  const toNat = natGateways.map(({ natGatewayId }): DemoVpcRoute => ({ destination: '0.0.0.0/0', natGatewayId, origin: 'CreateRoute' }));
  const routeTable = (name: string, routes: readonly DemoVpcRoute[], main: boolean, members: VpcDeclaration['subnets']): DemoRouteTable => {
    const own = createIds(region, 'route-table', vpc.name, name);
    return {
      routeTableId: own.id('rtb'),
      vpcId,
      routes: [...local, ...routes],
      associations: main
        ? [{ associationId: own.id('rtbassoc', 1), main: true }]
        : members.map((subnet) => ({ associationId: createIds(region, 'route-table', subnet.name).id('rtbassoc'), main: false, subnetId: subnetIdOf(region, subnet.name) })),
      tags: main ? {} : { Name: `${vpc.name}-${name}` },
    };
  };
  const publicSubnets = vpc.subnets.filter((subnet) => subnet.public);
  const privateSubnets = vpc.subnets.filter((subnet) => !subnet.public);
  const routeTables = [
    routeTable('main', [], true, []),
    ...(publicSubnets.length > 0 ? [routeTable('public', toInternet, false, publicSubnets)] : []),
    ...(privateSubnets.length > 0 ? [routeTable('private', toNat, false, privateSubnets)] : []),
  ];

  const instanceConnectEndpoints = (vpc.instanceConnectEndpoint === undefined ? [] : [vpc.instanceConnectEndpoint]).map((endpoint) => {
    const instanceConnectEndpointId = createIds(region, 'ec2_instance_connect_endpoint', vpc.name).id('eice');
    return {
      instanceConnectEndpointId,
      vpcId,
      subnetId: subnetIdOf(region, endpoint.subnet),
      availabilityZone: zoneOf(endpoint.subnet),
      networkInterfaceId: addServiceInterface('ec2_instance_connect_endpoint', vpc.name, { ...endpoint, description: `EC2 Instance Connect Endpoint ${instanceConnectEndpointId}`, requesterId: 'amazon-aws' }),
      groupIds: endpoint.groups.map((group) => groupIdOf(region, group)),
      dnsName: `${instanceConnectEndpointId}.${createIds(region, 'ec2_instance_connect_endpoint', vpc.name).id('x', 6).slice(3, 11)}.ec2-instance-connect-endpoint.${region}.amazonaws.com`,
      createdAt: NETWORK_CREATED,
      tags: { Name: `${vpc.name}-endpoint` },
    };
  });
  const vpcEndpoints: RegionEstate['vpcEndpoints'][number][] = (vpc.interfaceEndpoints ?? []).map((endpoint) => {
    const name = `${vpc.name}-${endpoint.service}`;
    const vpcEndpointId = createIds(region, 'vpc_endpoint', name).id('vpce');
    return {
      vpcEndpointId,
      type: 'Interface',
      serviceName: `com.amazonaws.${region}.${endpoint.service}`,
      vpcId,
      routeTableIds: [],
      subnetIds: [subnetIdOf(region, endpoint.subnet)],
      groupIds: endpoint.groups.map((group) => groupIdOf(region, group)),
      networkInterfaceIds: [addServiceInterface('vpc_endpoint', name, { ...endpoint, description: `VPC Endpoint Interface ${vpcEndpointId}`, requesterId: '727180483921' })],
      createTime: NETWORK_CREATED,
      tags: { Name: name },
    };
  });
  if (vpc.s3Endpoint === true) {
    vpcEndpoints.push({
      vpcEndpointId: createIds(region, 'vpc_endpoint', `${vpc.name}-s3`).id('vpce'),
      type: 'Gateway',
      serviceName: `com.amazonaws.${region}.s3`,
      vpcId,
      routeTableIds: routeTables.filter((table) => table.tags['Name'] === `${vpc.name}-private`).map((table) => table.routeTableId),
      subnetIds: [],
      groupIds: [],
      networkInterfaceIds: [],
      createTime: NETWORK_CREATED,
      tags: { Name: `${vpc.name}-s3` },
    });
  }

  return {
    vpcs: [
      {
        vpcId,
        cidrBlock: vpc.cidrBlock,
        cidrAssociationId: ids.id('vpc-cidr-assoc', 2),
        ...(vpc.ipv6CidrBlock === undefined ? {} : { ipv6CidrBlock: vpc.ipv6CidrBlock, ipv6AssociationId: ids.id('vpc-cidr-assoc', 3) }),
        isDefault: false,
        dhcpOptionsId: createIds(region, 'dhcp').id('dopt'),
        tags: { Name: vpc.name },
      },
    ],
    subnets,
    routeTables,
    internetGateways,
    natGateways,
    networkAcls: expandNetworkAcls(region, vpc),
    elasticIps,
    networkInterfaces: serviceInterfaces,
    instanceConnectEndpoints,
    vpcEndpoints,
  };
}
