/**
 * The demo cloud's estate: everything EC2 and Systems Manager would know of one account. Plain data; times are ISO 8601 without fractions of a second.
 */

export interface Tagged {
  readonly tags: Readonly<Record<string, string>>;
}

export interface DemoVpc extends Tagged {
  readonly vpcId: string;
  readonly cidrBlock: string;
  readonly cidrAssociationId: string;
  readonly ipv6CidrBlock?: string;
  readonly ipv6AssociationId?: string;
  readonly isDefault: boolean;
  readonly dhcpOptionsId: string;
}

export interface DemoSubnet extends Tagged {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly cidrBlock: string;
  readonly ipv6CidrBlock?: string;
  readonly ipv6AssociationId?: string;
  readonly mapPublicIpOnLaunch: boolean;
  readonly availableIpAddressCount: number;
}

/** Where a destination goes: exactly one of the target fields is set. */
export interface DemoVpcRoute {
  /** IPv4 or IPv6 block. */
  readonly destination: string;
  /** `local`, an internet gateway or a gateway endpoint. */
  readonly gatewayId?: string;
  readonly natGatewayId?: string;
  readonly origin: 'CreateRouteTable' | 'CreateRoute';
}

export interface DemoRouteTable extends Tagged {
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly routes: readonly DemoVpcRoute[];
  /** The main table has one association without a subnet. */
  readonly associations: readonly { readonly associationId: string; readonly main: boolean; readonly subnetId?: string }[];
}

export interface DemoInternetGateway extends Tagged {
  readonly internetGatewayId: string;
  readonly vpcId: string;
}

export interface DemoNatGateway extends Tagged {
  readonly natGatewayId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly networkInterfaceId: string;
  readonly allocationId: string;
  readonly associationId: string;
  readonly publicIp: string;
  readonly privateIpAddress: string;
  readonly createTime: string;
}

export interface DemoNetworkAclEntry {
  readonly ruleNumber: number;
  readonly egress: boolean;
  readonly action: 'allow' | 'deny';
  /** IANA number as text; `-1` is all. */
  readonly protocol: string;
  readonly cidrBlock: string;
  readonly ports?: readonly [from: number, to: number];
}

export interface DemoNetworkAcl extends Tagged {
  readonly networkAclId: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly entries: readonly DemoNetworkAclEntry[];
  readonly associations: readonly { readonly associationId: string; readonly subnetId: string }[];
}

export interface DemoSecurityGroupRule {
  /** `tcp`, `udp`, `icmp` or `-1` for all. */
  readonly protocol: string;
  /** Absent: all ports. */
  readonly ports?: readonly [from: number, to: number];
  /** The other end: an IPv4 or IPv6 block, a group, or a prefix list with the blocks in it. */
  readonly peer: { readonly cidr: string } | { readonly groupId: string } | { readonly prefixListId: string; readonly cidrs: readonly string[] };
  readonly description?: string;
}

export interface DemoSecurityGroup extends Tagged {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  readonly inbound: readonly DemoSecurityGroupRule[];
  readonly outbound: readonly DemoSecurityGroupRule[];
}

/** Named blocks that rules and routes refer to by one id. */
export interface DemoPrefixList {
  readonly prefixListId: string;
  readonly prefixListName: string;
  /** An account, or `AWS`. */
  readonly ownerId: string;
  readonly addressFamily: 'IPv4' | 'IPv6';
  readonly entries: readonly { readonly cidr: string; readonly description?: string }[];
}

export interface DemoKeyPair extends Tagged {
  readonly keyPairId: string;
  readonly keyName: string;
  readonly keyType: 'ed25519' | 'rsa';
  /** EC2's own form: specs section 11. */
  readonly keyFingerprint: string;
  /** authorized_keys form. */
  readonly publicKey: string;
  readonly createTime: string;
}

/** An automatic address has no allocation. */
export interface DemoAssociation {
  readonly publicIp: string;
  readonly publicDnsName: string;
  readonly ipOwnerId: string;
  readonly allocationId?: string;
  readonly associationId?: string;
}

export interface DemoPrivateIpAddress {
  readonly privateIpAddress: string;
  readonly privateDnsName: string;
  readonly primary: boolean;
  readonly association?: DemoAssociation;
}

export interface DemoNetworkInterface extends Tagged {
  readonly networkInterfaceId: string;
  readonly interfaceType: 'interface' | 'nat_gateway' | 'ec2_instance_connect_endpoint' | 'vpc_endpoint';
  readonly description: string;
  readonly macAddress: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** The primary one first. */
  readonly privateIpAddresses: readonly DemoPrivateIpAddress[];
  readonly ipv6Addresses: readonly string[];
  readonly ipv4Prefixes: readonly string[];
  readonly ipv6Prefixes: readonly string[];
  readonly groupIds: readonly string[];
  readonly sourceDestCheck: boolean;
  /** Who made it, where an AWS service did. */
  readonly requesterId?: string;
  readonly attachment: {
    readonly attachmentId: string;
    readonly instanceId?: string;
    readonly instanceOwnerId: string;
    readonly deviceIndex: number;
    readonly attachTime: string;
    readonly deleteOnTermination: boolean;
  };
}

