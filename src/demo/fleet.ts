/**
 * An estate of any size, for trying out and measuring long lists: deterministic hosts spread over regions, VPCs, zones and states.
 */
import { allow } from './estateDeclaration.ts';
import type { EstateDeclaration, InstanceDeclaration, RegionDeclaration, SubnetDeclaration, VpcDeclaration } from './estateDeclaration.ts';
import { ACCOUNT_ID } from './estate.ts';
import { OFFICE_IPV4 } from './person.ts';

const roles = ['web', 'api', 'worker', 'db', 'cache', 'queue', 'build', 'batch'];
const vpcNames = ['prod', 'stage'];
const zoneLetters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'ap-northeast-1': { a: 'apne1-az4', c: 'apne1-az1' },
  'us-east-2': { a: 'use2-az1', b: 'use2-az2' },
};
/** One host in so many stands in a public subnet, while documentation addresses last. */
const PUBLIC_EVERY = 25;
/** Hosts of 203.0.113.0/24 and 192.0.2.0/24. */
const PUBLIC_ADDRESSES = 2 * 254;
/** Skips the network address, the router, the DNS server and the reserved one. */
const FIRST_HOST_OF_SUBNET = 4;
const FIRST_LAUNCH_MS = Date.parse('2026-01-01T00:00:00Z');

export function fleetEstate(count: number): EstateDeclaration {
  const regions = Object.keys(zoneLetters);
  const instances = new Map<string, InstanceDeclaration[]>(regions.map((region) => [region, []]));
  const usedAddresses = new Map<string, number>();
  let publicAddresses = 0;
  for (let index = 0; index < count; index += 1) {
    const region = regions[index % regions.length] ?? '';
    const zones = Object.keys(zoneLetters[region] ?? {});
    const zone = zones[Math.floor(index / 2) % zones.length] ?? '';
    const vpc = vpcNames[Math.floor(index / 4) % vpcNames.length] ?? '';
    const role = roles[Math.floor(index / 8) % roles.length] ?? '';
    const isPublic = index % PUBLIC_EVERY === 0 && publicAddresses < PUBLIC_ADDRESSES;
    const subnet = `${vpc}-${isPublic ? 'public' : 'private'}-${zone}`;
    const place = (usedAddresses.get(`${region}/${subnet}`) ?? 0) + 1;
    usedAddresses.set(`${region}/${subnet}`, place);
    const publicIp = isPublic ? toPublicAddress(publicAddresses) : undefined;
    if (isPublic) publicAddresses += 1;
    const stopped = index % 10 === 9;
    instances.get(region)?.push({
      name: `${role}-${String(index + 1).padStart(4, '0')}`,
      image: role === 'build' ? 'ubuntu' : 'amazon-linux',
      instanceType: role === 'db' ? 'r6i.large' : 't3.small',
      zone,
      launchTime: new Date(FIRST_LAUNCH_MS + index * 60_000).toISOString().replace('.000Z', 'Z'),
      ...(stopped ? { state: 'stopped' as const, stateReason: { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' }, stateTransitionReason: 'User initiated (2026-11-01 00:00:00 GMT)' } : {}),
      interfaces: [
        {
          subnet,
          groups: [`${vpc}-${isPublic ? 'front' : 'back'}`],
          addresses: [{ privateIp: toPrivateAddress(subnetBlocks[subnet.replace(/^.*?-/, '').replace(/-.$/, '')] ?? 0, zones.indexOf(zone), place), ...(publicIp === undefined || stopped ? {} : { publicIp }) }],
        },
      ],
      keyName: 'demo-key',
      ...(index % 3 === 2 || stopped ? {} : { agent: 'Online' as const }),
      ...(index % 97 === 96 && !stopped ? { impairedForMinutes: 12 } : {}),
      tags: { env: vpc, role, owner: `team-${index % 7}` },
    });
  }
  return { accountId: ACCOUNT_ID, userName: 'demo', regions: regions.map((region) => toRegion(region, instances.get(region) ?? [])) };
}

/** The third number of each kind's first /18. */
const subnetBlocks: Readonly<Record<string, number>> = { public: 0, private: 128 };

function toPrivateAddress(firstBlock: number, zoneIndex: number, place: number): string {
  const host = place - 1 + FIRST_HOST_OF_SUBNET;
  return `10.0.${firstBlock + 64 * zoneIndex + Math.floor(host / 256)}.${host % 256}`;
}

function toPublicAddress(index: number): string {
  return index < 254 ? `203.0.113.${index + 1}` : `192.0.2.${index - 253}`;
}

function toRegion(region: string, instances: readonly InstanceDeclaration[]): RegionDeclaration {
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
