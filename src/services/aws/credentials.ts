/**
 * Credentials of every kind of profile, one set for all regions and all callers of a profile: held until they are about to end,
 * loaded once for however many wait, and never by asking a person more than once.
 *
 * The SDK's own chain is used where it does that; roles, MFA, Identity Center and commands are read here, because the SDK asks for a
 * code before it knows that it needs one, runs a command without consent, and looks into this process's home and environment.
 */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import type { AwsCredentialIdentity } from './awsCredentials.ts';
import { toAwsError } from './awsErrors.ts';
import { filled, readConfigFiles, type ConfigFiles, type Section } from './configFiles.ts';
import { commandHash, runCredentialProcess } from './credentialProcess.ts';
import { configuredEndpoint } from './endpoints.ts';
import { createIdentityCenter, type IdentityCenter } from './identityCenter.ts';
import { cacheFolder, tokenPath } from './identityCenterCache.ts';
import { profileKind } from './profileKind.ts';
import { defaultProfile, hasEnvironmentCredentials, type ProfileSource } from './profiles.ts';
import { createPrompts, PersonNeeded, type Prompts } from './prompts.ts';
import { signInName, signInSourceOf } from './signInSource.ts';
import { assumeRole, assumeRoleWithWebIdentity, getSessionToken, isWrongCode, type MfaCode, type RoleRequest, type StsPlace } from './stsCredentials.ts';

/** Credentials that end sooner than this are fetched anew, as the SDK does. */
const REFRESH_AHEAD_MS = 5 * 60_000;
/** For the instance metadata service, which exists on EC2 only; elsewhere nothing answers there. */
const METADATA_TIMEOUT_MS = 1000;
const LONGEST_CHAIN = 8;

/** Which commands a person has agreed to, by the hash of their text. */
export interface AgreedCommands {
  has(hash: string): Promise<boolean>;
  /** Whether another command of the profile was agreed to. */
  hadOther(profile: string): Promise<boolean>;
  add(profile: string, hash: string): Promise<void>;
}

export interface CredentialsOptions {
  readonly prompts?: Prompts;
  readonly identityCenter?: IdentityCenter;
  /** Absent: nothing has been agreed to, and what is is forgotten at the end. */
  readonly agreed?: AgreedCommands;
  readonly clock?: Clock;
}

export interface CredentialsRequest {
  readonly cloud: ProfileSource;
  readonly profile: string;
  /** Where STS is asked, when the profile names no region of its own. */
  readonly region: string;
}

export interface Credentials {
  /**
   * @throws PersonNeeded when a person has to sign in, type a code or agree first; PosternError `aws.no-credentials`,
   * `aws.access-denied`, `data.unreadable` and what STS and Identity Center may answer
   */
  get(request: CredentialsRequest): Promise<AwsCredentialIdentity>;
  /** AWS says that these have ended: the next `get` loads new ones. */
  invalidate(accessKeyId: string): void;
  /** Read the profile's files and credentials anew at the next `get`. */
  forget(profile: string): void;
}

