/**
 * Tells of commands that ended where nobody looked: in the window, and by the system where the person allowed that.
 *
 * What starts it is the shell's own marks (OSC 133), or the person for one tab. What a host writes is never shown: only the tab's
 * name and a number. OSC 9 and 777, by which a host could ask for a notification, stay unheard.
 */
import { i18n } from '../i18n/i18n.ts';
import type { Mirror } from '../state/mirror.ts';
import { createStore, type Store } from '../state/store.ts';
import { activateTab, type Tab } from '../state/tabs.ts';
import type { WindowState } from '../state/windowState.ts';
import type { CommandEnded } from '../terminal/commandEnded.ts';
import { openTerminal } from '../terminal/openTerminals.ts';
import { durationText, spanText } from '../ui/age.ts';
import { tabName } from '../workspace/tabText.ts';
import { isPromptBack, isTold, QUIET_MS } from './commandEndRules.ts';
import { showNotification } from './systemNotification.ts';

export interface EndedCommand {
  readonly tabId: string;
  readonly title: string;
  readonly text: string;
}

export interface CommandEndsState {
  /** The newest of each tab, until it is seen. */
  readonly ended: readonly EndedCommand[];
  /** Tabs of which the person wants to be told. */
  readonly watchedTabIds: ReadonlySet<string>;
}

export interface CommandEnds {
  readonly store: Store<CommandEndsState>;
  /** The shell said so. @param shown whether its tab is in view */
  commandEnded(tabId: string, ended: CommandEnded, shown: boolean): void;
  watch(tabId: string): void;
  unwatch(tabId: string): void;
  show(tabId: string): void;
  dismiss(tabId: string): void;
}

export interface CommandEndsParts {
  readonly page: Pick<Window, 'document' | 'focus' | 'setInterval' | 'clearInterval'>;
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
}

const CHECK_MS = 500;

export function createCommandEnds({ page, mirror, window }: CommandEndsParts): CommandEnds {
  const store = createStore<CommandEndsState>({ ended: [], watchedTabIds: new Set() });
  const watches = new Map<string, () => void>();
  const tabOf = (tabId: string): Tab | undefined => window.get().tabs.tabs.find((tab) => tab.tabId === tabId);
  const looksOn = (): boolean => page.document.visibilityState === 'visible' && page.document.hasFocus();

  const dismiss = (tabId: string): void => store.set((state) => (state.ended.some((one) => one.tabId === tabId) ? { ...state, ended: state.ended.filter((one) => one.tabId !== tabId) } : state));

  const show = (tabId: string): void => {
    page.focus();
    dismiss(tabId);
    window.set((state) => ({ ...state, view: 'hosts', tabs: activateTab(state.tabs, tabId) }));
  };

  const unwatch = (tabId: string): void => {
    watches.get(tabId)?.();
    watches.delete(tabId);
    store.set((state) => ({ ...state, watchedTabIds: new Set([...state.watchedTabIds].filter((one) => one !== tabId)) }));
  };

  const tell = (tabId: string, key: 'ended' | 'quiet', text: string): void => {
    const tab = tabOf(tabId);
    if (tab === undefined) return;
    const title = i18n.t(`notifications.${key}`, { name: tabName(tab, mirror.get().sessions.get(tab.sessionId)) });
    store.set((state) => ({ ...state, ended: [...state.ended.filter((one) => one.tabId !== tabId), { tabId, title, text }] }));
    showNotification({ title, text, tag: tabId, onClick: () => show(tabId) });
  };

  /** For shells that tell nothing: the output stopped, and a prompt stands there again. */
  const watchQuiet = (tabId: string, sessionId: string): (() => void) => {
    const terminal = openTerminal(sessionId)?.terminal;
    if (terminal === undefined) return () => undefined;
    let wroteAtMs: number | undefined;
    const listening = terminal.onWriteParsed(() => {
      wroteAtMs = performance.now();
    });
    const timer = page.setInterval(() => {
      const { active } = terminal.buffer;
      const line = active.getLine(active.baseY + active.cursorY)?.translateToString(false, 0, active.cursorX) ?? '';
      if (!isPromptBack({ line, alternate: active.type === 'alternate', quietMs: wroteAtMs === undefined ? undefined : performance.now() - wroteAtMs })) return;
      unwatch(tabId);
      tell(tabId, 'quiet', i18n.t('notifications.quietText', { duration: durationText(QUIET_MS) }));
    }, CHECK_MS);
    return () => {
      page.clearInterval(timer);
      listening.dispose();
    };
  };

  // What is in view has been seen; a tab that is gone is nobody's any more.
  const considerSeen = (): void => {
    const { tabs, view } = window.get();
    if (view === 'hosts' && tabs.activeTabId !== undefined && looksOn()) dismiss(tabs.activeTabId);
    const open = new Set(tabs.tabs.map(({ tabId }) => tabId));
    const { ended, watchedTabIds } = store.get();
    for (const { tabId } of ended) if (!open.has(tabId)) dismiss(tabId);
    for (const tabId of watchedTabIds) if (!open.has(tabId)) unwatch(tabId);
  };
  window.subscribe(considerSeen);

  return {
    store,
    commandEnded(tabId, { exitCode, durationMs }, shown) {
      const watched = store.get().watchedTabIds.has(tabId);
      const { commandEnded: enabled, afterSeconds } = mirror.get().settings.notifications;
      if (!isTold({ durationMs, watched, inView: shown && looksOn(), enabled, afterSeconds })) return;
      unwatch(tabId);
      const duration = durationMs < 90_000 ? durationText(durationMs) : spanText(Math.round(durationMs / 1000));
      tell(tabId, 'ended', exitCode === undefined ? i18n.t('notifications.endedNoStatus', { duration }) : i18n.t('notifications.endedStatus', { exitCode, duration }));
    },
    watch(tabId) {
      const tab = tabOf(tabId);
      if (tab === undefined || watches.has(tabId)) return;
      watches.set(tabId, watchQuiet(tabId, tab.sessionId));
      store.set((state) => ({ ...state, watchedTabIds: new Set([...state.watchedTabIds, tabId]) }));
    },
    unwatch,
    show,
    dismiss,
  };
}
