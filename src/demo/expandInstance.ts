/**
 * Gives a declared instance its ids, interfaces, addresses, status and Systems Manager agent.
 */
import type { ImageName, InstanceDeclaration, InterfaceDeclaration } from './estateDeclaration.ts';
import { createIds, privateDnsName, publicDnsName } from './estateIds.ts';
import type { DemoAgent, DemoInstance, DemoNetworkInterface, DemoPrivateIpAddress, DemoSubnet } from './estateModel.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface ExpansionContext {
  readonly region: string;
  readonly accountId: string;
  /** By declared name. */
  readonly subnets: ReadonlyMap<string, Pick<DemoSubnet, 'subnetId' | 'vpcId'>>;
  readonly groupIds: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

interface DemoImage {
  readonly imageId: string;
  readonly architecture: DemoInstance['architecture'];
  readonly platformDetails: string;
  readonly rootDeviceName: string;
  readonly osUser: string;
  readonly agent: Pick<DemoAgent, 'platformType' | 'platformName' | 'platformVersion'>;
}

const amazonLinux = {
  platformDetails: 'Linux/UNIX',
  rootDeviceName: '/dev/xvda',
  osUser: 'ec2-user',
  agent: { platformType: 'Linux', platformName: 'Amazon Linux', platformVersion: '2023' },
} as const;

const images: Readonly<Record<ImageName, DemoImage>> = {
  'amazon-linux': { ...amazonLinux, imageId: 'ami-0c1638aa346a43fe8', architecture: 'x86_64' },
  'amazon-linux-arm': { ...amazonLinux, imageId: 'ami-0a71e3eb8b23101ed', architecture: 'arm64' },
  ubuntu: {
    imageId: 'ami-0d52744d6551d851e',
    architecture: 'x86_64',
    platformDetails: 'Linux/UNIX',
    rootDeviceName: '/dev/sda1',
    osUser: 'ubuntu',
    agent: { platformType: 'Linux', platformName: 'Ubuntu', platformVersion: '24.04' },
  },
  windows: {
    imageId: 'ami-0b20f552f63953f0e',
    architecture: 'x86_64',
    platformDetails: 'Windows',
    rootDeviceName: '/dev/sda1',
    osUser: 'Administrator',
    agent: { platformType: 'Windows', platformName: 'Microsoft Windows Server 2022 Datacenter', platformVersion: '10.0.20348' },
  },
};

/** An agent reports every five minutes; after an hour of silence it counts as inactive. */
const PING_AGE_SECONDS = { Online: 47, ConnectionLost: 9 * 24 * 60 * 60, Inactive: 2 * 60 * 60 } as const;

