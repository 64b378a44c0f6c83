/**
 * The only place where services meet: makes them, wires them, and gives them the contract's shape.
 */
import type { Duplex, Readable } from 'node:stream';
import { join } from 'node:path';
import type { ContractEvent, EventListener, ServiceApi } from '../contract/contract.ts';
import { PosternError } from '../contract/error.ts';
import { isLoopback } from '../contract/forward.ts';
import type { Instance } from '../contract/instance.ts';
import type { RoutePlan } from '../contract/route.ts';
import { say } from '../contract/say.ts';
import type { Profile, Scope } from '../contract/scope.ts';
import { scopeKey } from '../contract/scope.ts';
import type { SessionLimits, TerminalSession } from '../contract/session.ts';
import type { AppInfo } from '../contract/settings.ts';
import { createAccounts, type WatchedCloud } from './accounts.ts';
import { createAddedAccounts } from './addedAccounts.ts';
import { createClients } from './aws/clients.ts';
import type { Inventory, InventoryEvent } from './aws/inventory.ts';
import { isSerialConsoleEnabled, lendPublicKey, lendSerialConsoleKey } from './aws/instanceConnect.ts';
import { generateDataKey } from './aws/kms.ts';
import { presignTunnel } from './aws/presignTunnel.ts';
import { signUpgrade } from './aws/signUpgrade.ts';
import { getDocument, resumeSession, startSession, terminateSession } from './aws/ssm.ts';
import type { Cloud } from './base/cloud.ts';
import type { Platform } from './base/platform.ts';
import { openStore } from './base/store.ts';
import { createConfigHostServices } from './configHostServices.ts';
import type { ConfigHostServices } from './configHostServices.ts';
import { createEcsTargets } from './ecsTargets.ts';
import { createForwards } from './forwards/forwards.ts';
import { createHostDetail } from './hostDetail.ts';
import { createHistoryServices } from './keptHistory.ts';
import { createHostActions } from './hostActions.ts';
import { createHostTrust, dropKeysOfGoneHosts } from './hostTrust.ts';
import { followAccounts } from './followAccounts.ts';
import { createKeptPassphrases, KEPT_PASSPHRASE_DOCUMENT_VERSION, KeptPassphraseDocument } from './keys/keptPassphrases.ts';
import { createKeyPairs } from './keys/keyPairs.ts';
import { createSecretStores } from './keys/secretStores.ts';
import { lendKey } from './localKeys.ts';
import { createKeptInventory } from './keptInventory.ts';
import { createMetricsReader } from './metrics.ts';
import { createNetworkServices } from './networkServices.ts';
import { createNotices } from './notices.ts';
import { liveInstances, tellStateOfOpenTabs } from './openTabs.ts';
import { planRoutes } from './routes/plan.ts';
import { createRememberedRoutes, REMEMBERED_ROUTE_DOCUMENT_VERSION, RememberedRouteDocument } from './routes/rememberedRoutes.ts';
import type { OpenPort } from './routes/ssm.ts';
import type { TransportKind } from './routes/transports.ts';
import { createTransports, openPlain } from './routes/transports.ts';
import { createScopeChoice } from './scopeChoice.ts';
import { createWorkspace } from './workspace.ts';
import type { ConnectOptions, SsmCalls } from './sessions/connect.ts';
import { toSessionTarget } from './sessions/configHostConnect.ts';
import { createLendAgent, LENT_AGENT_DOCUMENT_VERSION, LentAgentDocument, listLentAgents, revokeLentAgent } from './sessions/agentLending.ts';
import { createConnect } from './sessions/connect.ts';
import type { ConnectRequest } from './sessions/connectRequest.ts';
import type { Progress } from './sessions/progress.ts';
import { openPort as openInstancePort } from './sessions/openPort.ts';
import { toLocalTarget, withLocalShell } from './sessions/localShell.ts';
import { createSessionRecordings } from './sessionRecordings.ts';
import { createSessions } from './sessions/sessions.ts';
import { createSettings } from './settings/settings.ts';
import { createSharedConnections } from './ssh/sharedConnections.ts';
import { watchSleep } from './base/watchSleep.ts';
import { watchLimits, withoutIdle } from './ssm/sessionLimits.ts';
import { createPreferencesReader } from './ssm/sessionPreferences.ts';
import { openSsmForward } from './ssm/ssmForward.ts';
import { openSsmPort } from './ssm/ssmPort.ts';
import { createAgentKeys } from './ssh/agentKeys.ts';
import { agentPaths } from './ssh/agentPaths.ts';
import { serialConsoleHost } from './ssh/serialConsoleHosts.ts';
import { createHostKeys, HOST_KEY_DOCUMENT_VERSION, HostKeyDocument } from './ssh/hostKeys.ts';

