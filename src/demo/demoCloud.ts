/**
 * The demo cloud: a small pretend AWS on loopback, with an account, a network that obeys its own rules, and real hosts behind it.
 *
 * Reached through the same code as AWS: by config files that name its endpoint, and by its Dialer.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../services/base/clock.ts';
import type { Clock } from '../services/base/clock.ts';
import type { Cloud, SerialConsoleHost } from '../services/base/cloud.ts';
import type { Log } from '../services/base/log.ts';
import { Secret } from '../services/base/secret.ts';
import { startAwsEndpoint, type AwsEndpoint, type EndpointAccount } from './awsEndpoint.ts';
import { createCloudWatchService } from './cloudWatchApi.ts';
import type { AwsService } from './awsService.ts';
import { createDemoHosts } from './demoHosts.ts';
import { createEc2Service } from './ec2Api.ts';
import { demoEstate } from './estate.ts';
import type { EstateDeclaration } from './estateDeclaration.ts';
import type { DemoInstance, DemoMachine, DemoManagedNode, Estate } from './estateModel.ts';
import { expandEstate } from './expandEstate.ts';
import { Faults } from './faults.ts';
import type { FaultSwitches } from './faults.ts';
import { fleetEstates } from './fleet.ts';
import { createAutoScalingService, createIamService, createLoadBalancingService } from './groupApis.ts';
import type { DemoHost } from './host.ts';
import { createAccessKeyId, createIdentities, type Identities } from './identities.ts';
import { createHostNetwork } from './hostNetwork.ts';
import { createIdentityCenter, type DemoIdentityCenter } from './identityCenter.ts';
import { createInstanceConnectService } from './instanceConnectApi.ts';
import { createInstanceNetwork } from './instanceNetwork.ts';
import { createInstancePower, type PowerSwitches } from './instancePower.ts';
import { createLentKey, lostKeyPair } from './keyPairs.ts';
import { createKmsService } from './kmsApi.ts';
import { startMessageService } from './messageService.ts';
import type { MessageService } from './messageService.ts';
import { createDemoNetwork } from './network.ts';
import type { DemoNetwork } from './network.ts';
import { createOidcRoutes } from './oidcApi.ts';
import { ADDRESS_PATH, personAddressAnswer } from './personAddress.ts';
import { createSerialConsole } from './serialConsole.ts';
import { readCredentialScope, verifySigV4 } from './sigV4.ts';
import type { SigningCredentials } from './sigV4.ts';
import type { SessionDocument } from './sessionDocuments.ts';
import type { AgentBehaviour } from './ssmAgent.ts';
import { createSsmService } from './ssmApi.ts';
import type { AccountSettings } from './ssmApi.ts';
import { createSsoRoutes } from './ssoApi.ts';
import { createStsService, demoRoles, type StsSettings } from './stsApi.ts';
import { startTunnelService } from './tunnelService.ts';

export const DEMO_PROFILE = 'demo';
const SSH_PORT = 22;
const USER_ID = 'AIDAEXAMPLEDEMOUSER00';

export interface DemoCloudOptions {
  /** An estate of so many generated instances instead of the story of about twenty. */
  readonly instances?: number;
  /** Generated instances over so many accounts, each a profile (`demo`, `demo-2`, ...), and so many regions. The others' hosts can be listed only. */
  readonly accounts?: number;
  readonly regions?: number;
  /** Another estate than the story. */
  readonly declaration?: EstateDeclaration;
  /** 32 bytes: host keys are derived from it, so they are the same in the next run. */
  readonly seed: Uint8Array;
  readonly log: Log;
  readonly faults?: Partial<FaultSwitches>;
  /** Otherwise than the official agent does; versions are the instances' own. */
  readonly agents?: Partial<Omit<AgentBehaviour, 'agentVersion'>>;
  /** The account's own session documents, besides AWS's. */
  readonly sessionDocuments?: Readonly<Record<string, SessionDocument>>;
  /** For signatures, lent keys and ages; absent: the machine's. */
  readonly clock?: Clock;
}

