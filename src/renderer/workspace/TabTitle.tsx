/** A tab to the pointer, the keyboard and screen readers. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { IDockviewPanelHeaderProps } from 'dockview-react';
import { useReceiver } from '../broadcast/useBroadcast.ts';
import { markOf, markStyle } from '../state/accountMark.ts';
import { listText } from '../i18n/locale.ts';
import { Icon } from '../ui/Icon.tsx';
import { hostNameOf } from '../state/names.ts';
import { ariaKeys } from '../state/shortcuts.ts';
import { safeText } from '../ui/safeText.ts';
import { chipWords, TabLabel } from './TabLabel.tsx';
import { shellTitleOf, tabName } from './tabText.ts';
import { useWorkspace } from './WorkspaceContext.ts';

export function TabTitle({ api, tabLocation }: Pick<IDockviewPanelHeaderProps, 'api' | 'tabLocation'>) {
  const { t } = useTranslation();
  const { postern, mirror, state: windowState, narrow, platform, onRename } = useWorkspace();
  const ref = useRef<HTMLDivElement>(null);
  const tab = windowState.tabs.tabs.find(({ tabId }) => tabId === api.id);
  const session = tab === undefined ? undefined : mirror.sessions.get(tab.sessionId);
  const state = session?.state.name ?? 'closed';
  const name = tab === undefined ? '' : tabName(tab, session);
  const whole = tab === undefined ? '' : safeText(hostNameOf(tab.instanceId, session?.instanceName ?? tab.name));
  const title = [...new Set([tab?.title, whole, tab?.shellTitle, t(`session.state.${state}`)])].filter((part) => part !== undefined && part !== '').join(' · ');
  const receives = useReceiver(api.id) === undefined ? undefined : t('broadcast.tabMark');
  const happened = tab?.mark === undefined ? undefined : t(`workspace.${tab.mark}`);
  const recorded = session?.recording?.state === 'recording' ? t('recording.spoken') : undefined;
  const mark = tab === undefined ? undefined : markOf(mirror.instances.get(tab.instanceId), mirror.settings);
  // What is drawn comes first and in that order, so that a person who speaks to the computer can say what they see (WCAG 2.5.3).
  const drawn = tab === undefined ? [] : [name, shellTitleOf(tab, session), ...chipWords(session, mark, t)];
  const spoken = listText([...drawn, t(`session.state.${state}`), receives, happened, recorded].filter((part) => part !== undefined));

  // The element that is the tab to the keyboard and to screen readers is the library's.
  useLayoutEffect(() => {
    const element = tabElement(ref.current);
    if (element === null || tab === undefined) return;
    element.title = title;
    element.dataset['sessionId'] = tab.sessionId;
    element.dataset['state'] = state;
    element.setAttribute('aria-controls', `panel-${tab.tabId}`);
    const keys = ariaKeys(['close-focused-tab', 'rename-tab'], platform, mirror.settings.shortcuts);
    if (keys === undefined) element.removeAttribute('aria-keyshortcuts');
    else element.setAttribute('aria-keyshortcuts', keys);
    api.setTitle(spoken);
    element.setAttribute('aria-label', spoken);
  });

  const inFront = api.id === windowState.tabs.activeTabId && tabLocation === 'header';
  useEffect(() => {
    if (!inFront) return undefined;
    const element = tabElement(ref.current);
    if (element === null) return undefined;
    // Told once the tabs have their places, and whenever the strip or the tab becomes narrower or wider.
    const observer = new ResizeObserver(() => element.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
    observer.observe(element);
    if (element.parentElement !== null) observer.observe(element.parentElement);
    return () => observer.disconnect();
  }, [inFront, narrow]);

  if (tab === undefined) return undefined;
  return (
    <div
      ref={ref}
      className={`tab${inFront ? ' active' : ''}${receives === undefined ? '' : ' broadcasting'}${mark?.production === true ? ' production' : ''}`}
      style={markStyle(mark)}
      data-state={state}
      data-tab-id={tab.tabId}
      onDoubleClick={() => onRename(tab.tabId)}
      onAuxClick={(event) => {
        if (event.button === 1) postern.actions.closeTab(tab);
      }}
    >
      {receives === undefined ? undefined : (
        <span className="tab-broadcast" title={receives} aria-hidden="true">
          ⇶
        </span>
      )}
      <TabLabel tab={tab} session={session} mark={mark} />
      {/* For the pointer, and no button, which a tab may not hold: the keyboard has Delete, or what was chosen for it, and the shortcut. */}
      <span className="tab-close" aria-hidden="true" title={t('workspace.close')} onPointerDown={(event) => event.stopPropagation()} onClick={() => postern.actions.closeTab(tab)}>
        <Icon name="close" />
      </span>
    </div>
  );
}

function tabElement(inside: Element | null): HTMLElement | null {
  return inside?.closest<HTMLElement>('[role=tab]') ?? null;
}
