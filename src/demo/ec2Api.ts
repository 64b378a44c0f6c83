/** EC2's part of the demo: its Describe calls and the console log. */
import { AwsError } from './awsError.ts';
import { ec2Query } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { Actions, AwsService } from './awsService.ts';
import { toConsoleOutput } from './consoleOutput.ts';
import type { DemoHosts } from './demoHosts.ts';
import { instanceStatuses, instances, toEc2Date, withStatus } from './ec2Instances.ts';
import type { Ec2Context } from './ec2Instances.ts';
import { instanceConnectEndpoints, internetGateways, natGateways, networkAcls, routeTables, vpcEndpoints } from './ec2Gateways.ts';
import { addresses, keyPairs, regions, securityGroups, subnets, vpcs } from './ec2Network.ts';
import { networkInterfaces } from './ec2NetworkInterfaces.ts';
import { describe } from './ec2Query.ts';
import type { Estate, RegionEstate } from './estateModel.ts';
import type { SerialConsole } from './serialConsole.ts';
import type { XmlElements } from './xml.ts';

/** @param tunnelAddress where the tunnels of EC2 Instance Connect Endpoints are opened */
export function createEc2Service(estate: Estate, hosts: DemoHosts, tunnelAddress: string, serialConsole: Pick<SerialConsole, 'enabled'>): AwsService {
  const contexts = new Map(estate.regions.map((region) => [region.region, createContext(estate, region)]));
  const contextOf = (region: RegionEstate): Ec2Context => contexts.get(region.region) ?? createContext(estate, region);
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
    DescribeRouteTables: (query, region) => describe(routeTables(contextOf(region)), region.routeTables, query),
    DescribeInternetGateways: (query, region) => describe(internetGateways(contextOf(region)), region.internetGateways, query),
    DescribeNatGateways: (query, region) => describe(natGateways, region.natGateways, query),
    DescribeNetworkAcls: (query, region) => describe(networkAcls(contextOf(region)), region.networkAcls, query),
    DescribeInstanceConnectEndpoints: (query, region) => describe(instanceConnectEndpoints(contextOf(region), region.region, tunnelAddress), region.instanceConnectEndpoints, query),
    DescribeVpcEndpoints: (query, region) => describe(vpcEndpoints(contextOf(region)), region.vpcEndpoints, query),
    GetSerialConsoleAccessStatus: () => ({ serialConsoleAccessEnabled: serialConsole.enabled, managedBy: 'account' }),
    GetConsoleOutput: (query, region) => getConsoleOutput(query, region, hosts),
  };
  return createAwsService('ec2', ec2Query, actions);
}

function createContext(estate: Estate, region: RegionEstate): Ec2Context {
  const groupNames = new Map(region.securityGroups.map((group) => [group.groupId, group.groupName]));
  const zoneIds = new Map(region.subnets.map((subnet) => [subnet.availabilityZone, subnet.availabilityZoneId]));
  return { accountId: estate.accountId, groupName: (groupId) => groupNames.get(groupId) ?? '', zoneId: (availabilityZone) => zoneIds.get(availabilityZone) };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html */
function getConsoleOutput(query: URLSearchParams, region: RegionEstate, hosts: DemoHosts): XmlElements {
  const instanceId = query.get('InstanceId');
  if (instanceId === null) throw new AwsError('MissingParameter', 'The request must contain the parameter InstanceId');
  const instance = region.instances.find((one) => one.instanceId === instanceId);
  if (instance === undefined) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${instanceId}' does not exist`);
  const timestamp = toEc2Date(instance.launchTime);
  // Before the first boot, and for Windows, which logs elsewhere.
  if (instance.state === 'pending' || instance.windows) return { instanceId, timestamp };
  return { instanceId, timestamp, output: Buffer.from(toConsoleOutput(instance, hosts.host(instance).hostKeyLines())).toString('base64') };
}
