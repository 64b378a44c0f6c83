/** Credentials of one profile through the SDK's own providers, from a cloud's own files. */
import type { fromIni as FromIni, fromNodeProviderChain as FromNodeProviderChain } from '@aws-sdk/credential-providers';
import { PosternError } from '../../contract/error.ts';
import type { Scope } from '../../contract/scope.ts';
import { toAwsError } from './awsErrors.ts';
import { filled, type ConfigFiles } from './configFiles.ts';
import { defaultProfile, hasEnvironmentCredentials, type ProfileSource } from './profiles.ts';

type AwsCredentialIdentityProvider = () => Promise<AwsCredentialIdentity>;
type AwsCredentialIdentity = Awaited<ReturnType<ReturnType<typeof FromNodeProviderChain>>>;

/** Credentials that end sooner than this are fetched anew, as the SDK does. */
const REFRESH_AHEAD_MS = 5 * 60_000;
/** For the instance metadata service, which exists on EC2 only; elsewhere nothing answers there. */
const METADATA_TIMEOUT_MS = 1000;

export interface CredentialsOptions {
  readonly cloud: ProfileSource;
  readonly files: ConfigFiles;
  readonly scope: Scope;
  /** Where roles are assumed, when somebody configured it; absent: AWS's own. */
  readonly stsEndpoint: string | undefined;
}

/**
 * A provider that remembers what it got until it is about to expire, shared by all clients of a scope.
 *
 * @throws PosternError `aws.no-credentials`, `aws.credentials-expired`, `aws.access-denied` and what assuming a role may throw
 */
export function createCredentialProvider(options: CredentialsOptions): AwsCredentialIdentityProvider {
  let held: AwsCredentialIdentity | undefined;
  let underway: Promise<AwsCredentialIdentity> | undefined;
  return async () => {
    if (held !== undefined && (held.expiration === undefined || held.expiration.getTime() - Date.now() > REFRESH_AHEAD_MS)) return held;
    underway ??= load(options).finally(() => (underway = undefined));
    held = await underway;
    return held;
  };
}

async function load({ cloud, files, scope, stsEndpoint }: CredentialsOptions): Promise<AwsCredentialIdentity> {
  const { profile, region } = scope;
  const section = files.profiles.get(profile);
  try {
    const { fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    if (profile === defaultProfile(cloud) && hasEnvironmentCredentials(cloud)) {
      const keys = environmentKeys(cloud.environment);
      if (keys !== undefined) return keys;
      return await fromNodeProviderChain({ timeout: METADATA_TIMEOUT_MS, maxRetries: 0 })();
    }
    const init = { profile, filepath: files.credentialsFile, configFilepath: files.configFile, ignoreCache: true };
    const roleAssumer = stsEndpoint === undefined ? {} : { roleAssumer: await roleAssumerAt(stsEndpoint, region) };
    const caller = { callerClientConfig: { profile, region: async () => region } };
    // Only the profile nobody named may come from the machine itself: an EC2 role.
    const useMachine = cloud.kind === 'aws' && profile === 'default' && section !== undefined && !namesCredentials(section);
    return useMachine ? await fromNodeProviderChain({ ...init, timeout: METADATA_TIMEOUT_MS, maxRetries: 0 })(caller) : await fromIni({ ...init, ...roleAssumer })(caller);
  } catch (thrown) {
    throw toCredentialsError(thrown, scope, section?.['sso_session'] !== undefined || section?.['sso_start_url'] !== undefined, stsEndpoint);
  }
}

type RoleAssumer = NonNullable<Parameters<typeof FromIni>[0]>['roleAssumer'];

/** As the SDK's own, which takes no endpoint. */
async function roleAssumerAt(endpoint: string, region: string): Promise<NonNullable<RoleAssumer>> {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  return async (credentials, role) => {
    const client = new STSClient({ endpoint, region, credentials });
    const { Credentials: assumed } = await client.send(new AssumeRoleCommand(role)).finally(() => client.destroy());
    if (assumed?.AccessKeyId === undefined || assumed.SecretAccessKey === undefined) {
      throw new PosternError({ code: 'aws.endpoint-not-aws', message: `${new URL(endpoint).origin} did not answer sts:AssumeRole as AWS does.`, remedy: 'Check the STS endpoint of the profile.' });
    }
    return {
      accessKeyId: assumed.AccessKeyId,
      secretAccessKey: assumed.SecretAccessKey,
      ...(assumed.SessionToken === undefined ? {} : { sessionToken: assumed.SessionToken }),
      ...(assumed.Expiration === undefined ? {} : { expiration: assumed.Expiration }),
    };
  };
}

/** The keys of the cloud's environment, which in a test is not this process's. */
function environmentKeys(environment: CredentialsOptions['cloud']['environment']): AwsCredentialIdentity | undefined {
  const accessKeyId = filled(environment['AWS_ACCESS_KEY_ID']);
  const secretAccessKey = filled(environment['AWS_SECRET_ACCESS_KEY']);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = filled(environment['AWS_SESSION_TOKEN']);
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function namesCredentials(section: Readonly<Record<string, string | undefined>>): boolean {
  return ['aws_access_key_id', 'role_arn', 'credential_process', 'sso_session', 'sso_start_url', 'login_session', 'credential_source', 'web_identity_token_file'].some((key) => filled(section[key]) !== undefined);
}

/** A sign-in that has ended and one that never was look alike to the SDK; both are mended by signing in. */
function toCredentialsError(thrown: unknown, { profile, region }: Scope, signsIn: boolean, stsEndpoint: string | undefined): PosternError {
  const name = thrown instanceof Error ? thrown.name : '';
  if (signsIn && ['CredentialsProviderError', 'TokenProviderError', 'UnauthorizedException', 'ExpiredTokenException', 'InvalidGrantException'].includes(name)) {
    return new PosternError({ code: 'aws.credentials-expired', message: `Profile ${profile} is not signed in, or its sign-in has expired.`, remedy: `Run: aws sso login --profile ${profile}` }, { cause: thrown });
  }
  return toAwsError(thrown, { action: 'sts:AssumeRole', profile, region, endpoint: stsEndpoint ?? `the sign-in service of profile ${profile}` });
}
