/**
 * STS's part of the demo: who the caller is, and sessions of roles, by trust, external id, MFA code or web identity.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { AwsError } from './awsError.ts';
import { awsQuery } from './awsProtocols.ts';
import { createAwsService } from './awsService.ts';
import type { AwsService } from './awsService.ts';
import type { Caller, Identities, IssuedSession } from './identities.ts';
import type { XmlElements } from './xml.ts';

/** A role of the demo's accounts and what its trust policy asks for. */
export interface DemoRole {
  /** As in its ARN, e.g. `Reader`. */
  readonly roleName: string;
  readonly externalId?: string;
  /** Only a caller who signed in with MFA, or gives a code now. */
  readonly mfa?: boolean;
  /** Only a session of this role. */
  readonly trusts?: string;
  /** Only with a web identity token. */
  readonly webIdentity?: boolean;
}

export interface StsSettings {
  roles: readonly DemoRole[];
  /** The code every MFA device of the demo shows. */
  mfaCode: string;
  webIdentityToken: string;
  /** How long sessions last, whatever is asked for; absent: as asked. */
  sessionSeconds: number | undefined;
}

export const demoRoles: readonly DemoRole[] = [
  { roleName: 'Reader' },
  { roleName: 'Partner', externalId: 'postern-demo' },
  { roleName: 'Admin', mfa: true },
  { roleName: 'Auditor', trusts: 'Reader' },
  { roleName: 'Workload', webIdentity: true },
];

const DEFAULT_SECONDS = 3600;
const SESSION_TOKEN_SECONDS = 43_200;
const MFA_FAILED = 'MultiFactorAuthentication failed with invalid MFA one time pass code. ';

export function createStsService(identities: Identities, settings: StsSettings): AwsService {
  const seconds = (input: URLSearchParams, fallback: number): number => settings.sessionSeconds ?? (Number(input.get('DurationSeconds')) || fallback);
  const checkCode = (input: URLSearchParams): boolean => {
    const code = input.get('TokenCode');
    if (code === null) return false;
    if (code !== settings.mfaCode || input.get('SerialNumber') === null) throw new AwsError('AccessDenied', MFA_FAILED, 403);
    return true;
  };
  const roleOf = (roleArn: string): { role: DemoRole; accountId: string } | undefined => {
    const [, accountId = '', roleName = ''] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(roleArn) ?? [];
    const role = settings.roles.find((candidate) => candidate.roleName === roleName);
    return role === undefined ? undefined : { role, accountId };
  };
  const roleSession = (roleArn: string, sessionName: string, mfa: boolean): { caller: Caller; answer: XmlElements } => {
    const [, accountId = '', roleName = ''] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(roleArn) ?? [];
    const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;
    const userId = `AROAEXAMPLE${roleName.toUpperCase()}:${sessionName}`;
    return { caller: { arn, accountId, userId, mfa, longTerm: false }, answer: { AssumedRoleUser: { AssumedRoleId: userId, Arn: arn } } };
  };

  return createAwsService('sts', awsQuery, {
    GetCallerIdentity: (_input, _region, caller) => ({ Arn: caller.arn, UserId: caller.userId, Account: caller.accountId }),
    GetSessionToken(input, _region, caller) {
      if (!caller.longTerm) throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403);
      const mfa = checkCode(input);
      return { Credentials: toCredentials(identities.issue({ ...caller, mfa }, seconds(input, SESSION_TOKEN_SECONDS))) };
    },
    AssumeRole(input, _region, caller) {
      const roleArn = input.get('RoleArn') ?? '';
      const found = roleOf(roleArn);
      const refuse = (): AwsError => new AwsError('AccessDenied', `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`, 403);
      if (found === undefined || found.role.webIdentity === true) throw refuse();
      const mfa = checkCode(input) || caller.mfa;
      const { role } = found;
      if ((role.externalId !== undefined && input.get('ExternalId') !== role.externalId) || (role.mfa === true && !mfa) || (role.trusts !== undefined && !caller.arn.includes(`:assumed-role/${role.trusts}/`))) throw refuse();
      const session = roleSession(roleArn, input.get('RoleSessionName') ?? 'session', mfa);
      return { ...session.answer, Credentials: toCredentials(identities.issue(session.caller, seconds(input, DEFAULT_SECONDS))) };
    },
    AssumeRoleWithWebIdentity(input) {
      const roleArn = input.get('RoleArn') ?? '';
      if (input.get('WebIdentityToken') !== settings.webIdentityToken) throw new AwsError('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.', 400);
      if (roleOf(roleArn)?.role.webIdentity !== true) throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
      const session = roleSession(roleArn, input.get('RoleSessionName') ?? 'session', false);
      return { ...session.answer, Credentials: toCredentials(identities.issue(session.caller, seconds(input, DEFAULT_SECONDS))) };
    },
  });
}

function toCredentials({ accessKeyId, secretAccessKey, sessionToken, expiresAtMs }: IssuedSession): XmlElements {
  return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration: new Date(expiresAtMs).toISOString() };
}
