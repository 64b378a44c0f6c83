/**
 * An estate of any size, for trying out and measuring long lists: deterministic hosts spread over regions, VPCs, zones and states.
 */
import { allow } from './estateDeclaration.ts';
import type { EstateDeclaration, InstanceDeclaration, RegionDeclaration, SubnetDeclaration, VpcDeclaration } from './estateDeclaration.ts';
import { ACCOUNT_ID } from './estate.ts';
import { OFFICE_IPV4 } from './person.ts';

const roles = ['web', 'api', 'worker', 'db', 'cache', 'queue', 'build', 'batch'];
const environments = ['prod', 'stage'];
/** Two zones of each region that every account has without opting in. The first two are those of a fleet that names no number. */
const zoneLetters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ap-northeast-1': { a: 'apne1-az4', c: 'apne1-az1' },
  'us-east-2': { a: 'use2-az1', b: 'use2-az2' },
  ...Object.fromEntries(
    Object.entries({ 'us-east-1': 'use1', 'us-west-1': 'usw1', 'us-west-2': 'usw2', 'ap-south-1': 'aps1', 'ap-northeast-2': 'apne2', 'ap-northeast-3': 'apne3', 'ap-southeast-1': 'apse1', 'ap-southeast-2': 'apse2', 'ca-central-1': 'cac1', 'eu-central-1': 'euc1', 'eu-west-1': 'euw1', 'eu-west-2': 'euw2', 'eu-west-3': 'euw3', 'eu-north-1': 'eun1', 'sa-east-1': 'sae1' }).map(
      ([region, id]) => [region, { a: `${id}-az1`, b: `${id}-az2` }],
    ),
  ),
};
/** As many regions as an account has without opting in. */
export const FLEET_REGIONS = Object.keys(zoneLetters).length;
/** One host in so many stands in a public subnet, while documentation addresses last. */
const PUBLIC_EVERY = 25;
/** Hosts of 203.0.113.0/24 and 192.0.2.0/24. */
const PUBLIC_ADDRESSES = 2 * 254;
/** Skips the network address, the router, the DNS server and the reserved one. */
const FIRST_HOST_OF_SUBNET = 4;
const FIRST_LAUNCH_MS = Date.parse('2026-01-01T00:00:00Z');

export interface FleetPlace {
  /** How many regions of each account, of FLEET_REGIONS; 2 when absent. */
  readonly regions?: number;
  /** 1 when absent: the demo's own. */
  readonly account?: number;
  /** Hosts are numbered from here on, so that those of several accounts differ. */
  readonly firstIndex?: number;
}

/** One fleet over several accounts, the hosts spread evenly. */
export function fleetEstates(count: number, accounts: number, regions: number): EstateDeclaration[] {
  const shares = Array.from({ length: accounts }, (_, index) => Math.floor(count / accounts) + (index < count % accounts ? 1 : 0));
  let firstIndex = 0;
  return shares.map((share, index) => {
    const estate = fleetEstate(share, { account: index + 1, regions, firstIndex });
    firstIndex += share;
    return estate;
  });
}

