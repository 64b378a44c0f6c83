/** Beside the tabs of a group: a new tab, and a menu of what can be done with the tab in front. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IDockviewHeaderActionsProps } from 'dockview-react';
import { shortcutText, type Overrides, type WindowAction } from '../state/shortcuts.ts';
import { Icon } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { useWorkspace } from './WorkspaceContext.ts';
import { workspaceCommands } from './workspaceCommands.ts';

export function GroupActions({ api, containerApi, group, activePanel }: Pick<IDockviewHeaderActionsProps, 'api' | 'containerApi' | 'group' | 'activePanel'>) {
  const { t } = useTranslation();
  const { postern, mirror, state, platform, narrow, onNew, onRename } = useWorkspace();
  const tab = state.tabs.tabs.find(({ tabId }) => tabId === activePanel?.id);
  const several = containerApi.groups.length > 1;
  const [maximised, setMaximised] = useState(api.isMaximized());
  useEffect(() => {
    const listening = containerApi.onDidMaximizedGroupChange(() => setMaximised(api.isMaximized()));
    return () => listening.dispose();
  }, [api, containerApi]);
  return (
    <div className="group-actions" data-group-id={group.id}>
      <button type="button" className="tab-new" aria-label={t('workspace.newTab')} title={t('workspace.newTabTitle')} onClick={onNew}>
        <Icon name="plus" />
      </button>
      <Popover label={t('workspace.menu')} className="tab-new tab-menu-button" button={<Icon name="chevron-down" />}>
        {(close) => (
          <ul className="tab-menu">
            {workspaceCommands({ postern, tab, narrow, onRename, toggleMaximised: several ? () => (maximised ? api.exitMaximized() : api.maximize()) : undefined, maximised }).map(({ key, action, run }) => (
              <li key={key}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    run();
                  }}
                >
                  <span>{t(`workspace.${key}`)}</span>
                  <Keys action={action} platform={platform} overrides={mirror.settings.shortcuts} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popover>
      {maximised ? (
        <button type="button" className="unmaximise" onClick={() => api.exitMaximized()}>
          {t('workspace.unmaximise')}
        </button>
      ) : undefined}
    </div>
  );
}

function Keys({ action, platform, overrides }: { readonly action: WindowAction['kind'] | undefined; readonly platform: string; readonly overrides: Overrides }) {
  const keys = action === undefined ? undefined : shortcutText(action, platform, overrides);
  return keys === undefined ? undefined : <kbd>{keys}</kbd>;
}
