/**
 * The SDK clients of each scope, made when first used: the SDK loads after the first paint, and only the services needed.
 */
import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EC2InstanceConnectClient } from '@aws-sdk/client-ec2-instance-connect';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { scopeKey, type Scope } from '../../contract/scope.ts';
import type { AwsCall } from './awsErrors.ts';
import { createCallGate, throughGate, type CallGate } from './callGate.ts';
import { readConfigFiles, type ConfigFiles } from './configFiles.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import { configuredEndpoint, isTrue, policyName, services, usualEndpoint, type Service } from './endpoints.ts';
import { once } from './once.ts';
import { defaultProfile, hasEnvironmentCredentials, type ProfileSource } from './profiles.ts';
import { createPrompts, PersonNeeded, type Prompts } from './prompts.ts';
import { renewExpired, type Renewal } from './renewExpired.ts';

export interface Timeouts {
  /** Until TCP and TLS stand. */
  readonly connectMs: number;
  /** Until the answer's head arrives, and between two pieces of its body. */
  readonly answerMs: number;
  /** How often a call is made at most when it fails in a way that may pass. */
  readonly attempts: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 6_000, answerMs: 20_000, attempts: 4 };

/** To one endpoint, over all scopes: as many as the gate lets through, and sessions being opened meanwhile. */
const MAX_SOCKETS = 96;
/** Many scopes are opened together: they read the config files once. */
const FILES_HOLD_MS = 250;

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The clients of one scope. All share one set of credentials, and with the other scopes one pool of connections. */
export interface ScopeClients {
  readonly scope: Scope;
  ec2(): Promise<EC2Client>;
  ssm(): Promise<SSMClient>;
  sts(): Promise<STSClient>;
  instanceConnect(): Promise<EC2InstanceConnectClient>;
  cloudWatch(): Promise<CloudWatchClient>;
  autoScaling(): Promise<AutoScalingClient>;
  loadBalancers(): Promise<ElasticLoadBalancingV2Client>;
  iam(): Promise<IAMClient>;
  /** Whether the person asked for endpoints with FIPS 140 cryptography. */
  readonly useFips: boolean;
  /** For what the SDK does not sign: the WebSocket of a session. Refreshed when about to expire. */
  credentials(): Promise<AwsCredentials>;
  /** How a call is named in an error. */
  call(service: Service, operation: string, target?: string): AwsCall;
}

export interface AwsClients {
  /**
   * The clients of a scope, kept until forgotten.
   *
   * @throws PosternError `aws.profile-not-found`, `aws.region-unknown`, `data.unreadable`
   */
  forScope(scope: Scope): Promise<ScopeClients>;
  /**
   * As `forScope`, once there are credentials: waits while a person signs in, types a code or agrees to a command.
   *
   * For what a person asked for and watches; what runs by itself fails with `PersonNeeded` and is run again.
   * @throws PosternError also `aws.sign-in-needed`, `aws.mfa-needed`, `aws.consent-needed` when the person declines, `cancelled`
   */
  ready(scope: Scope, signal?: AbortSignal): Promise<ScopeClients>;
  /** As `ready(scope)` and `credentials()`. */
  credentials(scope: Scope): Promise<AwsCredentials>;
  /** The account a profile turned out to be of: its profiles share what AWS allows it. */
  setAccount(profile: string, accountId: string): void;
  /** Read files and credentials anew at the next use, e.g. after the person signed in again. */
  forget(scope: Scope): void;
  close(): void;
}

export interface ClientsOptions {
  /** The clouds that are there now; the first that knows a profile is the one it belongs to. */
  readonly clouds: () => readonly ProfileSource[];
  readonly version: string;
  readonly timeouts?: Timeouts;
  /** Shared with whoever shows and answers the prompts; absent: prompts that nobody answers. */
  readonly prompts?: Prompts;
  readonly credentials?: Credentials;
}