/** What only a program in the same process may use: the command line. None of it crosses a link. */
export interface LocalApi {
  /**
   * List these profiles and regions in this process, without keeping the choice. Where one of the two is empty, the
   * profiles' own regions, or every profile, are meant.
   *
   * @throws PosternError `aws.profile-not-found`, `aws.no-region`, `aws.no-profile`
   */
  select(profiles: readonly string[], regions: readonly string[]): Promise<void>;
  /**
   * Every instance of the chosen scopes, once all scopes have answered or failed.
   *
   * @throws PosternError `aws.no-profile`, `aws.no-region` when there is no scope to ask
   */
  allInstances(): Promise<Instance[]>;
  /**
   * A container of ECS by its Session Manager target, `ecs:CLUSTER_TASK_RUNTIME`, in the only chosen profile and region.
   *
   * @throws PosternError `input.invalid`
   */
  ecsTarget(target: string): Promise<Instance>;
  /** As `sessions.open`, and with a command to run instead of a shell. */
  open(request: ConnectRequest): TerminalSession;
  readonly configHosts: Pick<ConfigHostServices, 'list' | 'resolve' | 'openPort'>;
  session(sessionId: string): TerminalSession | undefined;
  /** A command's stderr, where it is kept apart. */
  stderr(sessionId: string): Readable | undefined;
  /** Ends a session; it can still be looked up. */
  cancel(sessionId: string): void;
  /** The id of the keychain key of that name; absent when there is none. */
  keyNamed(keyName: string): Promise<string | undefined>;
  /**
   * Take a key for this process only, kept in memory.
   *
   * @returns its id
   * @throws PosternError `key.unreadable`, `key.unsupported`, `key.passphrase-needed`, `key.passphrase-wrong`
   */
  lendKey(keyName: string, privateKey: string, passphrase: string | undefined): Promise<string>;
  /** Bytes to a port of an instance, by the kind of route wanted, or the best one that can carry them; `progress` is asked by bastions. */
  openTransport(instanceId: string, port: number, via: TransportKind | 'jump' | undefined, progress: Progress, signal: AbortSignal): Promise<Duplex>;
}

export interface Services extends ServiceApi<Duplex> {
  readonly local: LocalApi;
  /** Ends all sessions and everything that runs for them. */
  close(): Promise<void>;
}