export function expandInstance(declaration: InstanceDeclaration, context: ExpansionContext): DemoInstance {
  const { region, accountId, nowMs } = context;
  const ids = createIds(region, 'instance', declaration.name);
  const instanceId = ids.id('i');
  const image = images[declaration.image];
  const state = declaration.state ?? 'running';
  const networkInterfaces = declaration.interfaces.map((one, deviceIndex) => expandInterface(one, deviceIndex, declaration, instanceId, context));
  const primary = networkInterfaces[0];
  const name = declaration.nameTag ?? declaration.name;
  return {
    instanceId,
    name,
    region,
    reservationId: ids.id('r', 1),
    state,
    ...(declaration.stateReason === undefined ? {} : { stateReason: declaration.stateReason }),
    stateTransitionReason: declaration.stateTransitionReason ?? '',
    imageId: image.imageId,
    instanceType: declaration.instanceType,
    architecture: image.architecture,
    windows: declaration.image === 'windows',
    platformDetails: image.platformDetails,
    rootDeviceName: image.rootDeviceName,
    rootVolumeId: ids.id('vol', 2),
    ...(declaration.keyName === undefined ? {} : { keyName: declaration.keyName }),
    launchTime: declaration.launchTime,
    availabilityZone: `${region}${declaration.zone}`,
    ...(primary === undefined ? {} : { vpcId: primary.vpcId, subnetId: primary.subnetId }),
    networkInterfaces,
    ...(declaration.agent === undefined ? {} : { instanceProfile: { arn: `arn:aws:iam::${accountId}:instance-profile/managed-instance`, id: 'AIPAJ4EXAMPLEDEMOHOST' } }),
    ...(declaration.impairedForMinutes === undefined ? {} : { impairedSince: toEc2Time(nowMs - declaration.impairedForMinutes * 60_000) }),
    scheduledEvents:
      declaration.event === undefined
        ? []
        : [
            {
              instanceEventId: ids.id('instance-event', 3),
              code: declaration.event.code,
              description: declaration.event.description,
              // Whole days, as AWS announces them.
              notBefore: toEc2Time((Math.floor(nowMs / DAY_MS) + declaration.event.inDays) * DAY_MS),
              ...(declaration.event.code.endsWith('reboot') ? { notAfter: toEc2Time((Math.floor(nowMs / DAY_MS) + declaration.event.inDays) * DAY_MS + 2 * 60 * 60 * 1000) } : {}),
            },
          ],
    ...(declaration.agent === undefined
      ? {}
      : {
          agent: {
            pingStatus: declaration.agent,
            lastPingAgeSeconds: PING_AGE_SECONDS[declaration.agent],
            agentVersion: declaration.agent === 'Online' ? '3.3.1142.0' : '3.1.1927.0',
            isLatestVersion: declaration.agent === 'Online',
            ...image.agent,
          },
        }),
    ...(declaration.quietConsole === undefined ? {} : { quietConsole: declaration.quietConsole }),
    osUser: image.osUser,
    tags: { Name: name, ...declaration.tags },
  };
}

function expandInterface(declaration: InterfaceDeclaration, deviceIndex: number, instance: InstanceDeclaration, instanceId: string, context: ExpansionContext): DemoNetworkInterface {
  const { region, accountId } = context;
  const ids = createIds(region, 'interface', instance.name, String(deviceIndex));
  const { subnetId, vpcId } = declared(context.subnets, declaration.subnet);
  return {
    networkInterfaceId: ids.id('eni'),
    interfaceType: 'interface',
    description: declaration.description ?? '',
    macAddress: ids.mac(1),
    subnetId,
    vpcId,
    availabilityZone: `${region}${instance.zone}`,
    privateIpAddresses: declaration.addresses.map((address, index): DemoPrivateIpAddress => {
      const publicIp = address.elasticIp ?? address.publicIp;
      return {
        privateIpAddress: address.privateIp,
        privateDnsName: privateDnsName(region, address.privateIp),
        primary: index === 0,
        ...(publicIp === undefined
          ? {}
          : {
              association: {
                publicIp,
                publicDnsName: publicDnsName(region, publicIp),
                ...(address.elasticIp === undefined ? { ipOwnerId: 'amazon' } : { ipOwnerId: accountId, ...elasticIdsOf(region, address.elasticIp) }),
              },
            }),
      };
    }),
    ipv6Addresses: declaration.ipv6 ?? [],
    ipv4Prefixes: declaration.ipv4Prefixes ?? [],
    ipv6Prefixes: declaration.ipv6Prefixes ?? [],
    groupIds: declaration.groups.map((group) => declared(context.groupIds, group)),
    sourceDestCheck: declaration.sourceDestCheck ?? true,
    attachment: {
      attachmentId: ids.id('eni-attach', 2),
      instanceId,
      instanceOwnerId: accountId,
      deviceIndex,
      attachTime: instance.launchTime,
      deleteOnTermination: deviceIndex === 0,
    },
    tags: declaration.tags ?? {},
  };
}

function declared<T>(things: ReadonlyMap<string, T>, name: string): T {
  const thing = things.get(name);
  if (thing === undefined) throw new Error(`nobody declared ${name}`);
  return thing;
}

export function elasticIdsOf(region: string, publicIp: string): { allocationId: string; associationId: string } {
  const ids = createIds(region, 'elastic-ip', publicIp);
  return { allocationId: ids.id('eipalloc'), associationId: ids.id('eipassoc', 1) };
}

/** Whole seconds, as EC2 keeps its times. */
export function toEc2Time(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
