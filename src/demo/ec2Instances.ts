/**
 * DescribeInstances and DescribeInstanceStatus: the estate's hosts in the elements of the API reference.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
import type { Listing } from './ec2Query.ts';
import type { DemoAssociation, DemoInstance, DemoInstanceState, DemoNetworkInterface } from './estateModel.ts';
import { hasDetailedMonitoring } from './metricShapes.ts';
import { volumesOf } from './volumes.ts';
import type { XmlElements } from './xml.ts';

const STATE_CODES: Readonly<Record<DemoInstanceState, number>> = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };

/** What an item needs to be told besides itself. */
export interface Ec2Context {
  readonly accountId: string;
  readonly groupName: (groupId: string) => string;
  /** `apne1-az4` of `ap-northeast-1a`. */
  readonly zoneId: (availabilityZone: string) => string | undefined;
  readonly canHibernate?: (instance: DemoInstance) => boolean;
}

export function toEc2Date(time: string): string {
  return time.replace(/(?<!\.\d{3})Z$/, '.000Z');
}

export function toTagSet(tags: Readonly<Record<string, string>>): XmlElements[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

export function toGroupSet(groupIds: readonly string[], context: Ec2Context): XmlElements[] {
  return groupIds.map((groupId) => ({ groupId, groupName: context.groupName(groupId) }));
}

const stateOf = (state: DemoInstanceState): XmlElements => ({ code: STATE_CODES[state], name: state });

export function instances(context: Ec2Context): Listing<DemoInstance> {
  return {
    setName: 'reservationSet',
    toXml: (instance) => ({ reservationId: instance.reservationId, ownerId: context.accountId, groupSet: [], instancesSet: [toInstance(instance, context)] }),
    ids: [{ name: 'InstanceId', idOf: (instance) => instance.instanceId, notFoundCode: 'InvalidInstanceID.NotFound', noun: 'instance ID', prefix: 'i', malformedCode: 'InvalidInstanceID.Malformed' }],
    pages: { min: 5, max: 1000, withoutIds: true },
    tagsOf: (instance) => instance.tags,
    filters: {
      architecture: (instance) => [instance.architecture],
      'availability-zone': (instance) => [instance.availabilityZone],
      'image-id': (instance) => [instance.imageId],
      'instance-id': (instance) => [instance.instanceId],
      'instance-state-code': (instance) => [String(STATE_CODES[instance.state])],
      'instance-state-name': (instance) => [instance.state],
      'instance-type': (instance) => [instance.instanceType],
      'instance.group-id': (instance) => instance.networkInterfaces[0]?.groupIds ?? [],
      'ip-address': (instance) => [instance.networkInterfaces[0]?.privateIpAddresses[0]?.association?.publicIp],
      'key-name': (instance) => [instance.keyName],
      'network-interface.addresses.private-ip-address': (instance) => instance.networkInterfaces.flatMap((one) => one.privateIpAddresses.map((address) => address.privateIpAddress)),
      'network-interface.network-interface-id': (instance) => instance.networkInterfaces.map((one) => one.networkInterfaceId),
      'owner-id': () => [context.accountId],
      platform: (instance) => [instance.windows ? 'windows' : undefined],
      'platform-details': (instance) => [instance.platformDetails],
      'private-dns-name': (instance) => [instance.networkInterfaces[0]?.privateIpAddresses[0]?.privateDnsName],
      'private-ip-address': (instance) => [instance.networkInterfaces[0]?.privateIpAddresses[0]?.privateIpAddress],
      'reservation-id': (instance) => [instance.reservationId],
      'subnet-id': (instance) => [instance.subnetId],
      'vpc-id': (instance) => [instance.vpcId],
    },
  };
}

function toInstance(instance: DemoInstance, context: Ec2Context): XmlElements {
  const primary = instance.networkInterfaces[0];
  const address = primary?.privateIpAddresses[0];
  const terminated = instance.state === 'terminated';
  return {
    instanceId: instance.instanceId,
    imageId: instance.imageId,
    instanceState: stateOf(instance.state),
    privateDnsName: address?.privateDnsName ?? '',
    dnsName: address?.association?.publicDnsName ?? '',
    reason: instance.stateTransitionReason,
    keyName: instance.keyName,
    amiLaunchIndex: 0,
    productCodes: [],
    instanceType: instance.instanceType,
    launchTime: toEc2Date(instance.launchTime),
    placement: { availabilityZone: instance.availabilityZone, availabilityZoneId: context.zoneId(instance.availabilityZone), groupName: '', tenancy: 'default' },
    platform: instance.windows ? 'windows' : undefined,
    monitoring: { state: hasDetailedMonitoring(instance) ? 'enabled' : 'disabled' },
    subnetId: instance.subnetId,
    vpcId: instance.vpcId,
    privateIpAddress: address?.privateIpAddress,
    ipAddress: address?.association?.publicIp,
    ...(primary === undefined ? {} : { sourceDestCheck: primary.sourceDestCheck }),
    groupSet: toGroupSet(primary?.groupIds ?? [], context),
    stateReason: instance.stateReason,
    architecture: instance.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: instance.rootDeviceName,
    blockDeviceMapping: volumesOf(instance).map(({ volumeId, deviceName, deleteOnTermination }) => ({ deviceName, ebs: { volumeId, status: 'attached', attachTime: toEc2Date(instance.launchTime), deleteOnTermination } })),
    virtualizationType: 'hvm',
    clientToken: '',
    tagSet: toTagSet(instance.tags),
    hypervisor: 'xen',
    networkInterfaceSet: instance.networkInterfaces.map((one) => toInstanceNetworkInterface(one, context)),
    iamInstanceProfile: instance.instanceProfile,
    ebsOptimized: false,
    enaSupport: true,
    cpuOptions: { coreCount: 1, threadsPerCore: instance.architecture === 'arm64' ? 1 : 2 },
    capacityReservationSpecification: { capacityReservationPreference: 'open' },
    hibernationOptions: { configured: context.canHibernate?.(instance) ?? false },
    enclaveOptions: { enabled: false },
    metadataOptions: { state: 'applied', httpTokens: instance.instanceType.startsWith('t2.') ? 'optional' : 'required', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled', httpProtocolIpv6: 'disabled', instanceMetadataTags: 'disabled' },
    platformDetails: instance.platformDetails,
    usageOperation: instance.windows ? 'RunInstances:0002' : 'RunInstances',
    usageOperationUpdateTime: toEc2Date(instance.launchTime),
    privateDnsNameOptions: { hostnameType: 'ip-name', enableResourceNameDnsARecord: false, enableResourceNameDnsAAAARecord: false },
    ipv6Address: primary?.ipv6Addresses[0],
    maintenanceOptions: { autoRecovery: 'default' },
    currentInstanceBootMode: terminated ? undefined : instance.windows ? 'legacy-bios' : 'uefi',
  };
}

/** An automatic address shows no ids; DescribeInstances shows none of an Elastic IP either. */
function toInstanceAssociation(association: DemoAssociation | undefined): XmlElements | undefined {
  return association === undefined ? undefined : { publicIp: association.publicIp, publicDnsName: association.publicDnsName, ipOwnerId: association.ipOwnerId };
}

function toInstanceNetworkInterface(one: DemoNetworkInterface, context: Ec2Context): XmlElements {
  const primary = one.privateIpAddresses[0];
  return {
    networkInterfaceId: one.networkInterfaceId,
    subnetId: one.subnetId,
    vpcId: one.vpcId,
    description: one.description,
    ownerId: context.accountId,
    status: 'in-use',
    macAddress: one.macAddress,
    privateIpAddress: primary?.privateIpAddress,
    privateDnsName: primary?.privateDnsName,
    sourceDestCheck: one.sourceDestCheck,
    groupSet: toGroupSet(one.groupIds, context),
    attachment: {
      attachmentId: one.attachment.attachmentId,
      deviceIndex: one.attachment.deviceIndex,
      networkCardIndex: 0,
      status: 'attached',
      attachTime: toEc2Date(one.attachment.attachTime),
      deleteOnTermination: one.attachment.deleteOnTermination,
    },
    association: toInstanceAssociation(primary?.association),
    privateIpAddressesSet: one.privateIpAddresses.map((address) => ({
      privateIpAddress: address.privateIpAddress,
      privateDnsName: address.privateDnsName,
      primary: address.primary,
      association: toInstanceAssociation(address.association),
    })),
    ipv6AddressesSet: one.ipv6Addresses.map((ipv6Address) => ({ ipv6Address, isPrimaryIpv6: false })),
    interfaceType: one.interfaceType,
    ...prefixSets(one),
    operator: { managed: false },
  };
}

/** Absent where there are none, unlike the address lists. */
export function prefixSets(one: DemoNetworkInterface): XmlElements {
  return {
    ipv4PrefixSet: one.ipv4Prefixes.length === 0 ? undefined : one.ipv4Prefixes.map((ipv4Prefix) => ({ ipv4Prefix })),
    ipv6PrefixSet: one.ipv6Prefixes.length === 0 ? undefined : one.ipv6Prefixes.map((ipv6Prefix) => ({ ipv6Prefix })),
  };
}

/** Running ones only, unless IncludeAllInstances is asked for; a terminated one never. */
export function withStatus(all: readonly DemoInstance[], query: URLSearchParams): readonly DemoInstance[] {
  const includeAll = query.get('IncludeAllInstances') === 'true';
  return all.filter(({ state }) => (includeAll ? state !== 'terminated' : state === 'running'));
}

export function instanceStatuses(context: Ec2Context): Listing<DemoInstance> {
  const instanceCheck = (instance: DemoInstance): string => (instance.state !== 'running' ? 'not-applicable' : instance.impairedSince === undefined ? 'ok' : 'impaired');
  const systemCheck = (instance: DemoInstance): string => (instance.state === 'running' ? 'ok' : 'not-applicable');
  return {
    setName: 'instanceStatusSet',
    toXml: (instance) => ({
      instanceId: instance.instanceId,
      availabilityZone: instance.availabilityZone,
      availabilityZoneId: context.zoneId(instance.availabilityZone),
      eventsSet:
        instance.scheduledEvents.length === 0
          ? undefined
          : instance.scheduledEvents.map((event) => ({
              instanceEventId: event.instanceEventId,
              code: event.code,
              description: event.description,
              notBefore: toEc2Date(event.notBefore),
              notAfter: event.notAfter === undefined ? undefined : toEc2Date(event.notAfter),
            })),
      instanceState: stateOf(instance.state),
      systemStatus: summary(systemCheck(instance), undefined),
      instanceStatus: summary(instanceCheck(instance), instance.impairedSince),
      attachedEbsStatus: summary(systemCheck(instance), undefined),
    }),
    ids: instances(context).ids,
    pages: { min: 5, max: 1000, withoutIds: true },
    filters: {
      'availability-zone': (instance) => [instance.availabilityZone],
      'event.code': (instance) => instance.scheduledEvents.map((event) => event.code),
      'instance-state-name': (instance) => [instance.state],
      'instance-state-code': (instance) => [String(STATE_CODES[instance.state])],
      'instance-status.status': (instance) => [instanceCheck(instance)],
      'system-status.status': (instance) => [systemCheck(instance)],
    },
  };
}

function summary(status: string, impairedSince: string | undefined): XmlElements {
  if (status === 'not-applicable') return { status };
  return { status, details: [{ name: 'reachability', status: status === 'ok' ? 'passed' : 'failed', impairedSince: impairedSince === undefined ? undefined : toEc2Date(impairedSince) }] };
}
