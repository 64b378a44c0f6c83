/** The dialog that is open now, if any. */
import { lazy, Suspense } from 'react';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';
import type { WindowAction } from '../state/shortcuts.ts';
import { scopeKey } from '../../contract/scope.ts';
import { useRoutePlan } from '../state/useRoutePlan.ts';
import { activeTab } from '../state/tabs.ts';
import type { OpenDialog, View, WindowState } from '../state/windowState.ts';
import { formOf } from '../state/forwardForm.ts';
import { RenameDialog } from '../workspace/RenameDialog.tsx';
import type { WorkspaceActionContext } from '../workspace/runWorkspaceAction.ts';
import { PaletteDialog } from '../palette/PaletteDialog.tsx';
import { RouteChooser } from './RouteChooser.tsx';
import { ScopeChooser } from './ScopeChooser.tsx';

const AccountsDialog = lazy(() => import('./AccountsDialog.tsx').then((module) => ({ default: module.AccountsDialog })));
const ActionDialog = lazy(() => import('./hostActions/ActionDialog.tsx').then((module) => ({ default: module.ActionDialog })));
const HandsDialogs = lazy(() => import('../palette/HandsDialogs.tsx').then((module) => ({ default: module.HandsDialogs })));
const ForwardDialog = lazy(() => import('./ForwardDialog.tsx').then((module) => ({ default: module.ForwardDialog })));

export interface DialogsProps {
  readonly mirror: Mirror;
  readonly state: WindowState;
  readonly actions: Actions;
  readonly workspace: Omit<WorkspaceActionContext, 'tab'>;
  readonly platform: string;
  readonly linkOpen: boolean;
  readonly onAction: (action: WindowAction) => void;
  readonly onShow: (dialog: OpenDialog) => void;
  readonly onView: (view: View) => void;
  readonly onClose: () => void;
}

export function Dialogs(props: DialogsProps) {
  const { mirror, state, actions, onClose, onShow } = props;
  const { dialog } = state;
  switch (dialog?.name) {
    case undefined:
      return undefined;
    case 'palette':
      return (
        <PaletteDialog
          postern={props.workspace.postern}
          mirror={mirror}
          state={state}
          workspace={props.workspace}
          platform={props.platform}
          initialQuery={dialog.query}
          onAction={props.onAction}
          onShow={onShow}
          onView={props.onView}
          onClose={onClose}
        />
      );
    case 'broadcast':
    case 'snippet':
    case 'snippets':
    case 'generate-key':
    case 'import-key':
      return (
        <Suspense>
          <HandsDialogs postern={props.workspace.postern} mirror={mirror} state={state} dialog={dialog} onClose={onClose} />
        </Suspense>
      );
    case 'scopes':
      return (
        <ScopeChooser
          profiles={mirror.profiles}
          chosen={mirror.scopes.map(({ scope: { profile, region } }) => ({ profile, region }))}
          onSelect={(scopes) => {
            onClose();
            void actions.selectScopes(scopes);
          }}
          onAccounts={() => onShow({ name: 'accounts' })}
          onClose={onClose}
        />
      );
    case 'accounts':
      return (
        <Suspense>
          <AccountsDialog
            accounts={mirror.accounts ?? { profiles: [], signIns: [] }}
            prompts={mirror.prompts}
            scopes={mirror.scopes}
            marks={mirror.settings.accounts}
            actions={actions.accounts}
            onMarks={(accounts) => void actions.changeSettings({ accounts })}
            onClose={onClose}
          />
        </Suspense>
      );
    case 'rename': {
      const tab = state.tabs.tabs.find(({ tabId }) => tabId === dialog.tabId);
      return tab === undefined ? undefined : <RenameDialog tab={tab} onRename={(title) => props.workspace.postern.workspace.rename(tab.tabId, title)} onClose={onClose} />;
    }
    case 'routes':
      return <RoutesDialog {...props} dialog={dialog} />;
    case 'action':
      return (
        <Suspense>
          <ActionDialog kind={dialog.kind} instanceIds={dialog.instanceIds} actionId={dialog.actionId} runs={mirror.actionRuns} instances={mirror.instances} calls={actions.host} onRun={(actionId) => onShow({ ...dialog, actionId })} onClose={onClose} />
        </Suspense>
      );
    case 'forward': {
      const { instanceId, replaces } = dialog;
      return (
        <Suspense>
          <ForwardDialog
            instances={mirror.instances}
            instance={instanceId === undefined ? undefined : mirror.instances.get(instanceId)}
            {...(replaces === undefined ? {} : { initial: formOf(replaces) })}
            onOpen={async (input) => {
              await actions.openForward(input);
              if (replaces !== undefined) await actions.closeForward(replaces);
            }}
            onClose={onClose}
          />
        </Suspense>
      );
    }
  }
}

function RoutesDialog({ mirror, state, actions, linkOpen, onClose, dialog }: DialogsProps & { readonly dialog: Extract<OpenDialog, { name: 'routes' }> }) {
  const instance = mirror.instances.get(dialog.instanceId);
  const plan = useRoutePlan(actions.plan, instance, instance === undefined ? undefined : mirror.network.get(scopeKey(instance.scope)), linkOpen);
  const tab = state.tabs.tabs.find(({ tabId }) => tabId === dialog.tabId);
  if (instance === undefined) return undefined;
  return (
    <RouteChooser
      instance={instance}
      plan={plan}
      keys={mirror.keys}
      onOpen={(choice) => {
        onClose();
        void (tab === undefined ? actions.open(instance.instanceId, choice) : actions.reconnect(tab, choice));
      }}
      onClose={onClose}
    />
  );
}

/** The host a new tunnel is likely meant for: the selected one, else that of the tab in front. */
export function selectedInstance(state: WindowState): { readonly instanceId?: string } {
  const instanceId = state.selectedInstanceId ?? activeTab(state.tabs)?.instanceId;
  return instanceId === undefined ? {} : { instanceId };
}