export function createClients({ clouds, version, timeouts = defaultTimeouts, prompts = createPrompts(), credentials = createCredentials({ prompts }) }: ClientsOptions): AwsClients {
  const gate = createCallGate();
  // One for all scopes: profiles that look at the same region share its connections.
  const requestHandler = once(async () => {
    const { NodeHttpHandler } = await import('@smithy/node-http-handler');
    const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
    return new NodeHttpHandler({ connectionTimeout: timeouts.connectMs, requestTimeout: timeouts.answerMs, socketTimeout: timeouts.answerMs, throwOnRequestTimeout: true, httpAgent: agent, httpsAgent: agent });
  });
  const held = new Map<ProfileSource, Promise<ConfigFiles>>();
  const filesOf = (cloud: ProfileSource): Promise<ConfigFiles> => {
    const known = held.get(cloud);
    if (known !== undefined) return known;
    const read = readConfigFiles(cloud);
    held.set(cloud, read);
    setTimeout(() => held.delete(cloud), FILES_HOLD_MS).unref();
    return read;
  };
  const byScope = new Map<string, Promise<ScopeClients>>();

  const forScope = (scope: Scope): Promise<ScopeClients> => {
    const key = scopeKey(scope);
    const kept = byScope.get(key);
    if (kept !== undefined) return kept;
    const made = createScopeClients({ scope, clouds: clouds(), version, timeouts, gate, profileCredentials: credentials, requestHandler, filesOf });
    byScope.set(key, made);
    // A mistake in a file is mended in the file: look again next time.
    made.catch(() => byScope.delete(key));
    return made;
  };

  const ready = async (scope: Scope, signal?: AbortSignal): Promise<ScopeClients> => {
    for (;;) {
      const scoped = await forScope(scope);
      try {
        await scoped.credentials();
        return scoped;
      } catch (thrown) {
        if (!(thrown instanceof PersonNeeded)) throw thrown;
        await prompts.answered(thrown, signal);
      }
    }
  };

  return {
    forScope,
    ready,
    credentials: async (scope) => (await ready(scope)).credentials(),
    setAccount: (profile, accountId) => gate.setAccount(profile, accountId),
    forget: (scope) => {
      held.clear();
      credentials.forget(scope.profile);
      byScope.delete(scopeKey(scope));
    },
    close: () => {
      byScope.clear();
      if (requestHandler.started()) void requestHandler().then((handler) => handler.destroy());
    },
  };
}

interface ScopeClientsOptions {
  readonly scope: Scope;
  readonly clouds: readonly ProfileSource[];
  readonly version: string;
  readonly timeouts: Timeouts;
  readonly gate: CallGate;
  readonly profileCredentials: Credentials;
  readonly requestHandler: () => Promise<NodeHttpHandler>;
  readonly filesOf: (cloud: ProfileSource) => Promise<ConfigFiles>;
}

