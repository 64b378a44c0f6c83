/**
 * Gives a declared machine outside EC2 its id and its agent.
 */
import { hash } from 'node:crypto';
import type { ManagedNodeDeclaration } from './estateDeclaration.ts';
import type { DemoManagedNode } from './estateModel.ts';

export function expandManagedNode({ name, cluster, ipAddress, computerName, registrationDate, tags = {} }: ManagedNodeDeclaration, region: string, keyName: string): DemoManagedNode {
  const digits = hash('sha512', `${region}/managed-node/${name}`, 'hex');
  const taskId = digits.slice(0, 32);
  return {
    instanceId: cluster === undefined ? `mi-0${digits.slice(0, 16)}` : `ecs:${cluster}_${taskId}_${taskId}-${Number.parseInt(digits.slice(32, 40), 16)}`,
    name,
    region,
    listed: cluster === undefined,
    ipAddress,
    computerName,
    iamRole: 'managed-nodes',
    registrationDate,
    windows: false,
    networkInterfaces: [],
    keyName,
    osUser: 'ubuntu',
    agent: { pingStatus: 'Online', lastPingAgeSeconds: 47, agentVersion: '3.3.1142.0', isLatestVersion: true, platformType: 'Linux', platformName: 'Ubuntu', platformVersion: '24.04' },
    tags,
  };
}