export function createCredentials({ prompts = createPrompts(), clock = systemClock, agreed = agreedInMemory(), identityCenter = createIdentityCenter({ clock }) }: CredentialsOptions = {}): Credentials {
  const held = new Map<string, AwsCredentialIdentity>();
  const loading = new Map<string, Promise<AwsCredentialIdentity>>();

  const isFresh = ({ expiration }: AwsCredentialIdentity): boolean => {
    if (expiration === undefined) return true;
    return expiration.getTime() - clock.now() > REFRESH_AHEAD_MS;
  };

  async function get({ cloud, profile, region }: CredentialsRequest): Promise<AwsCredentialIdentity> {
    const known = held.get(profile);
    if (known !== undefined && isFresh(known)) return known;
    const underway = loading.get(profile);
    if (underway !== undefined) return underway;
    const started = readConfigFiles(cloud)
      .then((files) => load({ cloud, files, region, profile, chain: [] }))
      .then((loaded) => {
        held.set(profile, loaded);
        return loaded;
      })
      .finally(() => {
        if (loading.get(profile) === started) loading.delete(profile);
      });
    loading.set(profile, started);
    return started;
  }

  interface Loading {
    readonly cloud: ProfileSource;
    readonly files: ConfigFiles;
    readonly region: string;
    readonly profile: string;
    /** The profiles that lead here, for whom it is loaded. */
    readonly chain: readonly string[];
  }

  async function load(place: Loading): Promise<AwsCredentialIdentity> {
    const { cloud, files, profile, chain } = place;
    if (profile === defaultProfile(cloud) && hasEnvironmentCredentials(cloud)) return fromEnvironment(place);
    const section = files.profiles.get(profile);
    if (section === undefined && chain.length === 0) throw new PosternError({ code: 'aws.profile-not-found', message: say`There is no AWS profile called ${profile}.`, remedy: say`Check the spelling, or add it with: aws configure --profile NAME` });
    if (section === undefined) throw brokenChain(say`Profile ${chain.at(-1) ?? profile} takes its credentials from profile ${profile}, which is not there.`, say`Correct its source_profile.`);
    const kind = profileKind(section);
    switch (kind) {
      case 'keys':
        return fromKeys(section);
      case 'role':
        return await fromRole(place, section);
      case 'web-identity':
        return await assumeRoleWithWebIdentity(stsPlace(place, section), required(section, 'web_identity_token_file'), roleRequest(section, clock));
      case 'process':
        return await fromProcess(place, required(section, 'credential_process'));
      case 'identity-center':
        return await fromIdentityCenter(place, section);
      case 'container':
      case 'instance':
      case 'none':
      case 'login':
        return await fromSdk(place, kind);
    }
  }

  /** The very profile a person uses, however long the chain below it. */
  const userOf = ({ chain, profile }: Loading): string => chain[0] ?? profile;

  async function fromRole(place: Loading, section: Section): Promise<AwsCredentialIdentity> {
    const { profile, chain, files } = place;
    const sourceProfile = filled(section['source_profile']);
    if (chain.length >= LONGEST_CHAIN || chain.includes(profile)) throw brokenChain(say`The roles of profile ${chain[0] ?? profile} lead back to themselves (${[...chain, profile].join(' → ')}).`, say`Correct source_profile of one of them.`);
    const sourceSection = sourceProfile === undefined ? undefined : files.profiles.get(sourceProfile);
    // A profile that names itself means its own keys.
    const ownKeys = sourceProfile === profile && filled(section['aws_access_key_id']) !== undefined;
    const source = ownKeys
      ? fromKeys(section)
      : sourceProfile === undefined
        ? await fromSource(place, required(section, 'credential_source'))
        : await loadSource({ ...place, profile: sourceProfile, chain: [...chain, profile] }, sourceSection);
    const sts = stsPlace(place, section);
    const role = roleRequest(section, clock);
    const serial = filled(section['mfa_serial']);
    if (serial === undefined) return await assumeRole(sts, source, role);
    // Long-term keys get one session for all their roles; temporary ones cannot, and give the code with the role itself.
    const lasting = source.sessionToken === undefined;
    const key = lasting ? `mfa-session:${source.accessKeyId}:${serial}` : `mfa-role:${role.roleArn}:${serial}`;
    const session = held.get(key);
    if (session !== undefined && isFresh(session)) return lasting ? await assumeRole(sts, session, role) : session;
    throw prompts.need({
      key,
      profile: userOf(place),
      asked: { kind: 'mfa', serial },
      act: async (code) => {
        const mfa: MfaCode = { serial, code };
        try {
          held.set(key, lasting ? await getSessionToken(sts, source, mfa) : await assumeRole(sts, source, role, mfa));
        } catch (thrown) {
          if (!isWrongCode(thrown)) throw thrown;
          throw new PosternError({ code: 'aws.mfa-needed', message: say`AWS did not take that code of ${serial}.`, remedy: say`Wait for the next code and type it.`, retryable: true }, { cause: thrown });
        }
      },
    });
  }

  /** The source's credentials are held and loaded once too: another role of the same source needs no second sign-in. */
  async function loadSource(place: Loading, section: Section | undefined): Promise<AwsCredentialIdentity> {
    if (section === undefined || profileKind(section) === 'keys') return await load(place);
    const key = `source:${place.profile}`;
    const known = held.get(key);
    if (known !== undefined && isFresh(known)) return known;
    const underway = loading.get(key);
    if (underway !== undefined) {
      try {
        return await underway;
      } catch (thrown) {
        if (!(thrown instanceof PersonNeeded)) throw thrown;
        // Once more, so that the prompt names this profile as well.
        return await load(place);
      }
    }
    const started = load(place).finally(() => loading.delete(key));
    loading.set(key, started);
    const loaded = await started;
    held.set(key, loaded);
    return loaded;
  }

  async function fromSource(place: Loading, source: string): Promise<AwsCredentialIdentity> {
    switch (source) {
      case 'Environment': {
        const keys = environmentKeys(place.cloud);
        if (keys === undefined) throw new PosternError({ code: 'aws.no-credentials', message: say`Profile ${place.profile} takes its credentials from the environment, which has none.`, remedy: say`Start Postern with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY set.` });
        return keys;
      }
      case 'EcsContainer':
        return await fromSdk(place, 'container');
      case 'Ec2InstanceMetadata':
        return await fromSdk(place, 'instance');
      default:
        throw brokenChain(say`Profile ${place.profile} has the credential_source ${JSON.stringify(source)}, which does not exist.`, say`Write Environment, EcsContainer or Ec2InstanceMetadata.`);
    }
  }

  async function fromProcess(place: Loading, command: string): Promise<AwsCredentialIdentity> {
    const { profile } = place;
    const hash = commandHash(command);
    if (!(await agreed.has(hash))) {
      const changed = await agreed.hadOther(profile);
      throw prompts.need({ key: `consent:${hash}`, profile: userOf(place), asked: { kind: 'consent', command, changed }, act: () => agreed.add(profile, hash) });
    }
    return await runCredentialProcess(profile, command);
  }

  async function fromIdentityCenter(place: Loading, section: Section): Promise<AwsCredentialIdentity> {
    const { cloud, files, profile } = place;
    const source = signInSourceOf(profile, section, files);
    const accountId = filled(section['sso_account_id']);
    const roleName = filled(section['sso_role_name']);
    if (source === undefined || accountId === undefined || roleName === undefined) throw brokenChain(say`Profile ${profile} names no ${accountId === undefined ? 'sso_account_id' : 'sso_role_name'}.`, say`Complete it with: aws configure sso`);
    const credentials = await identityCenter.roleCredentials({ cloud, files, source }, { profile, accountId, roleName });
    if (credentials !== undefined) return credentials;
    throw prompts.need({ key: signInKey(cloud, source), profile: userOf(place), asked: { kind: 'sign-in', signIn: signInName(source), startUrl: source.startUrl }, act: notByReply });
  }

  return {
    get,
    invalidate(accessKeyId) {
      for (const [key, { accessKeyId: heldId }] of held) if (heldId === accessKeyId) held.delete(key);
    },
    forget(profile) {
      held.delete(profile);
      held.delete(`source:${profile}`);
      loading.delete(profile);
    },
  };
}

