/**
 * What a person can do in the window: each is a call to the services, a change of the window, or both. A call that fails is shown.
 */
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Forward, OpenForward } from '../../contract/forward.ts';
import type { GenerateKey, HostKey, ImportKey } from '../../contract/key.ts';
import type { Scope, ScopeStatus } from '../../contract/scope.ts';
import type { Answer, TerminalSession, TerminalSize } from '../../contract/session.ts';
import { i18n } from '../i18n/i18n.ts';
import { createAccountActions } from './accountActions.ts';
import { createHostDetailActions } from './hostDetailActions.ts';
import { createSettingsActions } from './settingsActions.ts';
import { createNetworkActions } from './networkActions.ts';
import type { Client } from './connection.ts';
import { createRecordingCalls } from '../recording/recordingCalls.ts';
import { createHostActionCalls } from './hostActionCalls.ts';
import { withAll, type Mirror } from './mirror.ts';
import type { Store } from './store.ts';
import type { AskedTab } from '../workspace/createTypeAhead.ts';
import { againOf, closedTab } from '../workspace/workspaceState.ts';
import { addTab, changeTab, markTab, removeTab, type OpenChoice, type Tab } from './tabs.ts';
import type { WindowState } from './windowState.ts';

export type Actions = ReturnType<typeof createActions>;

export interface ActionParts {
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
  /** The client of the link that is open now. */
  readonly client: () => Client | undefined;
  /** A tab is asked for: what is typed from now on is meant for it. */
  readonly askTab: (instanceId: string) => AskedTab;
}

/** Used until a terminal has been measured. */
const FIRST_SIZE: TerminalSize = { columns: 80, rows: 24 };

