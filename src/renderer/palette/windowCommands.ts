/** Everything a menu, a button or a key of the window does, as commands of the palette: what makes sense now. */
import type { Mirror } from '../state/mirror.ts';
import type { Postern } from '../state/postern.ts';
import { shortcutText, type WindowAction } from '../state/shortcuts.ts';
import { activateTab, activeTab } from '../state/tabs.ts';
import type { OpenDialog, View, WindowState } from '../state/windowState.ts';
import { hasWindowAction } from '../state/windowActions.ts';
import { safeText } from '../ui/safeText.ts';
import { fitsSnippet } from '../snippets/offeredSnippets.ts';
import { snippetTarget } from '../snippets/useOfSnippet.ts';
import { paletteCommands } from '../workspace/paletteCommands.ts';
import type { WorkspaceActionContext } from '../workspace/runWorkspaceAction.ts';
import { stateMark, tabName } from '../workspace/tabText.ts';
import { bothNames } from './bothNames.ts';
import { hostCommands } from './hostCommands.ts';
import type { PaletteAction } from './paletteItems.ts';
import { settingCommands, themeCommands } from './settingCommands.ts';
import type { Snippet } from '../../contract/snippet.ts';

type KeyedAction = Exclude<WindowAction['kind'], 'tab'>;

export interface WindowCommandParts {
  readonly postern: Postern;
  readonly mirror: Mirror;
  readonly state: WindowState;
  readonly workspace: Omit<WorkspaceActionContext, 'tab'>;
  readonly platform: string;
  readonly onAction: (action: WindowAction) => void;
  readonly onShow: (dialog: OpenDialog) => void;
  readonly onView: (view: View) => void;
  readonly onSnippet: (snippet: Snippet) => void;
}

const views = ['hosts', 'map', 'tunnels', 'keys', 'history', 'settings'] as const satisfies readonly View[];
const onTab = ['close-tab', 'next-tab', 'previous-tab', 'find', 'zoom-in', 'zoom-out', 'zoom-reset'] as const;
/** Where something shown now takes them. */
const whereTaken = ['previous-prompt', 'next-prompt', 'copy-last-output'] as const;

export function windowCommands(parts: WindowCommandParts): readonly PaletteAction[] {
  const { postern, mirror, state, workspace, platform, onAction, onShow, onView } = parts;
  const { settings, instances, sessions } = mirror;
  const { actions } = postern;
  const front = activeTab(state.tabs);
  const tabShown = state.view === 'hosts' ? front : undefined;
  const selected = instances.get(state.selectedInstanceId ?? front?.instanceId ?? '');
  const command = (id: string, textOf: Parameters<typeof bothNames>[0], run: () => void): PaletteAction => ({ id, kind: 'action', ...bothNames(textOf), run });
  const keyed = (action: KeyedAction, textOf: Parameters<typeof bothNames>[0]): PaletteAction => ({ ...command(action, textOf, () => onAction({ kind: action })), shortcut: shortcutText(action, platform, settings.shortcuts) });
  const change = (next: Partial<WindowState>): void => postern.window.set((value) => ({ ...value, ...next }));

  return [
    ...state.tabs.tabs.filter(({ tabId }) => tabId !== tabShown?.tabId).map((tab): PaletteAction => {
      const session = sessions.get(tab.sessionId);
      const shell = tab.shellTitle === undefined ? '' : ` · ${safeText(tab.shellTitle)}`;
      return { id: `tab:${tab.tabId}`, kind: 'tab', name: tabName(tab, session), note: `${stateMark(session?.state.name ?? 'closed')}${shell}`, run: () => change({ view: 'hosts', tabs: activateTab(postern.window.get().tabs, tab.tabId) }) };
    }),
    ...hostCommands({
      instance: selected,
      pinned: settings.list.pinned,
      actions,
      onPin: (instanceId, pinned) => void actions.changeSettings({ list: { ...settings.list, pinned: pinned ? [...settings.list.pinned, instanceId] : settings.list.pinned.filter((one) => one !== instanceId) } }),
      onShow,
    }),
    ...snippetCommands(parts),
    ...(tabShown === undefined ? [] : onTab.map((action) => keyed(action, (t) => t(`shortcuts.names.${action}`)))),
    ...whereTaken.filter((action) => hasWindowAction(action)).map((action) => keyed(action, (t) => t(`shortcuts.names.${action}`))),
    ...(tabShown === undefined ? [] : paletteCommands({ ...workspace, tab: tabShown }, platform, settings.shortcuts, (tabId) => onShow({ name: 'rename', tabId }))),
    ...(tabShown === undefined ? paletteCommands({ ...workspace, tab: undefined }, platform, settings.shortcuts, () => undefined) : []),
    command('refresh', (t) => t('palette.action.refresh'), () => void actions.refresh()),
    command('accounts', (t) => t('palette.action.accounts'), () => onShow({ name: 'accounts' })),
    command('scopes', (t) => t('palette.action.scopes'), () => onShow({ name: 'scopes' })),
    keyed('filter', (t) => t('shortcuts.names.filter')),
    ...views.filter((view) => view !== state.view).map((view) => ({ ...command(`view:${view}`, (t) => t(`palette.view.${view}`), () => onView(view)), ...(view === 'settings' ? { shortcut: shortcutText('settings', platform, settings.shortcuts) } : {}) })),
    command('forward', (t) => t('palette.action.forward'), () => onShow({ name: 'forward', ...(selected === undefined ? {} : { instanceId: selected.instanceId }) })),
    ...(mirror.secrets !== undefined && mirror.secrets.state !== 'ready' ? [] : [command('generate-key', (t) => t('palette.action.generateKey'), () => onShow({ name: 'generate-key' })), command('import-key', (t) => t('palette.action.importKey'), () => onShow({ name: 'import-key' }))]),
    command('toggle-hosts', (t) => t('palette.action.toggleHosts'), () => change({ panels: { ...state.panels, hosts: !state.panels.hosts } })),
    command('toggle-host', (t) => t('palette.action.toggleHost'), () => change({ panels: { ...state.panels, host: !state.panels.host } })),
    ...(mirror.info?.demoAvailable === true && !mirror.info.demo ? [command('start-demo', (t) => t('palette.action.startDemo'), () => void actions.startDemo())] : []),
    ...themeCommands(actions),
    ...settingCommands(() => onView('settings')),
  ];
}

/** Those that the tab in front is offered. */
function snippetCommands({ mirror, state, onShow, onSnippet }: WindowCommandParts): readonly PaletteAction[] {
  const tab = activeTab(state.tabs);
  const offered = tab === undefined || state.view !== 'hosts' ? [] : mirror.settings.snippets.filter((snippet) => fitsSnippet(snippet, snippetTarget(tab, mirror)));
  return [
    ...offered.map((snippet): PaletteAction => ({
      id: `snippet:${snippet.name}`,
      kind: 'snippet',
      name: safeText(snippet.name),
      ...(snippet.description === undefined ? {} : { also: safeText(snippet.description) }),
      note: safeText(snippet.text.split('\n')[0]?.slice(0, 80) ?? ''),
      run: () => onSnippet(snippet),
    })),
    { id: 'snippets', kind: 'action', ...bothNames((t) => t('snippets.manage')), run: () => onShow({ name: 'snippets' }) },
  ];
}