/** One prompt for each sign-in, whatever profiles use it. */
export function signInKey(cloud: ProfileSource, source: Parameters<typeof tokenPath>[1]): string {
  return `sign-in:${tokenPath(cacheFolder(cloud), source)}`;
}

async function notByReply(): Promise<void> {
  throw new PosternError({ code: 'input.invalid', message: say`A sign-in is begun, not answered.` });
}

async function fromEnvironment(place: { readonly cloud: ProfileSource; readonly files: ConfigFiles; readonly region: string; readonly profile: string }): Promise<AwsCredentialIdentity> {
  const { cloud, files, region, profile } = place;
  const keys = environmentKeys(cloud);
  if (keys !== undefined) return keys;
  const { environment } = cloud;
  const tokenFile = filled(environment['AWS_WEB_IDENTITY_TOKEN_FILE']);
  const roleArn = filled(environment['AWS_ROLE_ARN']);
  if (tokenFile !== undefined && roleArn !== undefined) {
    const sts = { profile, region, endpoint: configuredEndpoint('sts', profile, environment, files) };
    return await assumeRoleWithWebIdentity(sts, tokenFile, { roleArn, sessionName: filled(environment['AWS_ROLE_SESSION_NAME']) ?? `postern-${Date.now()}` });
  }
  return await fromSdk(place, 'container');
}

type SdkKind = 'container' | 'instance' | 'none' | 'login';