export interface DemoElasticIp extends Tagged {
  readonly publicIp: string;
  readonly allocationId: string;
  readonly associationId?: string;
  readonly networkInterfaceId?: string;
  readonly privateIpAddress?: string;
  readonly instanceId?: string;
}

export interface DemoInstanceConnectEndpoint extends Tagged {
  readonly instanceConnectEndpointId: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly networkInterfaceId: string;
  readonly groupIds: readonly string[];
  readonly dnsName: string;
  readonly createdAt: string;
}

export interface DemoVpcEndpoint extends Tagged {
  readonly vpcEndpointId: string;
  readonly type: 'Interface' | 'Gateway';
  readonly serviceName: string;
  readonly vpcId: string;
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly networkInterfaceIds: readonly string[];
  readonly createTime: string;
}

export interface DemoScheduledEvent {
  readonly instanceEventId: string;
  readonly code: string;
  readonly description: string;
  readonly notBefore: string;
  readonly notAfter?: string;
}

export interface DemoAgent {
  readonly pingStatus: 'Online' | 'ConnectionLost' | 'Inactive';
  /** How long ago the agent was last heard when DescribeInstanceInformation answers. */
  readonly lastPingAgeSeconds: number;
  readonly agentVersion: string;
  readonly isLatestVersion: boolean;
  readonly platformType: 'Linux' | 'Windows';
  readonly platformName: string;
  readonly platformVersion: string;
}

/** What a machine of the demo needs to be logged in to, of EC2 or not. */
export interface DemoMachine extends Tagged {
  readonly instanceId: string;
  readonly name: string;
  readonly region: string;
  readonly windows: boolean;
  readonly networkInterfaces: readonly DemoNetworkInterface[];
  /** The EC2 key pair whose public half is in its authorized_keys. */
  readonly keyName?: string;
  readonly osUser: string;
  /** Of a machine that EC2 gives no name. */
  readonly computerName?: string;
}

/** A machine with an agent that EC2 does not know: a registered one (`mi-...`), or a container of ECS (`ecs:...`), which nothing lists. */
export interface DemoManagedNode extends DemoMachine {
  readonly listed: boolean;
  readonly ipAddress: string;
  readonly computerName: string;
  readonly iamRole: string;
  readonly registrationDate: string;
  readonly agent: DemoAgent;
}

export type DemoInstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface DemoInstance extends DemoMachine {
  readonly reservationId: string;
  readonly state: DemoInstanceState;
  readonly stateReason?: { readonly code: string; readonly message: string };
  /** AWS's sentence; empty while it runs. */
  readonly stateTransitionReason: string;
  readonly imageId: string;
  readonly instanceType: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly platformDetails: string;
  readonly rootDeviceName: string;
  readonly rootVolumeId: string;
  readonly launchTime: string;
  readonly availabilityZone: string;
  /** Absent once terminated, as the interfaces are. */
  readonly vpcId?: string;
  readonly subnetId?: string;
  readonly instanceProfile?: { readonly arn: string; readonly id: string };
  /** Since when the instance check fails; absent: it passes. */
  readonly impairedSince?: string;
  readonly scheduledEvents: readonly DemoScheduledEvent[];
  readonly agent?: DemoAgent;
  /** Its console tells no host keys. */
  readonly quietConsole?: true;
}

export interface RegionEstate {
  readonly region: string;
  readonly vpcs: readonly DemoVpc[];
  readonly subnets: readonly DemoSubnet[];
  readonly routeTables: readonly DemoRouteTable[];
  readonly internetGateways: readonly DemoInternetGateway[];
  readonly natGateways: readonly DemoNatGateway[];
  readonly networkAcls: readonly DemoNetworkAcl[];
  readonly securityGroups: readonly DemoSecurityGroup[];
  /** The account's, and the one AWS keeps for S3. */
  readonly prefixLists: readonly DemoPrefixList[];
  readonly keyPairs: readonly DemoKeyPair[];
  readonly elasticIps: readonly DemoElasticIp[];
  /** Those of the instances, of the NAT gateways and of the endpoints. */
  readonly networkInterfaces: readonly DemoNetworkInterface[];
  readonly instanceConnectEndpoints: readonly DemoInstanceConnectEndpoint[];
  readonly vpcEndpoints: readonly DemoVpcEndpoint[];
  readonly instances: readonly DemoInstance[];
  readonly managedNodes: readonly DemoManagedNode[];
}

export interface Estate {
  /** Twelve digits. */
  readonly accountId: string;
  readonly userName: string;
  readonly regions: readonly RegionEstate[];
}
