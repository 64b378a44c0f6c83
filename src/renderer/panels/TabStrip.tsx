/** The tabs over the terminals. Names come from hosts and tags: shown as text, without what cannot be seen. */
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { AccountMark } from '../../contract/account.ts';
import type { TerminalSession } from '../../contract/session.ts';
import { markStyle } from '../state/accountMark.ts';
import { routeKindLabel, routeKindShort } from '../state/routeHint.ts';
import type { Tab } from '../state/tabs.ts';
import { Icon } from '../ui/Icon.tsx';
import { TabLimit } from './SessionLimits.tsx';
import { safeText, strippedText } from '../ui/safeText.ts';

const NAME_CHARACTERS = 32;

export interface TabStripProps {
  readonly tabs: readonly Tab[];
  readonly activeTabId: string | undefined;
  readonly sessions: ReadonlyMap<string, TerminalSession>;
  /** How the account of a tab is shown. */
  readonly markOf?: (tab: Tab) => AccountMark | undefined;
  readonly onActivate: (tabId: string) => void;
  readonly onStep: (offset: number) => void;
  readonly onClose: (tab: Tab) => void;
  readonly onNew: () => void;
}

/** What a tab is called: the instance, since a shell can title itself anything. */
export function tabName(tab: Tab, session: TerminalSession | undefined): string {
  const name = session?.instanceName;
  return strippedText(name === undefined || name === '' ? tab.instanceId : name, NAME_CHARACTERS);
}

export function TabStrip({ tabs, activeTabId, sessions, markOf, onActivate, onStep, onClose, onNew }: TabStripProps) {
  const { t } = useTranslation();
  const active = tabs.find(({ tabId }) => tabId === activeTabId);
  const handleKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowRight') onStep(1);
    else if (event.key === 'ArrowLeft') onStep(-1);
    else if (event.key === 'Delete' && active !== undefined) onClose(active);
    else return;
    event.preventDefault();
  };
  return (
    <div className="tab-strip">
      <div role="tablist" aria-label="Open sessions" onKeyDown={handleKeyDown}>
        {tabs.map((tab) => {
          const session = sessions.get(tab.sessionId);
          const inFront = tab === active;
          const state = session?.state.name ?? 'closed';
          const name = tabName(tab, session);
          const mark = markOf?.(tab);
          return (
            <div
              key={tab.tabId}
              ref={inFront ? (element) => element?.scrollIntoView({ block: 'nearest', inline: 'nearest' }) : undefined}
              className={`tab${inFront ? ' active' : ''}${mark?.production === true ? ' production' : ''}`}
              style={markStyle(mark)}
              data-state={state}
              onAuxClick={(event) => {
                if (event.button === 1) onClose(tab);
              }}
            >
              <button
                type="button"
                role="tab"
                id={`tab-${tab.tabId}`}
                aria-controls={`panel-${tab.tabId}`}
                aria-selected={inFront}
                aria-keyshortcuts="Delete"
                tabIndex={inFront ? 0 : -1}
                data-session-id={tab.sessionId}
                title={[safeText(session?.instanceName ?? tab.instanceId), tab.shellTitle, state].filter((part) => part !== undefined).join(' · ')}
                onClick={() => onActivate(tab.tabId)}
              >
                <span className={`tab-state ${state}`} aria-hidden="true">
                  {stateMark(state)}
                </span>
                {mark?.colour === undefined ? undefined : <span className="account-swatch" title={safeText(mark.label ?? '')} aria-hidden="true" />}
                <span className="tab-name">{name}</span>
                {mark?.production === true ? <span className="production-mark">{t('accounts.productionMark')}</span> : undefined}
                <RouteChip session={session} />
                <WeakChip session={session} />
                <TabLimit session={session} />
                <span className="visually-hidden">{state}</span>
              </button>
              {/* For the pointer: a tablist holds tabs only, and the keyboard has Delete and the shortcut. */}
              <button type="button" className="tab-close" tabIndex={-1} aria-hidden="true" title="Close" onClick={() => onClose(tab)}>
                <Icon name="close" />
              </button>
            </div>
          );
        })}
      </div>
      <button type="button" className="tab-new" aria-label="New tab" title="Find a host and open it" onClick={onNew}>
        <Icon name="plus" />
      </button>
    </div>
  );
}

/** Which tabs go through Session Manager: those have its limits. */
function RouteChip({ session }: { readonly session: TerminalSession | undefined }) {
  const kind = session?.route?.kind;
  if (kind === undefined || kind === 'direct') return undefined;
  return (
    <span className={`route-chip ${kind}`} title={routeKindLabel(kind)}>
      {routeKindShort(kind)}
    </span>
  );
}

/** A mark that stays: this connection uses what is no longer safe. */
function WeakChip({ session }: { readonly session: TerminalSession | undefined }) {
  const { t } = useTranslation();
  const names = session?.weakAlgorithms;
  if (names === undefined) return undefined;
  const title = t('hostSsh.weakInUse', { names: names.map(safeText).join(', ') });
  return (
    <span className="weak-chip" title={title} aria-label={title}>
      {t('hostSsh.weakMark')}
    </span>
  );
}

function stateMark(state: TerminalSession['state']['name']): string {
  switch (state) {
    case 'connected':
      return '●';
    case 'connecting':
    case 'resuming':
      return '◐';
    case 'asking':
      return '?';
    case 'failed':
      return '▲';
    case 'closed':
      return '□';
  }
}