/** What the SDK does right: the endpoints of containers and machines, and `aws login`. */
async function fromSdk({ cloud, files, profile, region }: { readonly cloud: ProfileSource; readonly files: ConfigFiles; readonly profile: string; readonly region: string }, kind: SdkKind): Promise<AwsCredentialIdentity> {
  const init = { profile, filepath: files.credentialsFile, configFilepath: files.configFile, ignoreCache: true };
  try {
    const { fromHttp, fromIni, fromInstanceMetadata } = await import('@aws-sdk/credential-providers');
    switch (kind) {
      case 'container': {
        const { environment } = cloud;
        const [relative, full, token, tokenFile] = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'].map((name) => filled(environment[name]));
        return await fromHttp({
          timeout: METADATA_TIMEOUT_MS,
          maxRetries: 1,
          ...(relative === undefined ? {} : { awsContainerCredentialsRelativeUri: relative }),
          ...(full === undefined || relative !== undefined ? {} : { awsContainerCredentialsFullUri: full }),
          ...(token === undefined || tokenFile !== undefined ? {} : { awsContainerAuthorizationToken: token }),
          ...(tokenFile === undefined ? {} : { awsContainerAuthorizationTokenFile: tokenFile }),
        })();
      }
      case 'instance':
        return await fromInstanceMetadata({ timeout: METADATA_TIMEOUT_MS, maxRetries: 1 })();
      case 'none':
        // Only the profile nobody named may come from the machine itself: an EC2 role.
        if (cloud.kind === 'aws' && profile === 'default') {
          return await fromInstanceMetadata({ timeout: METADATA_TIMEOUT_MS, maxRetries: 0 })().catch((cause: unknown) => {
            throw new PosternError({ code: 'aws.no-credentials', message: say`No credentials were found for profile default.`, remedy: say`Add keys or a sign-in to it, e.g. with: aws configure` }, { cause });
          });
        }
        return await fromIni(init)();
      case 'login':
        return await fromIni(init)({ callerClientConfig: { profile, region: async () => region } });
    }
  } catch (thrown) {
    throw toAwsError(thrown, { action: 'sts:AssumeRole', profile, region, endpoint: say`the credentials source of profile ${profile}` });
  }
}

function stsPlace({ cloud, files, profile, region }: { readonly cloud: ProfileSource; readonly files: ConfigFiles; readonly profile: string; readonly region: string }, section: Section): StsPlace {
  return { profile, region: filled(section['region']) ?? region, endpoint: configuredEndpoint('sts', profile, cloud.environment, files) };
}

function roleRequest(section: Section, clock: Clock): RoleRequest {
  const seconds = Number(filled(section['duration_seconds']));
  return {
    roleArn: required(section, 'role_arn'),
    sessionName: filled(section['role_session_name']) ?? `postern-${clock.now()}`,
    externalId: filled(section['external_id']),
    durationSeconds: Number.isInteger(seconds) && seconds > 0 ? seconds : undefined,
  };
}

function required(section: Section, key: string): string {
  const value = filled(section[key]);
  if (value === undefined) throw new Error(`a section without ${key} was taken for one that has it`);
  return value;
}

function fromKeys(section: Section): AwsCredentialIdentity {
  const sessionToken = filled(section['aws_session_token']);
  return { accessKeyId: required(section, 'aws_access_key_id'), secretAccessKey: required(section, 'aws_secret_access_key'), ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** The keys of the cloud's environment, which in a test is not this process's. */
function environmentKeys({ environment }: ProfileSource): AwsCredentialIdentity | undefined {
  const accessKeyId = filled(environment['AWS_ACCESS_KEY_ID']);
  const secretAccessKey = filled(environment['AWS_SECRET_ACCESS_KEY']);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const sessionToken = filled(environment['AWS_SESSION_TOKEN']);
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function brokenChain(message: string, remedy: string): PosternError {
  return new PosternError({ code: 'data.unreadable', message, remedy });
}

function agreedInMemory(): AgreedCommands {
  const hashes = new Map<string, string>();
  return { has: async (hash) => [...hashes.values()].includes(hash), hadOther: async (profile) => hashes.has(profile), add: async (profile, hash) => void hashes.set(profile, hash) };
}
