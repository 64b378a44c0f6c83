/** EC2's part of the demo: its Describe calls and the console log. */
import type { Clock } from '../services/base/clock.ts';
import { AwsError } from './awsError.ts';
import { ec2Query } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { Actions, AwsService } from './awsService.ts';
import { toConsoleOutput } from './consoleOutput.ts';
import type { DemoHosts } from './demoHosts.ts';
import { createPowerActions } from './ec2Actions.ts';
import { createKeyPairActions } from './ec2KeyPairs.ts';
import { instanceStatuses, instances, toEc2Date, withStatus } from './ec2Instances.ts';
import type { Ec2Context } from './ec2Instances.ts';
import { instanceConnectEndpoints, internetGateways, natGateways, networkAcls, routeTables, vpcEndpoints } from './ec2Gateways.ts';
import { addresses, keyPairs, regions, securityGroups, subnets, vpcs } from './ec2Network.ts';
import { networkInterfaces } from './ec2NetworkInterfaces.ts';
import { createMachineActions } from './ec2Machines.ts';
import { describe } from './ec2Query.ts';
import { describeVpcAttribute, dhcpOptions, egressOnlyInternetGateways, getPrefixListEntries, peeringConnections, prefixLists } from './ec2VpcDetail.ts';
import type { Estate, RegionEstate } from './estateModel.ts';
import type { InstancePower } from './instancePower.ts';
import type { SerialConsole } from './serialConsole.ts';
import type { XmlElements } from './xml.ts';

/** @param tunnelAddress where the tunnels of EC2 Instance Connect Endpoints are opened */
export function createEc2Service(estate: Estate, hosts: DemoHosts, tunnelAddress: string, serialConsole: Pick<SerialConsole, 'enabled'>, power: InstancePower, clock: Clock): AwsService {
  const contexts = new Map(estate.regions.map((region) => [region.region, createContext(estate, region, power)]));
  const contextOf = (region: RegionEstate): Ec2Context => contexts.get(region.region) ?? createContext(estate, region, power);
  const actions: Actions<URLSearchParams, XmlElements> = {
    DescribeInstances: (query, region) => describe(instances(contextOf(region)), region.instances, query),
    DescribeInstanceStatus: (query, region) => describe(instanceStatuses(contextOf(region)), withStatus(region.instances, query), query),
    DescribeNetworkInterfaces: (query, region) => describe(networkInterfaces(contextOf(region)), region.networkInterfaces, query),
    DescribeAddresses: (query, region) => describe(addresses(contextOf(region), region.region), region.elasticIps, query),
    DescribeVpcs: (query, region) => describe(vpcs(contextOf(region)), region.vpcs, query),
    DescribeSubnets: (query, region) => describe(subnets(contextOf(region), region.region), region.subnets, query),
    DescribeSecurityGroups: (query, region) => describe(securityGroups(contextOf(region), region.region), region.securityGroups, query),
    DescribeKeyPairs: (query, region) => describe(keyPairs(), region.keyPairs, query),
    DescribeRegions: (query) => describe(regions, estate.regions, query),
    DescribeRouteTables: (query, region) => describe(routeTables(contextOf(region), region.vpcEndpoints, region.region), region.routeTables, query),
    DescribeInternetGateways: (query, region) => describe(internetGateways(contextOf(region)), region.internetGateways, query),
    DescribeNatGateways: (query, region) => describe(natGateways, region.natGateways, query),
    DescribeNetworkAcls: (query, region) => describe(networkAcls(contextOf(region)), region.networkAcls, query),
    DescribeInstanceConnectEndpoints: (query, region) => describe(instanceConnectEndpoints(contextOf(region), region.region, tunnelAddress), region.instanceConnectEndpoints, query),
    DescribeVpcEndpoints: (query, region) => describe(vpcEndpoints(contextOf(region)), region.vpcEndpoints, query),
    DescribeVpcAttribute: (query, region) => describeVpcAttribute(query, region),
    DescribeDhcpOptions: (query, region) => describe(dhcpOptions(contextOf(region), region.region), [...new Set(region.vpcs.map((vpc) => vpc.dhcpOptionsId))].map((dhcpOptionsId) => ({ dhcpOptionsId })), query),
    DescribeManagedPrefixLists: (query, region) => describe(prefixLists, region.prefixLists, query),
    GetManagedPrefixListEntries: (query, region) => getPrefixListEntries(query, region),
    DescribeEgressOnlyInternetGateways: (query) => describe(egressOnlyInternetGateways, [], query),
    DescribeVpcPeeringConnections: (query) => describe(peeringConnections, [], query),
    ...createMachineActions(estate.accountId),
    GetSerialConsoleAccessStatus: () => ({ serialConsoleAccessEnabled: serialConsole.enabled, managedBy: 'account' }),
    GetConsoleOutput: (query, region) => getConsoleOutput(query, region, hosts),
    ...createPowerActions(power, clock),
    ...createKeyPairActions(estate.accountId, clock),
  };
  return createAwsService('ec2', ec2Query, actions);
}

function createContext(estate: Estate, region: RegionEstate, power: InstancePower): Ec2Context {
  const groupNames = new Map(region.securityGroups.map((group) => [group.groupId, group.groupName]));
  const zoneIds = new Map(region.subnets.map((subnet) => [subnet.availabilityZone, subnet.availabilityZoneId]));
  return { accountId: estate.accountId, groupName: (groupId) => groupNames.get(groupId) ?? '', zoneId: (availabilityZone) => zoneIds.get(availabilityZone), canHibernate: (instance) => power.canHibernate(instance) };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html */
function getConsoleOutput(query: URLSearchParams, region: RegionEstate, hosts: DemoHosts): XmlElements {
  const instanceId = query.get('InstanceId');
  if (instanceId === null) throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
  const instance = region.instances.find((one) => one.instanceId === instanceId);
  if (instance === undefined) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
  if (query.get('Latest') === 'true' && instance.instanceType.startsWith('t2.')) throw new AwsError('UnsupportedOperation', 'This instance type does not support retrieving the latest console logs. Supported are only those based on the Nitro system.');
  const timestamp = toEc2Date(instance.launchTime);
  // Before the first boot, and for Windows, which logs elsewhere.
  if (instance.state === 'pending' || instance.windows) return { instanceId, timestamp };
  return { instanceId, timestamp, output: Buffer.from(toConsoleOutput(instance, hosts.host(instance).hostKeyLines())).toString('base64') };
}
