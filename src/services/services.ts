/**
 * The only place where services meet: makes them, wires them, and gives them the contract's shape.
 */
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { ContractEvent, EventListener, ServiceApi } from '../contract/contract.ts';
import { isLoopback } from '../contract/forward.ts';
import type { Instance } from '../contract/instance.ts';
import type { RoutePlan } from '../contract/route.ts';
import type { Scope } from '../contract/scope.ts';
import { scopeKey } from '../contract/scope.ts';
import { createAccounts, type WatchedCloud } from './accounts.ts';
import { createAddedAccounts } from './addedAccounts.ts';
import { createAppApi } from './appApi.ts';
import { createClients } from './aws/clients.ts';
import type { Inventory, InventoryEvent } from './aws/inventory.ts';
import { isSerialConsoleEnabled, lendPublicKey, lendSerialConsoleKey } from './aws/instanceConnect.ts';
import { presignTunnel } from './aws/presignTunnel.ts';
import type { Cloud } from './base/cloud.ts';
import type { Platform } from './base/platform.ts';
import { openStore } from './base/store.ts';
import { createConfigHostServices } from './configHostServices.ts';
import { createEcsTargets } from './ecsTargets.ts';
import { createForwards } from './forwards/forwards.ts';
import { createHostDetail } from './hostDetail.ts';
import { createHistoryServices } from './keptHistory.ts';
import { createHostActions } from './hostActions.ts';
import { createHostLookup } from './hostLookup.ts';
import { createHostTrust, dropKeysOfGoneHosts } from './hostTrust.ts';
import { followAccounts } from './followAccounts.ts';
import { createKeptPassphrases, KEPT_PASSPHRASE_DOCUMENT_VERSION, KeptPassphraseDocument } from './keys/keptPassphrases.ts';
import { createKeyPairs } from './keys/keyPairs.ts';
import { createSecretStores } from './keys/secretStores.ts';
import { createKeptInventory } from './keptInventory.ts';
import { createLocalApi, type LocalApi } from './localApi.ts';
import { createMetricsReader } from './metrics.ts';
import { createNetworkServices } from './networkServices.ts';
import { createNotices } from './notices.ts';
import { liveInstances, tellStateOfOpenTabs } from './openTabs.ts';
import { planRoutes } from './routes/plan.ts';
import { createRememberedRoutes, REMEMBERED_ROUTE_DOCUMENT_VERSION, RememberedRouteDocument } from './routes/rememberedRoutes.ts';
import { createTransports, openPlain } from './routes/transports.ts';
import { createQuietStart } from './quietStart.ts';
import { createScopeChoice } from './scopeChoice.ts';
import { createSessionManagerCalls } from './sessionManagerCalls.ts';
import { createWorkspace } from './workspace.ts';
import type { ConnectOptions } from './sessions/connect.ts';
import { createLendAgent, LENT_AGENT_DOCUMENT_VERSION, LentAgentDocument, listLentAgents, revokeLentAgent } from './sessions/agentLending.ts';
import { createConnect } from './sessions/connect.ts';
import { withLocalShell } from './sessions/localShell.ts';
import { createSessionRecordings } from './sessionRecordings.ts';
import { createSessions } from './sessions/sessions.ts';
import { createSettings } from './settings/settings.ts';
import { createSharedConnections } from './ssh/sharedConnections.ts';
import { watchSleep } from './base/watchSleep.ts';
import { withoutIdle } from './ssm/sessionLimits.ts';
import { openSsmForward } from './ssm/ssmForward.ts';
import { createAgentKeys } from './ssh/agentKeys.ts';
import { agentPaths } from './ssh/agentPaths.ts';
import { serialConsoleHost } from './ssh/serialConsoleHosts.ts';
import { createHostKeys, HOST_KEY_DOCUMENT_VERSION, HostKeyDocument } from './ssh/hostKeys.ts';

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
  const quiet = createQuietStart(platform.app);
  const inventory: Inventory = createKeptInventory({ dataDir, app: platform.app, clients, scopes: () => scopes, openInstances: () => liveInstances(sessions.list()), quiet: quiet.over, clock, log, onNotice: notices.add });

  for (const cloud of clouds) keys.addLentKeys(cloud.lentKeys);
  inventory.on((event) => {
    for (const part of inParts(event)) tell(toContractEvent(part));
    if (event.type === 'network') keys.setEc2KeyPairs(inventory.network().flatMap((facts) => facts.ec2KeyPairs ?? []));
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

  const { instanceOf, ec2InstanceOf, hostOf } = createHostLookup(inventory, ecsTargets);

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
  const sessionManager = createSessionManagerCalls({ clients, history, clock, log });
  const transports = createTransports(cloudOf, sessionManager.openPort, {
    endpointOf: (scope, id) => inventory.network().find((facts) => scopeKey(facts.scope) === scopeKey(scope))?.instanceConnectEndpoints?.find((endpoint) => endpoint.instanceConnectEndpointId === id),
    useFips: async (scope) => (await clients.forScope(scope)).useFips,
    presign: async (tunnel, scope) => presignTunnel(tunnel, scope.region, await clients.credentials(scope), new Date(clock.now())),
    clock,
  });
  const routeStore = openStore({ path: join(dataDir, 'routes.json'), version: REMEMBERED_ROUTE_DOCUMENT_VERSION, schema: RememberedRouteDocument, clock, onNotice: notices.add });
  dropKeysOfGoneHosts(inventory, hostKeys, log);
  const connections = createSharedConnections();
  const hostTrust = createHostTrust({ settings, clients, ssmCalls: ({ scope, instanceId }) => sessionManager.calls(scope, instanceId), clock, log });
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
    ssmCalls: sessionManager.calls,
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
        ...sessionManager.calls(instanceOf(instanceId).scope, instanceId, (limits) => events.onLimits(withoutIdle(limits))),
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
  const app = createAppApi({
    platform,
    clouds: () => clouds,
    takeDemo(demo) {
      clouds.push(demo);
      keys.addLentKeys(demo.lentKeys);
    },
    listDemo: (demo) => scopes.add(demo),
    notices,
    tell,
  });

  return {
    app,
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
      async watch({ watcher, instanceIds }) {
        quiet.windowShows(instanceIds);
        inventory.watch(watcher, instanceIds);
      },
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
    sessionManager: { preferences: ({ instanceId }) => sessionManager.preferences.of(instanceOf(instanceId).scope) },
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
    local: createLocalApi({ scopes, inventory, accounts, ecsTargets, configHosts, sessions, keys, history, instanceOf, plan, transport: connectOptions }),
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
/** How long a host may take to show that it is still there, after a sleep or a change of the network. */
const WAKE_LIMIT_MS = 5_000;

/** Hosts in one event: a window reads no more in one go, or it would be felt while typing. */
const EVENT_HOSTS = 500;

function inParts(event: InventoryEvent): readonly InventoryEvent[] {
  if (event.type !== 'changed' || event.instances.length <= EVENT_HOSTS) return [event];
  return Array.from({ length: Math.ceil(event.instances.length / EVENT_HOSTS) }, (_, part) => ({ ...event, instances: event.instances.slice(part * EVENT_HOSTS, (part + 1) * EVENT_HOSTS) }));
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