export function fleetEstate(count: number, { regions: regionCount = 2, account = 1, firstIndex = 0 }: FleetPlace = {}): EstateDeclaration {
  const regions = Object.keys(zoneLetters).slice(0, regionCount);
  const vpcNames = environments.map((environment) => (account === 1 ? environment : `${environment}${account}`));
  const instances = new Map<string, InstanceDeclaration[]>(regions.map((region) => [region, []]));
  const usedAddresses = new Map<string, number>();
  let publicAddresses = 0;
  for (let index = 0; index < count; index += 1) {
    const region = regions[index % regions.length] ?? '';
    const zones = Object.keys(zoneLetters[region] ?? {});
    // One region's hosts are every so-manieth of the fleet's.
    const turn = Math.floor(index / regions.length);
    const zone = zones[turn % zones.length] ?? '';
    const environment = Math.floor(turn / 2) % environments.length;
    const vpc = vpcNames[environment] ?? '';
    const role = roles[Math.floor(turn / 4) % roles.length] ?? '';
    // Documentation addresses are few: the first account has them all.
    const isPublic = account === 1 && index % PUBLIC_EVERY === 0 && publicAddresses < PUBLIC_ADDRESSES;
    const kind = isPublic ? 'public' : 'private';
    const subnet = `${vpc}-${kind}-${zone}`;
    const place = (usedAddresses.get(`${region}/${subnet}`) ?? 0) + 1;
    usedAddresses.set(`${region}/${subnet}`, place);
    const publicIp = isPublic ? toPublicAddress(publicAddresses) : undefined;
    if (isPublic) publicAddresses += 1;
    const stopped = index % 10 === 9;
    instances.get(region)?.push({
      name: `${role}-${String(firstIndex + index + 1).padStart(4, '0')}`,
      image: role === 'build' ? 'ubuntu' : 'amazon-linux',
      instanceType: role === 'db' ? 'r6i.large' : 't3.small',
      zone,
      launchTime: new Date(FIRST_LAUNCH_MS + index * 60_000).toISOString().replace('.000Z', 'Z'),
      ...(stopped ? { state: 'stopped' as const, stateReason: { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' }, stateTransitionReason: 'User initiated (2026-11-01 00:00:00 GMT)' } : {}),
      interfaces: [
        {
          subnet,
          groups: [`${vpc}-${isPublic ? 'front' : 'back'}`],
          addresses: [{ privateIp: toPrivateAddress(subnetBlocks[kind], zones.indexOf(zone), place), ...(publicIp === undefined || stopped ? {} : { publicIp }) }],
        },
      ],
      keyName: 'demo-key',
      ...(index % 3 === 2 || stopped ? {} : { agent: 'Online' as const }),
      ...(index % 97 === 96 && !stopped ? { impairedForMinutes: 12 } : {}),
      tags: { env: environments[environment] ?? '', role, owner: `team-${index % 7}` },
    });
  }
  return { accountId: accountIdOf(account), userName: 'demo', regions: regions.map((region) => toRegion(region, vpcNames, instances.get(region) ?? [])) };
}

/** 111122223333 and, for the others, the numbers AWS keeps for examples: 222233330002, ... */
function accountIdOf(account: number): string {
  return account === 1 ? ACCOUNT_ID : `22223333${String(account).padStart(4, '0')}`;
}

/** The third number of each kind's first /18. */
const subnetBlocks = { public: 0, private: 128 } as const;

function toPrivateAddress(firstBlock: number, zoneIndex: number, place: number): string {
  const host = place - 1 + FIRST_HOST_OF_SUBNET;
  return `10.0.${firstBlock + 64 * zoneIndex + Math.floor(host / 256)}.${host % 256}`;
}

function toPublicAddress(index: number): string {
  return index < 254 ? `203.0.113.${index + 1}` : `192.0.2.${index - 253}`;
}

function toRegion(region: string, vpcNames: readonly string[], instances: readonly InstanceDeclaration[]): RegionDeclaration {
  const zones = zoneLetters[region] ?? {};
  return {
    region,
    zones,
    vpcs: vpcNames.map((name): VpcDeclaration => ({
      name,
      cidrBlock: '10.0.0.0/16',
      internetGateway: true,
      subnets: Object.keys(zones).flatMap((zone, zoneIndex): SubnetDeclaration[] => [
        { name: `${name}-public-${zone}`, zone, cidrBlock: `10.0.${64 * zoneIndex}.0/18`, public: true },
        { name: `${name}-private-${zone}`, zone, cidrBlock: `10.0.${128 + 64 * zoneIndex}.0/18`, public: false },
      ]),
    })),
    securityGroups: vpcNames.flatMap((vpc) => [
      { name: `${vpc}-front`, vpc, description: 'SSH from the office', inbound: [allow('tcp', 22, OFFICE_IPV4, 'office')] },
      { name: `${vpc}-back`, vpc, description: 'From inside only', inbound: [allow('tcp', 22, '10.0.0.0/16', 'inside')] },
    ]),
    idleElasticIps: [],
    instances,
  };
}
