/** The demo's staging, in Ohio. Its VPC has the private range of Tokyo's: an address alone does not name a host. */
import { allow } from './estateDeclaration.ts';
import type { RegionDeclaration } from './estateDeclaration.ts';
import { OFFICE_IPV4 } from './person.ts';

export const ohio: RegionDeclaration = {
  region: 'us-east-2',
  zones: { a: 'use2-az1', b: 'use2-az2' },
  vpcs: [
    {
      name: 'stage',
      cidrBlock: '10.0.0.0/16',
      internetGateway: true,
      natGateway: { subnet: 'stage-public-a', privateIp: '10.0.0.200', publicIp: '203.0.113.201' },
      subnets: [
        { name: 'stage-public-a', zone: 'a', cidrBlock: '10.0.0.0/24', public: true },
        { name: 'stage-public-b', zone: 'b', cidrBlock: '10.0.1.0/24', public: true },
        { name: 'stage-private-a', zone: 'a', cidrBlock: '10.0.10.0/24', public: false },
        { name: 'stage-private-b', zone: 'b', cidrBlock: '10.0.11.0/24', public: false },
      ],
    },
  ],
  securityGroups: [
    { name: 'stage-bastion', vpc: 'stage', description: 'SSH from the office', inbound: [allow('tcp', 22, OFFICE_IPV4, 'office')] },
    { name: 'stage-app', vpc: 'stage', description: 'Staging', inbound: [allow('tcp', 22, 'group:stage-bastion', 'administration'), allow('tcp', 8080, '10.0.0.0/16')] },
  ],
  idleElasticIps: [],
  instances: [
    {
      name: 'stage-bastion',
      image: 'amazon-linux-arm',
      instanceType: 't4g.nano',
      zone: 'a',
      launchTime: '2026-03-03T15:00:00Z',
      interfaces: [{ subnet: 'stage-public-a', groups: ['stage-bastion'], addresses: [{ privateIp: '10.0.0.10', elasticIp: '203.0.113.110' }] }],
      keyName: 'demo-key',
      tags: { env: 'stage', role: 'bastion' },
    },
    {
      name: 'stage-app-1',
      image: 'ubuntu',
      instanceType: 't3.small',
      zone: 'a',
      launchTime: '2026-11-15T16:20:00Z',
      interfaces: [{ subnet: 'stage-private-a', groups: ['stage-app'], addresses: [{ privateIp: '10.0.10.21' }] }],
      keyName: 'demo-key',
      agent: 'Online',
      event: { code: 'system-reboot', description: 'scheduled reboot', inDays: 3 },
      tags: { env: 'stage', role: 'app' },
    },
    {
      name: 'stage-app-2',
      image: 'ubuntu',
      instanceType: 't3.small',
      zone: 'b',
      launchTime: '2026-11-15T16:20:04Z',
      state: 'stopped',
      stateReason: { code: 'Server.SpotInstanceShutdown', message: 'Server.SpotInstanceShutdown: Instance launched on spot was shut down' },
      stateTransitionReason: 'Server.SpotInstanceShutdown (2026-11-20 03:12:45 GMT)',
      interfaces: [{ subnet: 'stage-private-b', groups: ['stage-app'], addresses: [{ privateIp: '10.0.11.22' }] }],
      keyName: 'demo-key',
      tags: { env: 'stage', role: 'app' },
    },
  ],
};