export interface DemoCloud extends Cloud {
  readonly kind: 'demo';
  readonly configFile: string;
  readonly credentialsFile: string;
  readonly dialer: DemoNetwork;
  readonly serialConsole: (region: string) => SerialConsoleHost;
  /** Whether the account allows the serial console; changed by tests. */
  readonly serialConsoleSwitch: { enabled: boolean };
  readonly faults: Faults;
  /** How instances start and stop. */
  readonly power: PowerSwitches;
  readonly estate: Estate;
  /** `http://127.0.0.1:PORT`, for every service and region. */
  readonly endpointUrl: string;
  /** People's sign-ins: approved, refused and revoked by tests. */
  readonly identityCenter: DemoIdentityCenter;
  /** The roles, and what their trust asks for. */
  readonly sts: StsSettings;
  /** Whoever signs requests here: users, and the sessions given out. */
  readonly identities: Identities;
  /** The session relay: its faults, and who is connected. */
  readonly messages: MessageService;
  /** May be changed at any time; holds for sessions that start afterwards. */
  readonly settings: AccountSettings;
  /** ARN of the region's KMS key. */
  kmsKeyArn(region: string): string;
  /** By Name tag or instance id. */
  instance(nameOrId: string): DemoInstance;
  host(machine: DemoMachine): DemoHost;
  /** A machine outside EC2 by its name or id: registered with Systems Manager, or a container of ECS. @throws Error when there is none */
  managedNode(nameOrId: string): DemoManagedNode;
}