export async function createServices(platform: Platform): Promise<Services> {
  const { dataDir, clock, log } = platform;
  const listeners = new Set<EventListener>();
  const tell = (event: ContractEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const onEvent = (listener: EventListener): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  const history = createHistoryServices({ dataDir, clients: () => clients, instance: (instanceId) => inventory.instance(instanceId), clock, log, onChanged: (payload) => tell({ name: 'history.changed', payload }), onNotice: (notice) => notices.add(notice), keepDays: async () => (await settings.get()).history.keepDays, onDropped: (entries) => recordings.drop(entries), localUser: platform.openSsh?.localUser });
  listeners.add(history.follow);
  const notices = createNotices((list) => tell({ name: 'app.noticesChanged', payload: list }));
  const settings = createSettings({ dataDir, clock, onNotice: notices.add, onNoticeOver: notices.dismiss });
  const added = createAddedAccounts({ dataDir, clock, onNotice: notices.add });
  const clouds: WatchedCloud[] = platform.clouds.map((cloud) => (cloud.kind === 'aws' ? { ...cloud, added: added.read } : cloud));
  const accounts = createAccounts({ clouds: () => clouds, store: added, clock, log, onChanged: (payload) => tell({ name: 'accounts.changed', payload }), onPrompts: (payload) => tell({ name: 'accounts.promptsChanged', payload }) });
  const secrets = createSecretStores({ keychain: platform.secrets, dataDir });
  const agents = createAgentKeys(platform.openSsh === undefined || !clouds.some(({ kind }) => kind === 'aws') ? [] : agentPaths(platform.openSsh.environment, process.platform));
  const keyPairs = createKeyPairs({ dataDir, secrets: secrets.store, clock, log, onNotice: notices.add, foreign: () => agents.list(AbortSignal.timeout(AGENT_LIST_TIMEOUT_MS)) });
  const keys = { ...keyPairs, agentKey: agents.offered };
  const hostKeyStore = openStore({ path: join(dataDir, 'hostKeys.json'), version: HOST_KEY_DOCUMENT_VERSION, schema: HostKeyDocument, clock, onNotice: notices.add });
  const hostKeys = createHostKeys({ store: hostKeyStore, clock, log });
  const clients = createClients({ clouds: () => clouds, version: platform.version, prompts: accounts.prompts, credentials: accounts.credentials });
  const inventory: Inventory = createKeptInventory({ dataDir, app: platform.app, clients, scopes: () => scopes, openInstances: () => liveInstances(sessions.list()), clock, log, onNotice: notices.add });

  for (const cloud of clouds) keys.addLentKeys(cloud.lentKeys);
  inventory.on((event) => {
    tell(toContractEvent(event));
    if (event.type === 'network') keys.setEc2KeyPairs(inventory.network().flatMap((facts) => facts.ec2KeyPairs));
  });
  settings.onChanged((payload) => {
    tell({ name: 'settings.changed', payload });
    scopes.keptChanged(payload.scopes);
  });
  keys.onChanged((payload) => tell({ name: 'keys.changed', payload }));
  secrets.onChanged((payload) => tell({ name: 'secrets.changed', payload }));
  hostKeys.onChanged((payload) => tell({ name: 'hostKeys.changed', payload: [...payload] }));

  tellStateOfOpenTabs(inventory, () => sessions.list(), notices.add);
  const scopes = createScopeChoice({ clouds: () => clouds, settings, select: (chosen) => inventory.select(chosen), onNotice: notices.add });

  followAccounts({ accounts, clients, inventory, scopes, onProfiles: (payload) => tell({ name: 'scopes.profilesChanged', payload }), log });

  const ecsTargets = createEcsTargets(async () => {
    await scopes.chosen();
    return inventory.statuses().map(({ scope }) => scope);
  });

  function instanceOf(instanceId: string): Instance {
    const instance = inventory.instance(instanceId) ?? ecsTargets.find(instanceId);
    if (instance === undefined) throw new PosternError({ code: 'instance.not-found', message: say`${instanceId} is in none of the chosen profiles and regions.`, remedy: say`Choose the profile and region it is in, and refresh.` });
    return instance;
  }

  /** For what is asked of EC2: it knows no other machines. */
  function ec2InstanceOf(instanceId: string): Instance {
    const instance = instanceOf(instanceId);
    if (instance.managedNode !== undefined) throw new PosternError({ code: 'instance.not-found', message: say`${instance.name ?? instanceId} is no EC2 instance: EC2 knows nothing of it, and can do nothing with it.`, remedy: say`Open it by Session Manager.` });
    return instance;
  }

  function plan(instance: Instance, port?: number): RoutePlan[] {
    const place = scopeKey(instance.scope);
    const facts = inventory.network().find((candidate) => scopeKey(candidate.scope) === place);
    return planRoutes(instance, {
      now: clock.now(),
      instances: inventory.instances().filter((candidate) => scopeKey(candidate.scope) === place),
      ...network.known(instance),
      ...(facts === undefined ? {} : { securityGroups: facts.securityGroups, subnets: facts.subnets, instanceConnectEndpoints: facts.instanceConnectEndpoints }),
      ...(port === undefined ? {} : { port }),
    });
  }

  function cloudOf(scope: Scope): Promise<Cloud> {
    return scopes.cloudOf(scope.profile);
  }

  const network = createNetworkServices({ inventory, clients, instanceOf: ec2InstanceOf, cloudOf, clock });
  const preferences = createPreferencesReader(async (scope, name) => getDocument(await clients.forScope(scope), name, AbortSignal.timeout(PREFERENCES_TIMEOUT_MS)), clock);
  const ssmCalls = (scope: Scope, instanceId: string, onLimits?: (limits: SessionLimits) => void): SsmCalls => ({
    ...(onLimits === undefined ? {} : watchLimits({ preferences: () => preferences.of(scope), clock, onLimits })),
    target: instanceId,
    start: async (document, signal) => history.noteAwsSession(await startSession(await clients.ready(scope, signal), { instanceId, ...document }, signal)),
    generateDataKey: async (request, signal) => generateDataKey(await clients.forScope(scope), request, signal),
    resume: async (sessionId, signal) => resumeSession(await clients.forScope(scope), sessionId, signal),
    terminate: async (sessionId) => terminateSession(await clients.forScope(scope), sessionId, AbortSignal.timeout(TERMINATE_TIMEOUT_MS)),
    signUpgrade: async (url) => {
      const { sessionToken, ...keys } = await clients.credentials(scope);
      return signUpgrade(url, scope.region, { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) }, new Date(clock.now()));
    },
  });

  const openPort: OpenPort = (scope, instanceId, port, line, signal) =>
    openSsmPort({ ...ssmCalls(scope, instanceId, (limits) => line.onLimits(withoutIdle(limits))), portNumber: port, onResuming: (reason) => line.onResuming(reason), onResumed: () => line.onResumed(), onMessage: (text) => line.onMessage(text), onCheckable: (check) => line.checkBy(check), clock, log, signal });
  const transports = createTransports(cloudOf, openPort, {
    endpointOf: (scope, id) => inventory.network().find((facts) => scopeKey(facts.scope) === scopeKey(scope))?.instanceConnectEndpoints?.find((endpoint) => endpoint.instanceConnectEndpointId === id),
    useFips: async (scope) => (await clients.forScope(scope)).useFips,
    presign: async (tunnel, scope) => presignTunnel(tunnel, scope.region, await clients.credentials(scope), new Date(clock.now())),
    clock,
  });
  const routeStore = openStore({ path: join(dataDir, 'routes.json'), version: REMEMBERED_ROUTE_DOCUMENT_VERSION, schema: RememberedRouteDocument, clock, onNotice: notices.add });
  dropKeysOfGoneHosts(inventory, hostKeys, log);
  const connections = createSharedConnections();
  const hostTrust = createHostTrust({ settings, clients, ssmCalls: ({ scope, instanceId }) => ssmCalls(scope, instanceId), clock, log });
  const sharesConnections = async (): Promise<boolean> => (await settings.get()).ssh.shareConnections;
  const signIn = { hostKeys, keys, secrets: { status: secrets.status, useFile: (passphrase: string) => secrets.useFile({ passphrase }) }, ...hostTrust };
  const lentAgentStore = openStore({ path: join(dataDir, 'lentAgents.json'), version: LENT_AGENT_DOCUMENT_VERSION, schema: LentAgentDocument, clock, onNotice: notices.add });
  const passphraseStore = openStore({ path: join(dataDir, 'keptPassphrases.json'), version: KEPT_PASSPHRASE_DOCUMENT_VERSION, schema: KeptPassphraseDocument, clock, onNotice: notices.add });
  const passphrases = createKeptPassphrases({ secrets: secrets.store, store: passphraseStore, log });
  const lentAgent = createLendAgent({ store: lentAgentStore, agents });
  const configHosts = createConfigHostServices({
    lentAgent,
    passphrases,
    platform,
    signIn,
    connections,
    sharesConnections,
    instanceOf,
    isDemo: async ({ scope }) => (await cloudOf(scope)).kind === 'demo',
    onNotice: notices.add,
    onChanged: (payload) => tell({ name: 'sshConfig.changed', payload }),
  });
  const hostOf = (hostId: string): Instance => toLocalTarget(hostId) ?? toSessionTarget(hostId) ?? instanceOf(hostId);
  const connectOptions: ConnectOptions = {
    lentAgent,
    transports,
    connections,
    sharesConnections,
    ...signIn,
    lendPublicKey: async ({ scope, instanceId, availabilityZone }, osUser, publicKey, signal) => lendPublicKey(await clients.ready(scope, signal), { instanceId, osUser, publicKey, availabilityZone }, signal),
    serialConsole: {
      async host({ profile, region }) {
        const { serialConsole } = await scopes.cloudOf(profile);
        return serialConsole === undefined ? serialConsoleHost(region) : serialConsole(region);
      },
      isEnabled: async (scope, signal) => isSerialConsoleEnabled(await clients.ready(scope, signal), signal),
      lendKey: async ({ scope, instanceId }, publicKey, signal) => lendSerialConsoleKey(await clients.ready(scope, signal), { instanceId, publicKey }, signal),
    },
    plan,
    instanceOf,
    remembered: createRememberedRoutes({ store: routeStore, log }),
    ssmCalls,
    clock,
    log,
  };
  const connect = createConnect(connectOptions);
  const recordings = createSessionRecordings({ dataDir, settings: () => settings.get(), history: () => history, onRemoved: (payload) => tell({ name: 'history.removed', payload }), instanceOf: hostOf, prunesAtStart: platform.app !== 'cli', clock, log });
  const sessions = recordings.watchSessions(history.watchSessions(createSessions({
    connect: withLocalShell(configHosts.connectWith(connect, () => forwards), platform.openSsh?.environment ?? process.env),
    instanceOf: hostOf,
    clock,
    onChanged: (payload) => tell({ name: 'sessions.changed', payload }),
    onRemoved: (sessionId) => tell({ name: 'sessions.removed', payload: { sessionId } }),
  })));

  const wake = (): void => {
    connections.probe(WAKE_LIMIT_MS);
    sessions.wake();
  };
  const stopWatchingSleep = watchSleep(clock, wake);

  const forwards = history.watchForwards(createForwards({
    openSession: ({ instanceId, remoteHost, remotePort }, events, signal) =>
      openSsmForward({
        ...ssmCalls(instanceOf(instanceId).scope, instanceId, (limits) => events.onLimits(withoutIdle(limits))),
        // The agent's own way to itself needs no permission for remote hosts.
        ...(remoteHost === undefined || isLoopback(remoteHost) ? {} : { host: remoteHost }),
        portNumber: remotePort,
        ...events,
        clock,
        log,
        signal,
      }),
    instanceOf: hostOf,
    clock,
    onChanged: (payload) => tell({ name: 'forwards.changed', payload }),
    onRemoved: (forwardId) => tell({ name: 'forwards.removed', payload: { forwardId } }),
  }));
  const hostActions = createHostActions({ app: platform.app, clients, inventory, instanceOf: ec2InstanceOf, settings, keys, sessions, forwards, plan, openRoute: (route, { scope }, signal) => openPlain(transports, route, scope, signal), history, tell, onEvent, clock });

  const { output, screenshot, ...sections } = createHostDetail({ clients, instanceOf: ec2InstanceOf, clock });
  const info = (): AppInfo => ({
    version: platform.version,
    demo: clouds.some((cloud) => cloud.kind === 'demo'),
    demoAvailable: platform.startDemo !== undefined,
    app: platform.app,
    platform: process.platform,
  });
  let startingDemo: Promise<void> | undefined;
  const startDemo = async (): Promise<void> => {
    if (info().demo) return;
    if (platform.startDemo === undefined) throw new PosternError({ code: 'input.invalid', message: say`This app has no demo cloud.` });
    const demo = await platform.startDemo();
    clouds.push(demo);
    keys.addLentKeys(demo.lentKeys);
    tell({ name: 'app.infoChanged', payload: info() });
    await scopes.add(demo);
  };

  return {
    app: {
      info: async () => info(),
      startDemo: () => (startingDemo ??= startDemo().finally(() => (startingDemo = undefined))),
      notices: async () => notices.list(),
      dismissNotice: async ({ noticeId }) => notices.dismiss(noticeId),
    },
    settings: {
      get: () => settings.get(),
      change: ({ changes }) => settings.change(changes),
      file: () => settings.file(),
      preview: ({ text }) => settings.preview(text),
      async reset() {
        const copy = await settings.reset();
        return copy === undefined ? {} : { copy };
      },
    },
    workspace: createWorkspace({ dataDir, clock, onNotice: notices.add }),
    scopes: {
      profiles: () => scopes.profiles(),
      async list() {
        await scopes.chosen();
        return inventory.statuses();
      },
      select: ({ scopes: chosen }) => scopes.choose(chosen),
      async refresh({ scopes: some }) {
        for (const scope of some) void inventory.refresh(scope);
      },
      cancel: async ({ scopes: some }) => some.forEach((scope) => inventory.cancel(scope)),
    },
    accounts: {
      ...accounts.api,
      async add({ profiles: own }) {
        await accounts.api.add({ profiles: own });
        await scopes.include(own.map(({ profile, region }) => ({ profile, region })));
      },
    },
    instances: {
      async list({ refresh }) {
        await scopes.chosen();
        if (refresh) {
          void inventory.refresh();
          void configHosts.refresh();
        }
        return inventory.instances();
      },
      watch: async ({ watcher, instanceIds }) => inventory.watch(watcher, instanceIds),
      details: ({ instanceId }) => sections.details(instanceId),
      access: ({ instanceId }) => sections.access(instanceId),
      storage: ({ instanceId }) => sections.storage(instanceId),
    },
    metrics: { read: createMetricsReader({ clients, instanceOf: ec2InstanceOf, clock }) },
    console: { output: ({ instanceId }) => output(instanceId), screenshot: ({ instanceId }) => screenshot(instanceId) },
    ...hostActions.api,
    history: recordings.historyApi,
    recordings: recordings.api,
    network: network.api,
    routes: { plan: async ({ instanceId }) => plan(instanceOf(instanceId)) },
    sshConfig: { hosts: () => configHosts.list(), resolve: ({ hostId }) => configHosts.resolved(hostId) },
    sessions: {
      open: async (request) => sessions.open((await settings.get()).ssh.reconnect ? { ...request, reconnect: true } : request),
      list: async () => sessions.list(),
      reconnectNow: async ({ sessionId }) => sessions.reconnectNow(sessionId),
      stopReconnecting: async ({ sessionId }) => sessions.stopReconnecting(sessionId),
      wake: async () => wake(),
      answer: async (answer) => sessions.answer(answer),
      resize: async ({ sessionId, size }) => sessions.resize(sessionId, size),
      close: async ({ sessionId }) => sessions.close(sessionId),
      terminal: ({ sessionId }) => sessions.terminal(sessionId),
    },
    sessionManager: { preferences: ({ instanceId }) => preferences.of(instanceOf(instanceId).scope) },
    forwards: {
      open: async (request) => forwards.open(request),
      list: async () => forwards.list(),
      restart: async ({ forwardId }) => forwards.restart(forwardId),
      close: ({ forwardId }) => forwards.close(forwardId),
    },
    keys: {
      list: () => keys.list(),
      generate: (input) => keys.generate(input),
      import: (input) => keys.import(input),
      remove: (input) => keys.remove(input),
      passphrases: async () => [...(await passphrases.list())],
      forgetPassphrase: ({ path }) => passphrases.forget(path),
      lentAgents: () => listLentAgents(lentAgentStore),
      async revokeAgent({ hostId }) {
        await revokeLentAgent(lentAgentStore, hostId);
        connections.retire();
      },
    },
    secrets: { status: () => secrets.status(), useFile: (input) => secrets.useFile(input) },
    hostKeys: {
      list: async () => [...(await hostKeys.list())],
      async forget(host) {
        await hostKeys.forget(host);
        connections.retire();
      },
    },
    onEvent,
    local: {
      select: (profiles, regions) => scopes.selectNamed(profiles, regions),
      async allInstances() {
        await scopes.chosen();
        if (inventory.statuses().length === 0) throw nothingToList(await scopes.profiles());
        await accounts.settled(() => inventory.settled());
        return inventory.instances();
      },
      ecsTarget: (target) => ecsTargets.name(target),
      open: (request) => sessions.open(request),
      configHosts,
      session: (sessionId) => sessions.list().find((session) => session.sessionId === sessionId),
      stderr: (sessionId) => sessions.stderr(sessionId),
      cancel: (sessionId) => sessions.cancel(sessionId),
      keyNamed: async (keyName) => (await keys.list()).find((key) => key.keyName === keyName || key.fingerprint === keyName)?.keyPairId,
      lendKey: (keyName, privateKey, passphrase) => lendKey(keys, keyName, privateKey, passphrase),
      async openTransport(instanceId, port, via, progress, signal) {
        const instance = instanceOf(instanceId);
        return history.watchTransport(instance, port, () => openInstancePort(connectOptions, instance, port, plan(instance, port), via, progress, signal));
      },
    },
    async close() {
      stopWatchingSleep();
      settings.close();
      accounts.close();
      hostActions.close();
      await Promise.all([sessions.closeAll(), forwards.closeAll()]);
      await recordings.close();
      history.close();
      connections.closeAll();
      configHosts.close();
      await network.close();
      await inventory.close();
      clients.close();
      await Promise.all(clouds.map((cloud) => cloud.close()));
    },
  };
}