export function createActions({ mirror, window, client, askTab }: ActionParts) {
  let lastSize = FIRST_SIZE;
  let nextId = 0;
  const openedHere = new Set<string>();
  const newId = (prefix: string): string => `${prefix}-${Date.now().toString(36)}-${(nextId += 1).toString(36)}`;

  const services = (): Client => {
    const current = client();
    if (current === undefined) throw new PosternError({ code: 'app.link-closed', message: i18n.t('window.linkClosed'), remedy: i18n.t('window.linkClosedRemedy'), retryable: true });
    return current;
  };

  const report = (thrown: unknown): void => {
    const error = toPosternError(thrown).toReport();
    if (error.code === 'cancelled') return;
    window.set((state) => ({ ...state, problems: [...state.problems.slice(-3), { problemId: newId('problem'), error }] }));
  };

  /** Runs, and shows what went wrong; resolves to whether it worked. */
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (thrown) {
      report(thrown);
      return false;
    }
  };

  const remember = (session: TerminalSession): void => {
    mirror.set((value) => (value.sessions.has(session.sessionId) ? value : { ...value, sessions: withAll(value.sessions, [session], (one) => one.sessionId) }));
  };

  /** Ends a session and, once it has ended, makes the services forget it. */
  const endSession = async (sessionId: string): Promise<void> => {
    const hasEnded = (): boolean => {
      const name = mirror.get().sessions.get(sessionId)?.state.name;
      return name === 'closed' || name === 'failed' || name === undefined;
    };
    const wasOver = hasEnded();
    try {
      await services().sessions.close({ sessionId });
      if (wasOver) return;
      const stop = mirror.subscribe(() => {
        if (!hasEnded()) return;
        stop();
        if (mirror.get().sessions.has(sessionId)) void services().sessions.close({ sessionId }).catch(ignoreForgotten);
      });
    } catch (thrown) {
      ignoreForgotten(thrown);
    }
  };
  const ignoreForgotten = (thrown: unknown): void => {
    const { code } = toPosternError(thrown);
    if (code !== 'session.not-found' && code !== 'app.link-closed') report(thrown);
  };

  const openSession = async (instanceId: string, choice: OpenChoice): Promise<TerminalSession> => {
    const session = await services().sessions.open({ instanceId, size: lastSize, ...choice });
    openedHere.add(session.sessionId);
    remember(session);
    return session;
  };

  return {
    report,
    dismissProblem: (problemId: string) => window.set((state) => ({ ...state, problems: state.problems.filter((problem) => problem.problemId !== problemId) })),

    /** A new tab with a new session in it. */
    open: (instanceId: string, choice: OpenChoice = {}, tab: Pick<Tab, 'title' | 'placement'> = {}) =>
      run(async () => {
        const asked = askTab(instanceId);
        const session = await openSession(instanceId, choice).catch((thrown: unknown) => {
          asked.fails();
          throw thrown;
        });
        asked.comesAs(session.sessionId);
        window.set((state) => ({ ...state, view: 'hosts', selectedInstanceId: instanceId, tabs: addTab(state.tabs, { tabId: newId('tab'), sessionId: session.sessionId, instanceId, ...tab }) }));
      }),
    /** Whether this page opened it, so that nobody read its output before. */
    isOpenedHere: (sessionId: string) => openedHere.has(sessionId),
    /** A tab for a session that runs already. */
    adopt: (session: TerminalSession) => window.set((state) => ({ ...state, tabs: addTab(state.tabs, { tabId: newId('tab'), sessionId: session.sessionId, instanceId: session.instanceId }) })),
    /** A new session in the same tab, by the same route and user unless told otherwise. */
    reconnect: (tab: Tab, choice?: OpenChoice) =>
      run(async () => {
        const before = mirror.get().sessions.get(tab.sessionId);
        const same = before === undefined ? (tab.again ?? {}) : againOf(before);
        const session = await openSession(tab.instanceId, choice ?? same);
        window.set((state) => ({ ...state, tabs: changeTab(state.tabs, tab.tabId, { sessionId: session.sessionId }) }));
        void endSession(tab.sessionId);
      }),
    reconnectNow: (sessionId: string) => run(() => services().sessions.reconnectNow({ sessionId })),
    stopReconnecting: (sessionId: string) => run(() => services().sessions.stopReconnecting({ sessionId })),
    closeTab: (tab: Tab) => {
      const session = mirror.get().sessions.get(tab.sessionId);
      window.set((state) => ({ ...state, tabs: removeTab(state.tabs, tab.tabId), closed: closedTab(state.closed, tab, session) }));
      void endSession(tab.sessionId);
    },
    setShellTitle: (tabId: string, shellTitle: string) => window.setSoon((state) => ({ ...state, tabs: changeTab(state.tabs, tabId, { shellTitle }) })),
    /** Something happened in a tab that is not in view. */
    markTab: (tabId: string, mark: 'activity' | 'bell') => window.setSoon((state) => ({ ...state, tabs: markTab(state.tabs, tabId, mark) })),
    answer: (answer: Answer) => run(() => services().sessions.answer(answer)),
    resize: (sessionId: string, size: TerminalSize) => {
      lastSize = size;
      const name = mirror.get().sessions.get(sessionId)?.state.name;
      if (name === 'closed' || name === 'failed') return;
      // Not worth a message: a session that ended meanwhile has no size, and a new link tells the size again.
      void client()?.sessions.resize({ sessionId, size }).catch((cause: unknown) => console.debug('The size was not taken', cause));
    },
    attach: (sessionId: string) => services().sessions.terminal({ sessionId }),
    sessionPreferences: (instanceId: string) => services().sessionManager.preferences({ instanceId }),
    networkDetail: (input: { scope: Scope; vpcId: string; refresh?: boolean }) => services().network.detail(input),
    plan: (instanceId: string) => services().routes.plan({ instanceId }),
    hostDetail: createHostDetailActions(services),
    network: createNetworkActions(services),
    resolveConfig: (hostId: string) => services().sshConfig.resolve({ hostId }),

    /** Shown in the tunnels view from the start, and there when it fails. */
    openForward: async (input: OpenForward) => {
      const forward = await services().forwards.open(input);
      mirror.set((value) => (value.forwards.has(forward.forwardId) ? value : { ...value, forwards: withAll(value.forwards, [forward], (one) => one.forwardId) }));
      window.set((state) => ({ ...state, view: 'tunnels' }));
    },
    restartForward: ({ forwardId }: Forward) => run(() => services().forwards.restart({ forwardId })),
    closeForward: ({ forwardId }: Forward) => run(() => services().forwards.close({ forwardId })),

    accounts: createAccountActions(services, run),
    host: createHostActionCalls(services),
    recordings: createRecordingCalls(services, run),
    refresh: () => run(() => services().instances.list({ refresh: true })),
    /** Where one of them is being read, that is stopped; else they are read again. */
    readAgain: (statuses: readonly ScopeStatus[]) =>
      run(async () => {
        const reading = statuses.filter(({ state }) => state === 'loading');
        if (reading.length > 0) await services().scopes.cancel({ scopes: reading.map(({ scope }) => scope) });
        else await services().scopes.refresh({ scopes: statuses.map(({ scope }) => scope) });
      }),
    selectScopes: (scopes: readonly Scope[]) => run(() => services().scopes.select({ scopes: [...scopes] })),
    startDemo: () => run(() => services().app.startDemo({})),
    dismissNotice: (noticeId: string) => run(() => services().app.dismissNotice({ noticeId })),
    ...createSettingsActions({ mirror, services, run }),

    generateKey: (input: GenerateKey) => services().keys.generate(input),
    importKey: (input: ImportKey) => services().keys.import(input),
    removeKey: (keyPairId: string) => run(() => services().keys.remove({ keyPairId })),
    useSecretFile: (passphrase: string) => services().secrets.useFile({ passphrase }),
    /** Paths of key files. The keys of agents are looked at anew with it. */
    keptPassphrases: async (): Promise<readonly string[]> => {
      await services().keys.list({});
      return services().keys.passphrases({});
    },
    forgetPassphrase: (path: string) => run(() => services().keys.forgetPassphrase({ path })),
    lentAgents: () => services().keys.lentAgents({}),
    revokeAgent: (hostId: string) => run(() => services().keys.revokeAgent({ hostId })),
    forgetHostKey: ({ instanceId, scopeKey }: HostKey) => run(() => services().hostKeys.forget({ instanceId, scopeKey })),
  };
}