export async function startDemoCloud(options: DemoCloudOptions): Promise<DemoCloud> {
  const { seed, log, clock = systemClock } = options;
  const faults = new Faults(options.faults);
  const { lentKey, keyPair } = createLentKey();
  const [declaration = options.declaration ?? demoEstate, ...otherDeclarations] = options.instances === undefined ? [] : fleetEstates(options.instances, options.accounts ?? 1, options.regions ?? 2);
  const estate = expandEstate(declaration, [keyPair, lostKeyPair], clock.now());
  const credentials = createCredentials();
  const callerArn = `arn:aws:iam::${estate.accountId}:user/${estate.userName}`;
  const settings: AccountSettings = { sessionPreferences: undefined };
  const identities = createIdentities(clock);
  const sts: StsSettings = { roles: demoRoles, mfaCode: '246810', webIdentityToken: randomBytes(32).toString('base64url'), sessionSeconds: undefined };
  const kms = createKmsService(estate);
  const hosts = createDemoHosts({
    estate,
    seed,
    networkOf: (machine) => (listenerPort) => {
      const region = estate.regions.find(({ region: name }) => name === machine.region);
      const instance = region?.instances.find(({ instanceId }) => instanceId === machine.instanceId);
      // What is outside EC2 stands alone.
      if (region === undefined || instance === undefined) return createHostNetwork({ listenerPort });
      return createInstanceNetwork(instance, region, network.dialFrom(instance.instanceId), listenerPort);
    },
    clock,
    log,
  });
  const instances = estate.regions.flatMap((region) => region.instances);
  const serialConsole = createSerialConsole({
    regions: estate.regions.map(({ region }) => region),
    instance: (instanceId) => instances.find((instance) => instance.instanceId === instanceId),
    host: (instance) => hosts.host(instance),
    seed,
    clock,
    log,
  });
  const network = createDemoNetwork(
    estate,
    async (instance, port) => (instance.windows && port === SSH_PORT ? undefined : hosts.host(instance).listenerPort(port)),
    async (name, port) => (port === SSH_PORT ? serialConsole.portOf(name) : undefined),
  );
  const messages = await startMessageService({
    log,
    ...options.agents,
    ...(options.sessionDocuments === undefined ? {} : { documents: options.sessionDocuments }),
    verifyUpgrade: (request) => !faults.isDenied('ssmmessages:OpenDataChannel') && isSignedUpgrade(request, identities.find(readCredentialScope({ headers: request.headersDistinct })?.accessKeyId)?.credentials ?? credentials, estate, clock),
  });
  const tunnels = await startTunnelService({
    regions: estate.regions,
    credentials,
    callerArn,
    faults,
    dial: (endpointId, address, port, signal) => network.dialFromEndpoint(endpointId).dial(address, port, signal),
    clock,
    log,
  });
  const power = createInstancePower({
    hosts,
    endSessions(instanceId) {
      for (const { sessionId, target, status } of messages.sessions()) if (target === instanceId && status !== 'Terminated') messages.terminateSession(sessionId);
    },
    onAddresses: () => network.addressesChanged(),
    clock,
  });
  const own: EndpointAccount = {
    accountId: estate.accountId,
    services: [
      createEc2Service(estate, hosts, tunnels.address, serialConsole, power, clock),
      createSsmService({ hosts, messages, kms, settings, userName: estate.userName, callerArn, clock }),
      kms.service,
      createInstanceConnectService(hosts, serialConsole),
      createStsService(identities, sts),
      ...createGroupServices(estate, clock),
    ],
    regions: estate.regions,
    credentials,
    callerArn,
    caller: userOf(estate.accountId, callerArn),
  };
  const others = otherDeclarations.map((one): EndpointAccount => {
    const theirs = expandEstate(one, [keyPair, lostKeyPair], clock.now());
    const arn = `arn:aws:iam::${theirs.accountId}:user/${theirs.userName}`;
    return {
      accountId: theirs.accountId,
      services: [
        createEc2Service(theirs, hosts, tunnels.address, serialConsole, power, clock),
        createSsmService({ hosts, messages, kms, settings, userName: theirs.userName, callerArn: arn, clock }),
        createStsService(identities, sts),
        ...createGroupServices(theirs, clock),
      ],
      regions: theirs.regions,
      credentials: createCredentials(),
      callerArn: arn,
      caller: userOf(theirs.accountId, arn),
    };
  });
  const accounts = [own, ...others];
  for (const { caller, credentials: keys } of accounts) identities.add({ caller, credentials: keys });
  // A session sees its account; the story's other accounts see what the demo's own does.
  const accountOf = (accessKeyId: string | undefined): EndpointAccount => {
    const identity = identities.find(accessKeyId);
    if (identity === undefined) return own;
    const { caller, credentials: keys, expiresAtMs } = identity;
    const account = accounts.find(({ accountId }) => accountId === caller.accountId) ?? own;
    return { ...account, caller, credentials: keys, callerArn: caller.arn, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
  };
  const assigned = [
    ...accounts.map(({ accountId }, index) => ({ accountId, accountName: index === 0 ? 'production' : `member-${index + 1}`, roles: ['Administrator', 'ReadOnly', 'Support'] })),
    ...(others.length > 0 ? [] : [{ accountId: '210987654321', accountName: 'staging', roles: ['Administrator', 'ReadOnly'] }, { accountId: '310987654321', accountName: 'sandbox', roles: ['Administrator'] }]),
  ];
  const identityCenter = createIdentityCenter(clock, () => `${endpoint.url}/start`, assigned);
  const oidc = createOidcRoutes(identityCenter, () => endpoint.url, clock);
  const portal = createSsoRoutes(identityCenter, identities);
  const endpoint: AwsEndpoint = await startAwsEndpoint({ accountOf, unsigned: (request, body) => personAddressAnswer(request) ?? oidc(request, body) ?? portal(request, body), faults, clock, log });
  const files = await writeConfigFiles([own, ...others], endpoint.url).catch(async (cause: unknown) => {
    await endpoint.close();
    await tunnels.close();
    await messages.close();
    throw cause;
  });
  log.info('demo cloud started', { url: endpoint.url, instances: instances.length });

  return {
    kind: 'demo',
    configFile: files.configFile,
    credentialsFile: files.credentialsFile,
    environment: {},
    addressUrl: `${endpoint.url}${ADDRESS_PATH}`,
    dialer: network,
    serialConsole: (region) => serialConsole.hostOf(region),
    serialConsoleSwitch: serialConsole,
    lentKeys: [lentKey],
    faults,
    power: power.switches,
    estate,
    endpointUrl: endpoint.url,
    identityCenter,
    sts,
    identities,
    messages,
    settings,
    kmsKeyArn: (region) => kms.keyArn(region),
    instance(nameOrId) {
      const found = instances.find(({ name, instanceId }) => name === nameOrId || instanceId === nameOrId);
      if (found === undefined) throw new Error(`the demo has no instance ${nameOrId}`);
      return found;
    },
    host: (machine) => hosts.host(machine),
    managedNode(nameOrId) {
      const found = estate.regions.flatMap(({ managedNodes }) => managedNodes).find(({ name, instanceId }) => name === nameOrId || instanceId === nameOrId);
      if (found === undefined) throw new Error(`the demo has no managed node ${nameOrId}`);
      return found;
    },
    async close() {
      power.close();
      await endpoint.close();
      await tunnels.close();
      await messages.close();
      await serialConsole.close();
      await hosts.close();
      await rm(files.folder, { recursive: true, force: true });
    },
  };
}

/** What watches and groups the instances. */
function createGroupServices(estate: Estate, clock: Clock): AwsService[] {
  return [createCloudWatchService(clock), createAutoScalingService(), createLoadBalancingService(estate), createIamService(estate)];
}

/** Static, and new in every run: nothing outside this run can have been signed with them. */
function createCredentials(): SigningCredentials {
  return { accessKeyId: createAccessKeyId('AKIA'), secretAccessKey: Secret.fromText(randomBytes(30).toString('base64')) };
}

function userOf(accountId: string, arn: string): EndpointAccount['caller'] {
  return { arn, accountId, userId: USER_ID, mfa: false, longTerm: true };
}

/** The WebSocket GET is signed for `ssmmessages`: specs section 2.1. */
function isSignedUpgrade(request: IncomingMessage, credentials: SigningCredentials, estate: Estate, clock: Clock): boolean {
  const verdict = verifySigV4({ method: request.method ?? '', target: request.url ?? '/', headers: request.headersDistinct, body: new Uint8Array() }, credentials, clock.now());
  return verdict.valid && verdict.scope.service === 'ssmmessages' && estate.regions.some(({ region }) => region === verdict.scope.region);
}

async function writeConfigFiles(accounts: readonly EndpointAccount[], endpointUrl: string): Promise<{ folder: string; configFile: string; credentialsFile: string }> {
  // mkdtemp makes it 0700.
  const folder = await mkdtemp(join(tmpdir(), 'postern-demo-'));
  const configFile = join(folder, 'config');
  const credentialsFile = join(folder, 'credentials');
  const named = accounts.map((account, index) => ({ ...account, profile: index === 0 ? DEMO_PROFILE : `${DEMO_PROFILE}-${index + 1}`, names: account.regions.map(({ region }) => region) }));
  const config = named.flatMap(({ profile, names }) => [`[profile ${profile}]`, `region = ${names[0] ?? ''}`, `postern_regions = ${names.join(',')}`, `endpoint_url = ${endpointUrl}`, '']);
  const secrets = named.flatMap(({ profile, credentials }) => [`[${profile}]`, `aws_access_key_id = ${credentials.accessKeyId}`, `aws_secret_access_key = ${credentials.secretAccessKey.revealText()}`, '']);
  await writeFile(configFile, config.join('\n'), { mode: 0o600 });
  await writeFile(credentialsFile, secrets.join('\n'), { mode: 0o600 });
  return { folder, configFile, credentialsFile };
}
