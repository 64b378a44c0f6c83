/** The calls of STS that give credentials. */
import { readFile } from 'node:fs/promises';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { toAwsError } from './awsErrors.ts';
import type { AwsCredentialIdentity } from './awsCredentials.ts';
import { credentialRequests } from './credentialRequests.ts';

export interface StsPlace {
  readonly profile: string;
  readonly region: string;
  /** Where somebody configured STS to be; absent: AWS's own. */
  readonly endpoint: string | undefined;
}

export interface MfaCode {
  readonly serial: string;
  readonly code: string;
}

export interface RoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId?: string | undefined;
  readonly durationSeconds?: number | undefined;
}

/** @throws PosternError `aws.access-denied` also for a wrong code */
export async function assumeRole(place: StsPlace, source: AwsCredentialIdentity, { roleArn, sessionName, externalId, durationSeconds }: RoleRequest, mfa?: MfaCode): Promise<AwsCredentialIdentity> {
  const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId, DurationSeconds: durationSeconds, SerialNumber: mfa?.serial, TokenCode: mfa?.code });
  return await credentialsFrom(place, 'AssumeRole', source, (client) => client.send(command));
}

/** A session of long-term keys that counts as signed in with MFA; twelve hours by default. */
export async function getSessionToken(place: StsPlace, source: AwsCredentialIdentity, mfa: MfaCode): Promise<AwsCredentialIdentity> {
  const { GetSessionTokenCommand } = await import('@aws-sdk/client-sts');
  return await credentialsFrom(place, 'GetSessionToken', source, (client) => client.send(new GetSessionTokenCommand({ SerialNumber: mfa.serial, TokenCode: mfa.code })));
}

/** @throws PosternError `data.unreadable` when the token file cannot be read */
export async function assumeRoleWithWebIdentity(place: StsPlace, tokenFile: string, { roleArn, sessionName, durationSeconds }: RoleRequest): Promise<AwsCredentialIdentity> {
  const { AssumeRoleWithWebIdentityCommand } = await import('@aws-sdk/client-sts');
  let token: string;
  try {
    token = (await readFile(tokenFile, 'utf8')).trim();
  } catch (cause) {
    throw new PosternError({ code: 'data.unreadable', message: say`${tokenFile}, the web identity token of profile ${place.profile}, cannot be read.`, remedy: say`Check web_identity_token_file, and that you may read the file.` }, { cause });
  }
  const command = new AssumeRoleWithWebIdentityCommand({ RoleArn: roleArn, RoleSessionName: sessionName, WebIdentityToken: token, DurationSeconds: durationSeconds });
  return await credentialsFrom(place, 'AssumeRoleWithWebIdentity', undefined, (client) => client.send(command));
}

/** Whether STS refused the MFA code itself, not the caller. The sentence is all it says. */
export function isWrongCode(thrown: unknown): boolean {
  const cause = thrown instanceof PosternError ? thrown.cause : thrown;
  return cause instanceof Error && /^(AccessDenied|ValidationError)/.test(cause.name) && /MultiFactorAuthentication failed|invalid MFA/i.test(cause.message);
}

type StsClient = InstanceType<typeof import('@aws-sdk/client-sts').STSClient>;
interface StsAnswer {
  readonly Credentials?: { readonly AccessKeyId: string | undefined; readonly SecretAccessKey: string | undefined; readonly SessionToken: string | undefined; readonly Expiration: Date | undefined } | undefined;
}

async function credentialsFrom({ profile, region, endpoint }: StsPlace, operation: string, source: AwsCredentialIdentity | undefined, send: (client: StsClient) => Promise<StsAnswer>): Promise<AwsCredentialIdentity> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...(await credentialRequests(endpoint)), region, credentials: source ?? { accessKeyId: 'unsigned', secretAccessKey: 'unsigned' } });
  try {
    const { Credentials: given } = await send(client);
    if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined) {
      throw new PosternError({ code: 'aws.endpoint-not-aws', message: say`${endpoint === undefined ? 'STS' : new URL(endpoint).origin} did not answer sts:${operation} as AWS does.`, remedy: say`Check the STS endpoint of the profile.` });
    }
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      ...(given.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
      ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
    };
  } catch (thrown) {
    throw toAwsError(thrown, { action: `sts:${operation}`, profile, region, endpoint: endpoint === undefined ? say`STS in ${region}` : new URL(endpoint).origin });
  } finally {
    client.destroy();
  }
}
