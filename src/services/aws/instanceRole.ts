/**
 * The role of an instance, and whether it lets the Systems Manager agent open Session Manager sessions.
 *
 * IAM judges its own policies (SimulatePrincipalPolicy): inline ones, boundaries and service control policies included.
 * Postern reads no policy documents. Where the simulation is denied, the names of attached policies still tell the usual case.
 */
import type { Role, SessionManagerVerdict } from '../../contract/hostDetail.ts';
import type { Part } from '../../contract/part.ts';
import { readPart, told, type PartReading } from './readPart.ts';
import { withoutAbsent } from './withoutAbsent.ts';

/** What the agent needs. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
export const AGENT_ACTIONS = ['ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'] as const;
/** AWS's policies that allow all of them. */
const KNOWN_POLICIES: ReadonlySet<string> = new Set(['AmazonSSMManagedInstanceCore', 'AmazonSSMManagedEC2InstanceDefaultPolicy', 'AmazonEC2RoleforSSM', 'AdministratorAccess']);
const DEFAULT_HOST_MANAGEMENT = '/ssm/managed-instance/default-ec2-instance-management-role';
/** A role may have 20 policies attached at most. */
const MAX_PAGES = 5;

/** @param profileArn absent: the instance has none */
export function readRoles(reading: PartReading, profileArn: string | undefined): Promise<Part<Role[] | undefined>> {
  return readPart(reading, 'iam', 'GetInstanceProfile', async () => {
    if (profileArn === undefined) return undefined;
    const [client, { GetInstanceProfileCommand }] = await Promise.all([reading.clients.iam(), import('@aws-sdk/client-iam')]);
    // Its path is in the ARN before the name.
    const { InstanceProfile: profile } = await client.send(new GetInstanceProfileCommand({ InstanceProfileName: profileArn.slice(profileArn.lastIndexOf('/') + 1) }), { abortSignal: reading.signal });
    return told(profile?.Roles).map(({ RoleName: roleName, Arn: roleArn, PermissionsBoundary: boundary }) => withoutAbsent({ roleName: told(roleName), roleArn: told(roleArn), permissionsBoundaryArn: boundary?.PermissionsBoundaryArn }));
  });
}

/** Managed policies that are attached; inline ones have no name of interest. */
export async function readAttachedPolicies(reading: PartReading, roles: Part<readonly Role[] | undefined>): Promise<Part<{ policyName: string; policyArn: string }[]>> {
  if (!roles.known) return roles;
  return readPart(reading, 'iam', 'ListAttachedRolePolicies', async () => {
    const found: { policyName: string; policyArn: string }[] = [];
    const [client, { ListAttachedRolePoliciesCommand }] = await Promise.all([reading.clients.iam(), import('@aws-sdk/client-iam')]);
    for (const { roleName } of roles.value ?? []) {
      let marker: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await client.send(new ListAttachedRolePoliciesCommand({ RoleName: roleName, ...(marker === undefined ? {} : { Marker: marker }) }), { abortSignal: reading.signal });
        found.push(...told(answer.AttachedPolicies).map(({ PolicyName: policyName, PolicyArn: policyArn }) => ({ policyName: told(policyName), policyArn: told(policyArn) })));
        marker = answer.IsTruncated === true ? answer.Marker : undefined;
        if (marker === undefined) break;
      }
    }
    return found;
  });
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export async function simulateAgent(reading: PartReading, roles: Part<readonly Role[] | undefined>): Promise<Part<{ deniedActions: string[] } | undefined>> {
  if (!roles.known) return roles;
  return readPart(reading, 'iam', 'SimulatePrincipalPolicy', async () => {
    const [role] = roles.value ?? [];
    if (role === undefined) return undefined;
    const [client, { SimulatePrincipalPolicyCommand }] = await Promise.all([reading.clients.iam(), import('@aws-sdk/client-iam')]);
    const { EvaluationResults: results } = await client.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: role.roleArn, ActionNames: [...AGENT_ACTIONS] }), { abortSignal: reading.signal });
    const decisions = new Map(told(results).map(({ EvalActionName: action, EvalDecision: decision }) => [action, decision]));
    return { deniedActions: AGENT_ACTIONS.filter((action) => told(decisions.get(action)) !== 'allowed') };
  });
}

/** The role that the account gives to every instance that brings no permissions of its own; absent: it is off. */
export function readDefaultHostManagement(reading: PartReading): Promise<Part<string | undefined>> {
  return readPart(reading, 'ssm', 'GetServiceSetting', async () => {
    const [client, { GetServiceSettingCommand }] = await Promise.all([reading.clients.ssm(), import('@aws-sdk/client-ssm')]);
    const { ServiceSetting: setting } = await client.send(new GetServiceSettingCommand({ SettingId: DEFAULT_HOST_MANAGEMENT }), { abortSignal: reading.signal });
    const value = told(setting?.SettingValue);
    return value === '' || value === '$None' ? undefined : value;
  });
}

export interface AccessFacts {
  readonly roles: Part<readonly Role[] | undefined>;
  readonly policies: Part<readonly { readonly policyName: string; readonly policyArn: string }[]>;
  readonly simulation: Part<{ readonly deniedActions: readonly string[] } | undefined>;
  readonly defaultHostManagement: Part<string | undefined>;
}

/** What the facts amount to. Pure. */
export function judgeSessionManager({ roles, policies, simulation, defaultHostManagement }: AccessFacts): SessionManagerVerdict {
  const byDefault = defaultHostManagement.known ? defaultHostManagement.value : undefined;
  if (simulation.known && simulation.value !== undefined && simulation.value.deniedActions.length === 0) return verdict('yes', 'simulated', roleNames(roles));
  // A simulation that denies outweighs the name of a policy: a boundary or an explicit deny may stand against it.
  const simulated = simulation.known && simulation.value !== undefined;
  const known = policies.known && !simulated ? policies.value.find(({ policyName, policyArn }) => KNOWN_POLICIES.has(policyName) && /^arn:aws[a-z-]*:iam::aws:policy\//.test(policyArn)) : undefined;
  if (known !== undefined) return verdict('yes', 'managed-policy', known.policyName);
  if (byDefault !== undefined) return verdict('yes', 'default-host-management', byDefault);
  if (simulation.known && simulation.value !== undefined) return { ...verdict(defaultHostManagement.known ? 'no' : 'unknown', 'simulated', roleNames(roles)), deniedActions: [...simulation.value.deniedActions] };
  if (roles.known && (roles.value === undefined || roles.value.length === 0)) return verdict(defaultHostManagement.known ? 'no' : 'unknown', 'no-role');
  return verdict('unknown', 'not-told');
}

function verdict(allowed: SessionManagerVerdict['allowed'], because: SessionManagerVerdict['because'], from?: string): SessionManagerVerdict {
  return { allowed, because, ...(from === undefined || from === '' ? {} : { from }), deniedActions: [] };
}

function roleNames(roles: AccessFacts['roles']): string {
  return roles.known ? (roles.value ?? []).map(({ roleName }) => roleName).join(', ') : '';
}
