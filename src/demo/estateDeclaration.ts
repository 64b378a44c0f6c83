/**
 * How an estate is written down: by names. expandEstate.ts gives everything its ids, addresses' DNS names, routes and interfaces.
 */
import type { DemoInstanceState } from './estateModel.ts';

/** `allow('tcp', 22, '198.51.100.0/24', 'office')`; a peer `group:bastion` names a security group of the same VPC, `prefix:office` a prefix list. */
export interface RuleDeclaration {
  readonly protocol: string;
  readonly ports?: readonly [from: number, to: number];
  readonly peer: string;
  readonly description?: string;
}

export function allow(protocol: string, ports: number | readonly [number, number] | 'all', peer: string, description?: string): RuleDeclaration {
  return {
    protocol,
    ...(ports === 'all' ? {} : { ports: typeof ports === 'number' ? [ports, ports] : ports }),
    peer,
    ...(description === undefined ? {} : { description }),
  };
}

export interface SecurityGroupDeclaration {
  readonly name: string;
  readonly vpc: string;
  readonly description: string;
  readonly inbound: readonly RuleDeclaration[];
  /** Absent: everything, as AWS makes it. */
  readonly outbound?: readonly RuleDeclaration[];
}

export interface NetworkAclDeclaration {
  readonly name: string;
  /** Numbered 100, 110, ...; the `*` deny follows. A port list as in `allow`. */
  readonly inbound: readonly RuleDeclaration[];
  readonly outbound: readonly RuleDeclaration[];
}

export interface SubnetDeclaration {
  readonly name: string;
  /** Letter of the zone. */
  readonly zone: string;
  readonly cidrBlock: string;
  readonly ipv6CidrBlock?: string;
  /** Routed to the internet gateway; otherwise to the NAT gateway, where the VPC has one. */
  readonly public: boolean;
  /** Absent: the VPC's default ACL, which allows all. */
  readonly networkAcl?: string;
}

export interface VpcDeclaration {
  readonly name: string;
  readonly cidrBlock: string;
  readonly ipv6CidrBlock?: string;
  readonly internetGateway: boolean;
  readonly natGateway?: { readonly subnet: string; readonly privateIp: string; readonly publicIp: string };
  readonly subnets: readonly SubnetDeclaration[];
  readonly networkAcls?: readonly NetworkAclDeclaration[];
  readonly instanceConnectEndpoint?: { readonly subnet: string; readonly privateIp: string; readonly groups: readonly string[] };
  /** Interface endpoints for AWS services, e.g. `ssm`. */
  readonly interfaceEndpoints?: readonly { readonly service: string; readonly subnet: string; readonly privateIp: string; readonly groups: readonly string[] }[];
  /** A gateway endpoint for S3 in every private route table. */
  readonly s3Endpoint?: boolean;
}

export interface AddressDeclaration {
  readonly privateIp: string;
  /** An automatic public address: gone when the instance stops. */
  readonly publicIp?: string;
  /** An Elastic IP. */
  readonly elasticIp?: string;
}

export interface InterfaceDeclaration {
  readonly subnet: string;
  readonly groups: readonly string[];
  /** The primary one first. */
  readonly addresses: readonly [AddressDeclaration, ...AddressDeclaration[]];
  readonly ipv6?: readonly string[];
  readonly ipv4Prefixes?: readonly string[];
  readonly ipv6Prefixes?: readonly string[];
  readonly description?: string;
  readonly sourceDestCheck?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

export type ImageName = 'amazon-linux' | 'amazon-linux-arm' | 'ubuntu' | 'windows';

export interface InstanceDeclaration {
  /** Unique in its region: its ids are made from it. */
  readonly name: string;
  /** The Name tag, where it is not the name above. */
  readonly nameTag?: string;
  readonly image: ImageName;
  readonly instanceType: string;
  readonly zone: string;
  readonly launchTime: string;
  /** Absent: running. */
  readonly state?: DemoInstanceState;
  readonly stateReason?: { readonly code: string; readonly message: string };
  readonly stateTransitionReason?: string;
  /** In the order of their device index; none once terminated. */
  readonly interfaces: readonly InterfaceDeclaration[];
  readonly keyName?: string;
  /** What Systems Manager knows of its agent; absent: not registered. */
  readonly agent?: 'Online' | 'ConnectionLost' | 'Inactive';
  /** Fails its instance check since so many minutes. */
  readonly impairedForMinutes?: number;
  readonly event?: { readonly code: string; readonly description: string; readonly inDays: number };
  /** cloud-init was told to keep the host keys off the console (`ssh: { emit_keys_to_console: false }`). */
  readonly quietConsole?: true;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A machine with an agent that EC2 does not know. */
export interface ManagedNodeDeclaration {
  /** Its id is made from it. */
  readonly name: string;
  /** Of a container of ECS: it is none of Systems Manager's list, and `ecs:CLUSTER_TASK_RUNTIME` is its id. */
  readonly cluster?: string;
  readonly ipAddress: string;
  readonly computerName: string;
  readonly registrationDate: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface PrefixListDeclaration {
  readonly name: string;
  readonly entries: readonly { readonly cidr: string; readonly description?: string }[];
}

export interface RegionDeclaration {
  readonly region: string;
  /** Letter to zone id. */
  readonly zones: Readonly<Record<string, string>>;
  readonly vpcs: readonly VpcDeclaration[];
  readonly securityGroups: readonly SecurityGroupDeclaration[];
  readonly prefixLists?: readonly PrefixListDeclaration[];
  /** Elastic IPs that nobody uses. */
  readonly idleElasticIps: readonly { readonly name: string; readonly publicIp: string }[];
  readonly instances: readonly InstanceDeclaration[];
  /** Absent: none. */
  readonly managedNodes?: readonly ManagedNodeDeclaration[];
}

export interface EstateDeclaration {
  readonly accountId: string;
  readonly userName: string;
  readonly regions: readonly RegionDeclaration[];
}