async function createScopeClients({ scope, clouds, version, timeouts, gate, profileCredentials, requestHandler, filesOf }: ScopeClientsOptions): Promise<ScopeClients> {
  const { profile, region } = scope;
  const { cloud, files } = await findProfile(profile, clouds, filesOf);
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(region)) {
    throw new PosternError({ code: 'aws.region-unknown', message: say`${JSON.stringify(region)} is not the name of a region.`, remedy: say`Write it as AWS does, e.g. eu-west-1.` });
  }
  const endpoints = new Map<Service, string | undefined>(services.map((service) => [service, configuredEndpoint(service, profile, cloud.environment, files)]));
  const section = files.profiles.get(profile);
  let used: string | undefined;
  // Held by us: what the SDK remembers beside it would outlive a sign-in.
  const credentials = Object.assign(
    async () => {
      const identity = await profileCredentials.get({ cloud, profile, region });
      used = identity.accessKeyId;
      return identity;
    },
    { memoized: true },
  );
  const renewal: Renewal = {
    current: () => used,
    async renew(accessKeyId) {
      profileCredentials.invalidate(accessKeyId);
      return (await credentials()).accessKeyId !== accessKeyId;
    },
  };
  const useFips = isTrue(cloud.environment['AWS_USE_FIPS_ENDPOINT'] ?? section?.['use_fips_endpoint']);
  const configuration = async (service: Service) => {
    const endpoint = endpoints.get(service);
    return {
      region,
      credentials,
      // Never the SDK's own look into this process's environment and the default profile.
      ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
      useFipsEndpoint: useFips,
      useDualstackEndpoint: isTrue(cloud.environment['AWS_USE_DUALSTACK_ENDPOINT'] ?? section?.['use_dualstack_endpoint']),
      requestHandler: await requestHandler(),
      // What the SDK calls adaptive slows down a whole client for one throttled action; the gate does so for that action.
      retryMode: 'standard',
      maxAttempts: timeouts.attempts,
      defaultsMode: 'standard' as const,
      customUserAgent: [['postern', version] as [string, string]],
    };
  };
  const ec2 = once(async () => renewExpired(throughGate(new (await import('@aws-sdk/client-ec2')).EC2Client(await configuration('ec2')), gate, { profile, region, service: 'ec2' }), renewal));
  const ssm = once(async () => renewExpired(throughGate(new (await import('@aws-sdk/client-ssm')).SSMClient(await configuration('ssm')), gate, { profile, region, service: 'ssm' }), renewal));
  const sts = once(async () => renewExpired(new (await import('@aws-sdk/client-sts')).STSClient(await configuration('sts')), renewal));
  const instanceConnect = once(async () => renewExpired(new (await import('@aws-sdk/client-ec2-instance-connect')).EC2InstanceConnectClient(await configuration('ec2-instance-connect')), renewal));
  const cloudWatch = once(async () => renewExpired(throughGate(new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(await configuration('cloudwatch')), gate, { profile, region, service: 'cloudwatch' }), renewal));
  const autoScaling = once(async () => renewExpired(throughGate(new (await import('@aws-sdk/client-auto-scaling')).AutoScalingClient(await configuration('auto-scaling')), gate, { profile, region, service: 'auto-scaling' }), renewal));
  const loadBalancers = once(async () => renewExpired(throughGate(new (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2Client(await configuration('elastic-load-balancing-v2')), gate, { profile, region, service: 'elastic-load-balancing-v2' }), renewal));
  const iam = once(async () => renewExpired(throughGate(new (await import('@aws-sdk/client-iam')).IAMClient(await configuration('iam')), gate, { profile, region, service: 'iam' }), renewal));
  return {
    scope,
    ec2,
    ssm,
    sts,
    instanceConnect,
    cloudWatch,
    autoScaling,
    loadBalancers,
    iam,
    useFips,
    credentials: () => credentials(),
    call: (service, operation, target) => ({
      action: `${policyName(service)}:${operation}`,
      profile,
      region,
      endpoint: withoutUserInfo(endpoints.get(service) ?? usualEndpoint(service, region)),
      ...(target === undefined ? {} : { target }),
    }),
  };
}

async function findProfile(profile: string, clouds: readonly ProfileSource[], filesOf: ScopeClientsOptions['filesOf']): Promise<{ cloud: ProfileSource; files: ConfigFiles }> {
  for (const cloud of clouds) {
    const files = await filesOf(cloud);
    if (files.profiles.has(profile) || (profile === defaultProfile(cloud) && hasEnvironmentCredentials(cloud))) return { cloud, files };
  }
  throw new PosternError({ code: 'aws.profile-not-found', message: say`There is no AWS profile called ${profile}.`, remedy: say`Check the spelling, or add it with: aws configure --profile NAME` });
}

/** A URL may carry a password; an error must not. */
function withoutUserInfo(endpoint: string): string {
  const url = new URL(endpoint);
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}