/** An agent that takes longer is left out of the list. */
const AGENT_LIST_TIMEOUT_MS = 1_000;
/** How long the end of a session waits for AWS. */
const TERMINATE_TIMEOUT_MS = 5_000;
/** Nothing waits for the preferences but what shows them. */
const PREFERENCES_TIMEOUT_MS = 20_000;
/** How long a host may take to show that it is still there, after a sleep or a change of the network. */
const WAKE_LIMIT_MS = 5_000;

function nothingToList(profiles: readonly Profile[]): PosternError {
  const [first] = profiles;
  return first === undefined
    ? new PosternError({ code: 'aws.no-profile', message: say`No AWS profile was found in ~/.aws/config and ~/.aws/credentials.`, remedy: say`Add one with "aws configure", or try the built-in demo cloud with --demo.` })
    : new PosternError({ code: 'aws.no-region', message: say`No profile names a region ("${first.profile}" and others).`, remedy: say`Give one with --region, or add "region = ..." to a profile in ~/.aws/config.` });
}

function toContractEvent(event: InventoryEvent): ContractEvent {
  switch (event.type) {
    case 'changed':
      return { name: 'instances.changed', payload: [...event.instances] };
    case 'removed':
      return { name: 'instances.removed', payload: [...event.instanceIds] };
    case 'scopes':
      return { name: 'scopes.changed', payload: [...event.statuses] };
    case 'network':
      return { name: 'network.changed', payload: event.facts };
  }
}
