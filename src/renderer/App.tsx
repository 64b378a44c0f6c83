/** The window: puts the panels together and gives each its data and its actions. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { scopeKey } from '../contract/scope.ts';
import { FONT_SIZE_MAX, FONT_SIZE_MIN } from '../contract/settings.ts';
import { configHostName } from '../contract/sshConfig.ts';
import { languageOf, showLanguage } from './i18n/i18n.ts';
import { MapPane } from './map/MapPane.tsx';
import { AccountsItem } from './panels/AccountsItem.tsx';
import { ConfigHostPanel, configPanelProps, InstanceConfigSection } from './panels/ConfigHostPanel.tsx';
import { Dialogs, selectedInstance } from './panels/Dialogs.tsx';
import { NetworkSections } from './network/NetworkSections.tsx';
import { FirstSteps } from './panels/FirstSteps.tsx';
import { HostDetail, openMark } from './panels/hostDetail/HostDetail.tsx';
import { CompareButton } from './panels/hostDetail/MetricsSection.tsx';
import { ActionRuns } from './panels/hostActions/ActionRuns.tsx';
import { ActionsOf } from './panels/hostActions/ActionsOf.tsx';
import { HostActionSections } from './panels/hostActions/HostActionSections.tsx';
import { HostPanel } from './panels/HostPanel.tsx';
import { HostSsh } from './panels/HostSsh.tsx';
import { HostsPanel } from './panels/HostsPanel.tsx';
import { LentAgents } from './panels/LentAgents.tsx';
import { EndedCommands } from './notifications/EndedCommands.tsx';
import { Notices } from './panels/Notices.tsx';
import { NoToken } from './panels/NoToken.tsx';
import { RecordingItem } from './recording/RecordingMark.tsx';
import { SessionLimits } from './panels/SessionLimits.tsx';
import { StatusBar } from './panels/StatusBar.tsx';
import { TopBar } from './panels/TopBar.tsx';
import { ViewSwitcher } from './panels/ViewSwitcher.tsx';
import { Welcome } from './panels/Welcome.tsx';
import { emptyMirror } from './state/mirror.ts';
import type { Postern } from './state/postern.ts';
import { shortcutText, type WindowAction } from './state/shortcuts.ts';
import { useStore } from './state/store.ts';
import { activateTab, activeTab, stepTab, type Tab } from './state/tabs.ts';
import { useMedia } from './state/useMedia.ts';
import { useNow } from './state/useNow.ts';
import { InstanceNames } from './state/useRouteLabel.ts';
import { usePanels } from './state/usePanels.ts';
import { useRoutePlan } from './state/useRoutePlan.ts';
import { useShortcuts } from './state/useShortcuts.ts';
import { useShownTheme } from './state/useShownTheme.ts';
import { toggled, type OpenDialog, type View, type WindowState } from './state/windowState.ts';
import { runWindowAction } from './state/windowActions.ts';
import { Announcer } from './ui/announce.tsx';
import { runWorkspaceAction } from './workspace/runWorkspaceAction.ts';
import { WorkArea } from './workspace/WorkArea.tsx';
import type { WorkspaceHandle } from './workspace/Workspace.tsx';

const TunnelsView = lazy(() => import('./panels/TunnelsView.tsx').then((module) => ({ default: module.TunnelsView })));
const HistoryView = lazy(() => import('./panels/history/HistoryView.tsx').then((module) => ({ default: module.HistoryView })));
const Ec2KeysSection = lazy(() => import('./panels/Ec2KeysSection.tsx').then((module) => ({ default: module.Ec2KeysSection })));
const SettingsView = lazy(() => import('./settings/SettingsView.tsx').then((module) => ({ default: module.SettingsView })));
const KeysView = lazy(() => import('./panels/KeysView.tsx').then((module) => ({ default: module.KeysView })));

const whole = <T,>(value: T): T => value;

export function App({ postern }: { readonly postern: Postern }) {
  const { t } = useTranslation();
  const { actions } = postern;
  const mirror = useStore(postern.mirror, whole);
  const state = useStore(postern.window, whole);
  const change = (next: Partial<WindowState>): void => postern.window.set((value) => ({ ...value, ...next }));
  const { settings, instances, sessions, scopes, info } = mirror;
  const platform = info?.platform ?? '';
  const theme = useShownTheme(settings.theme);
  useEffect(() => void showLanguage(settings.language === 'system' ? languageOf(navigator.languages) : settings.language), [settings.language]);
  const nowMs = useNow(state.link.name === 'waiting' ? 500 : 5000);
  const [findingTabId, setFindingTabId] = useState<string>();
  const workspace = useRef<WorkspaceHandle>(null);
  const front = activeTab(state.tabs);
  const linkOpen = state.link.name === 'open';
  const selectedId = state.selectedInstanceId ?? front?.instanceId;
  const selected = selectedId === undefined ? undefined : instances.get(selectedId);
  const nameOf = useCallback((instanceId: string) => instances.get(instanceId)?.name, [instances]);
  const shownName = useCallback((instanceId: string) => nameOf(instanceId) ?? instanceId, [nameOf]);
  const facts = selected === undefined ? undefined : mirror.network.get(scopeKey(selected.scope));
  const [networkTurn, setNetworkTurn] = useState(0);
  const handleNetworkRead = useCallback(() => setNetworkTurn((turn) => turn + 1), []);
  const plan = useRoutePlan(actions.plan, selected, facts, linkOpen, networkTurn);
  const openInstanceIds = useMemo(() => new Set(state.tabs.tabs.map((tab) => tab.instanceId)), [state.tabs]);
  useEffect(() => postern.shownHosts.show('selected', selectedId === undefined ? [] : [selectedId]), [postern, selectedId]);
  useEffect(() => postern.shownHosts.show('tabs', [...openInstanceIds]), [postern, openInstanceIds]);
  const accountLabels = useMemo(() => new Map(Object.entries(settings.accounts).flatMap(([accountId, { label }]) => (label === undefined || label === '' ? [] : [[accountId, label] as const]))), [settings.accounts]);
  const tabSessionIds = new Set(state.tabs.tabs.map((tab) => tab.sessionId));
  const narrow = useMedia('(max-width: 900px)');
  const drawer = useMedia('(max-width: 640px)');
  const nothingListed = mirror.loaded && scopes.length === 0;
  usePanels(postern, { narrow, drawer, frontTabId: front?.tabId, frontInstanceId: front?.instanceId, telling: nothingListed || state.offered !== undefined });

  // Tabs are restored together with the first connection: before it, none says nothing.
  const noTab = state.linkGeneration > 0 && state.tabs.tabs.length === 0;
  useEffect(() => {
    if (noTab && document.activeElement === document.body) document.getElementById('host-filter')?.focus();
  }, [noTab]);

  const compareMetrics = ([selectedInstanceId, ...comparedInstanceIds]: readonly string[]): void => {
    change({ selectedInstanceId, comparedInstanceIds, panels: { ...state.panels, host: true } });
    if (!settings.foldedSections.includes(openMark('metrics'))) foldSection(openMark('metrics'), true);
  };
  const showTab = (tabId: string): void => change({ view: 'hosts', tabs: activateTab(state.tabs, tabId) });
  const showView = (view: View): void => change({ view, ...(drawer && view !== 'hosts' ? { panels: { ...state.panels, hosts: false } } : {}) });
  const foldSection = (section: string, folded: boolean): void => void actions.changeSettings({ foldedSections: folded ? [...settings.foldedSections, section] : settings.foldedSections.filter((one) => one !== section) });
  const showDialog = (dialog: OpenDialog): void => change({ dialog });
  const chooseRoute = (instanceId: string, tabId?: string): void => showDialog({ name: 'routes', instanceId, ...(tabId === undefined ? {} : { tabId }) });
  const zoom = (fontSize: number): void => void actions.changeSettings({ terminal: { ...settings.terminal, fontSize: Math.min(FONT_SIZE_MAX, Math.max(FONT_SIZE_MIN, fontSize)) } });

  const runAction = (action: WindowAction): boolean => {
    if (runWindowAction(action.kind)) return true;
    switch (action.kind) {
      case 'palette':
      case 'new-tab':
        showDialog({ name: 'palette' });
        return true;
      case 'snippets':
        showDialog({ name: 'palette', query: '#' });
        return true;
      case 'settings':
        showView('settings');
        return true;
      case 'filter':
        change({ panels: { ...state.panels, hosts: true } });
        requestAnimationFrame(() => document.getElementById('host-filter')?.focus());
        return true;
      case 'next-tab':
        change({ view: 'hosts', tabs: stepTab(state.tabs, 1) });
        return true;
      case 'previous-tab':
        change({ view: 'hosts', tabs: stepTab(state.tabs, -1) });
        return true;
      case 'tab': {
        const tab = state.tabs.tabs[action.index];
        if (tab === undefined) return false;
        showTab(tab.tabId);
        return true;
      }
      case 'close-tab':
      case 'find':
      case 'zoom-in':
      case 'zoom-out':
      case 'zoom-reset':
        return front !== undefined && state.view === 'hosts' && runOnTab(action.kind, front);
      case 'output-search':
      case 'previous-prompt':
      case 'next-prompt':
      case 'copy-last-output':
      case 'broadcast':
        // Theirs who show it (useWindowAction).
        return false;
      default:
        return state.view === 'hosts' && runWorkspaceAction(action.kind, { postern, tab: front, narrow: drawer, panes: workspace.current });
    }
  };
  const runOnTab = (kind: 'close-tab' | 'find' | 'zoom-in' | 'zoom-out' | 'zoom-reset', tab: Tab): boolean => {
    switch (kind) {
      case 'close-tab':
        actions.closeTab(tab);
        return true;
      case 'find':
        setFindingTabId(tab.tabId);
        return true;
      case 'zoom-in':
        zoom(settings.terminal.fontSize + 1);
        return true;
      case 'zoom-out':
        zoom(settings.terminal.fontSize - 1);
        return true;
      case 'zoom-reset':
        zoom(emptyMirror.settings.terminal.fontSize);
        return true;
    }
  };
  useShortcuts(platform, settings.shortcuts, runAction);

  if (state.link.name === 'no-token') return <NoToken />;
  const paletteKeys = shortcutText('palette', platform, settings.shortcuts) ?? '';
  const showHosts = state.panels.hosts;
  const configPanel = configPanelProps(mirror, state.linkGeneration, actions);
  return (
    <InstanceNames value={nameOf}>
    <div className={`app${showHosts ? ' hosts-shown' : ''}${state.panels.host && state.view === 'hosts' ? ' host-shown' : ''}`} data-loaded={mirror.loaded}>
      <TopBar
        paletteKeys={paletteKeys}
        hostsShown={showHosts}
        hostShown={state.panels.host}
        onPalette={() => showDialog({ name: 'palette' })}
        onToggleHosts={() => change({ panels: { ...state.panels, hosts: !showHosts } })}
        onToggleHost={() => change({ panels: { ...state.panels, host: !state.panels.host } })}
        onSettings={() => showView('settings')}
      />
      <nav className="left" aria-label={t('window.left')} hidden={!showHosts}>
        {nothingListed && mirror.configHosts.length === 0 ? (
          <p className="note padded">{t('window.noHosts')}</p>
        ) : (
          <HostsPanel
            instances={instances}
            scopes={scopes}
            network={mirror.network}
            list={settings.list}
            configHosts={mirror.configHosts}
            accountLabels={accountLabels}
            accountMarks={settings.accounts}
            onList={(list) => void actions.changeSettings({ list })}
            foldedGroups={state.foldedGroups}
            selectedInstanceId={selectedId}
            openInstanceIds={openInstanceIds}
            onSelect={(selectedInstanceId) => change({ selectedInstanceId })}
            onOpen={(instanceId) => void actions.open(instanceId)}
            onChooseRoute={(instanceId) => {
              change({ selectedInstanceId: instanceId });
              chooseRoute(instanceId);
            }}
            onToggleGroup={(key) => change({ foldedGroups: toggled(state.foldedGroups, key) })}
            nowMs={nowMs}
            onReadAgain={(statuses) => void actions.readAgain(statuses)}
            onShown={(instanceIds) => postern.shownHosts.show('list', instanceIds)}
            onSignIn={() => showDialog({ name: 'accounts' })}
            selectionActions={(chosen) => (
              <>
                <CompareButton onCompare={() => compareMetrics(chosen)} />
                <ActionsOf instanceIds={chosen} instances={instances} onShow={showDialog} />
              </>
            )}
          />
        )}
        <ViewSwitcher view={state.view} onChange={showView} />
      </nav>
      <main className="centre" aria-label={t('window.centre')}>
        <WorkArea
          handle={workspace}
          postern={postern}
          mirror={mirror}
          state={state}
          platform={platform}
          theme={theme}
          narrow={drawer}
          findingTabId={findingTabId}
          onFindClose={() => setFindingTabId(undefined)}
          onNew={() => showDialog({ name: 'palette' })}
          onRename={(tabId) => showDialog({ name: 'rename', tabId })}
          onChooseRoute={chooseRoute}
        >
          {nothingListed ? (
            <FirstSteps
              demoAvailable={info?.demoAvailable === true && !info.demo}
              profilesWithoutRegion={mirror.profiles.filter(({ region }) => region === undefined).map(({ profile }) => profile)}
              onStartDemo={() => void actions.startDemo()}
              onChooseScopes={() => showDialog({ name: 'scopes' })}
            />
          ) : (
            <Welcome sessions={[...sessions.values()].filter(({ sessionId, state: { name } }) => !tabSessionIds.has(sessionId) && name !== 'closed' && name !== 'failed')} paletteKeys={paletteKeys} nowMs={nowMs} onAdopt={actions.adopt} />
          )}
        </WorkArea>
        {state.view === 'map' ? <MapPane mirror={mirror} actions={actions} accountLabels={accountLabels} selectedInstanceId={selectedId} plan={plan} linkOpen={linkOpen} onSelect={(instanceId) => change({ selectedInstanceId: instanceId })} /> : undefined}
        {state.view === 'tunnels' ? (
          <Suspense fallback={<p className="note padded">{t('common.opening')}</p>}>
            <TunnelsView
              forwards={[...mirror.forwards.values()]}
              nowMs={nowMs}
              hasHosts={instances.size > 0}
              onAdd={() => showDialog({ name: 'forward', ...selectedInstance(state) })}
              onRestart={(forward) => void actions.restartForward(forward)}
              onChange={(forward) => showDialog({ name: 'forward', instanceId: forward.instanceId, replaces: forward })}
              onClose={(forward) => void actions.closeForward(forward)}
            />
          </Suspense>
        ) : undefined}
        {state.view === 'keys' ? (
          <Suspense fallback={<p className="note padded">{t('common.opening')}</p>}>
            <KeysView
              ec2={<Ec2KeysSection network={mirror.network} instances={instances} keys={mirror.keys} calls={actions.host} statuses={scopes} />}
              keys={mirror.keys}
              secrets={mirror.secrets}
              hostKeys={mirror.hostKeys}
              instances={instances}
              nowMs={nowMs}
              onGenerate={actions.generateKey}
              onImport={actions.importKey}
              onRemove={(keyPairId) => void actions.removeKey(keyPairId)}
              onUseFile={actions.useSecretFile}
              onListPassphrases={actions.keptPassphrases}
              onForgetPassphrase={actions.forgetPassphrase}
              lentAgents={<LentAgents keys={mirror.keys} instances={instances} onList={actions.lentAgents} onRevoke={actions.revokeAgent} />}
              onForgetHostKey={(hostKey) => void actions.forgetHostKey(hostKey)}
              firstContactProof={settings.firstContactProof}
              onFirstContactProof={(firstContactProof) => void actions.changeSettings({ firstContactProof })}
            />
          </Suspense>
        ) : undefined}
        {state.view === 'history' ? (
          <Suspense fallback={<p className="note padded">{t('common.opening')}</p>}>
            <HistoryView changes={mirror.historyChanges} nowMs={nowMs} calls={actions.recordings} settings={settings.terminal} keepDays={settings.history.keepDays} theme={theme} onSettings={() => showView('settings')} />
          </Suspense>
        ) : undefined}
        {state.view === 'settings' ? (
          <Suspense fallback={<p className="note padded">{t('common.opening')}</p>}>
            <SettingsView mirror={mirror} actions={actions} platform={platform} onShow={showDialog} />
          </Suspense>
        ) : undefined}
      </main>
      <aside className="right" aria-label={t('host.panelLabel')} hidden={!state.panels.host || state.view !== 'hosts'}>
        {selectedId !== undefined && configHostName(selectedId) !== undefined ? (
          <ConfigHostPanel hostId={selectedId} {...configPanel} onOpen={() => void actions.open(selectedId)} />
        ) : selected === undefined ? (
          <p className="note padded">{t('host.empty')}</p>
        ) : (
          <HostPanel
            instance={selected}
            network={facts}
            denied={scopes.find(({ scope }) => scopeKey(scope) === scopeKey(selected.scope))?.denied}
            plan={plan}
            nowMs={nowMs}
            headerActions={<ActionsOf instanceIds={[selected.instanceId]} instances={instances} onShow={showDialog} />}
            detail={<><HostActionSections instance={selected} keys={mirror.keys} calls={actions.host} foldedSections={settings.foldedSections} onFold={foldSection} /><HostDetail instance={selected} keys={mirror.keys} network={facts} denied={scopes.find(({ scope }) => scopeKey(scope) === scopeKey(selected.scope))?.denied} comparedIds={state.comparedInstanceIds} nameOf={shownName} actions={actions.hostDetail} theme={theme} nowMs={nowMs} foldedSections={settings.foldedSections} onFold={foldSection} onCompare={(comparedInstanceIds) => change({ comparedInstanceIds })} /></>}
            onReadPreferences={actions.sessionPreferences}
            ssh={<HostSsh instance={selected} settings={settings} hostKeys={mirror.hostKeys} onChange={(change) => void actions.changeSettings(change)} />}
            foldedSections={settings.foldedSections}
            sshConfig={<InstanceConfigSection hostId={selected.instanceId} {...configPanel} />}
            networkSections={<NetworkSections instance={selected} network={facts} shown={linkOpen && state.panels.host && state.view === 'hosts'} actions={actions.network} nowMs={nowMs} foldedSections={settings.foldedSections} onFold={foldSection} onRead={handleNetworkRead} />}
            onFold={foldSection}
            onOpen={(via) => void actions.open(selected.instanceId, via === undefined ? {} : { via })}
            onChooseRoute={() => chooseRoute(selected.instanceId)}
            onForward={() => showDialog({ name: 'forward', instanceId: selected.instanceId })}
          />
        )}
      </aside>
      <StatusBar
        scopes={scopes}
        hostCount={instances.size}
        forwards={[...mirror.forwards.values()]}
        session={front === undefined ? undefined : sessions.get(front.sessionId)}
        link={state.link}
        info={info}
        nowMs={nowMs}
        limits={
          <>
            <AccountsItem prompts={mirror.prompts} onShow={() => showDialog({ name: 'accounts' })} />
            <RecordingItem session={front === undefined ? undefined : sessions.get(front.sessionId)} sessions={sessions} onStop={(sessionId) => void actions.recordings.stop(sessionId)} />
            <SessionLimits sessions={sessions} frontSessionId={front?.sessionId} />
          </>
        }
        onRefresh={() => void actions.refresh()}
        onStopReading={() => void actions.readAgain(scopes.filter(({ state }) => state === 'loading'))}
        onRetryLink={() => postern.connection?.retryNow()}
        onChooseScopes={() => showDialog({ name: 'scopes' })}
        onShowTunnels={() => showView('tunnels')}
      />
      <Notices cutOff={state.link.name === 'token-refused'} notices={mirror.notices} problems={state.problems} onDismissNotice={(noticeId) => void actions.dismissNotice(noticeId)} onDismissProblem={actions.dismissProblem} />
      <ActionRuns key={mirror.loaded ? 'loaded' : 'loading'} runs={mirror.actionRuns} shownId={state.dialog?.name === 'action' ? state.dialog.actionId : undefined} hidden={state.dialog?.name === 'action'} onShow={({ actionId, kind, hosts }) => showDialog({ name: 'action', kind, instanceIds: hosts.map(({ instanceId }) => instanceId), actionId })} />
      <Dialogs mirror={mirror} state={state} actions={actions} workspace={{ postern, panes: workspace.current, narrow: drawer }} platform={platform} linkOpen={linkOpen} onAction={runAction} onShow={showDialog} onView={showView} onClose={() => change({ dialog: undefined })} />
      <EndedCommands commandEnds={postern.commandEnds} />
      <Announcer />
    </div>
    </InstanceNames>
  );
}
