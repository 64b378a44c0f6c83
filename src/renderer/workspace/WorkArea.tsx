/** The centre for terminals: an offer to restore, the workspace, or what to do while no tab is open. */
import { lazy, Suspense, type ReactNode, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import { RestoreOffer } from './RestoreOffer.tsx';
import type { WorkspaceHandle } from './Workspace.tsx';
import { WorkspaceContext, type WorkspaceView } from './WorkspaceContext.ts';

const Workspace = lazy(() => import('./Workspace.tsx').then((module) => ({ default: module.Workspace })));
const WorkBars = lazy(() => import('./WorkBars.tsx').then((module) => ({ default: module.WorkBars })));

export interface WorkAreaProps extends WorkspaceView {
  readonly handle: Ref<WorkspaceHandle>;
  /** Shown while no tab is open. */
  readonly children: ReactNode;
}

export function WorkArea({ handle, children, ...view }: WorkAreaProps) {
  const { t } = useTranslation();
  const { state, postern } = view;
  const { workspace } = postern;
  return (
    <div className="work" hidden={state.view !== 'hosts'}>
      {state.offered === undefined ? undefined : (
        <RestoreOffer
          saved={state.offered}
          onRestore={workspace.restore}
          onAlways={() => {
            workspace.restore();
            void workspace.restoreWithoutAsking();
          }}
          onDismiss={workspace.dismissOffer}
        />
      )}
      {state.tabs.tabs.length > 0 ? (
        <WorkspaceContext value={view}>
          <Suspense fallback={<p className="note padded">{t('common.opening')}</p>}>
            <WorkBars>
              <Workspace handle={handle} />
            </WorkBars>
          </Suspense>
        </WorkspaceContext>
      ) : state.detached && state.linkGeneration > 0 ? (
        <p className="note padded">{t('workspace.gone')}</p>
      ) : (
        children
      )}
    </div>
  );
}
