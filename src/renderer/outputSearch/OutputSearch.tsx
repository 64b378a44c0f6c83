/** Search over the output of every open tab: results by tab, newest first; a click or Enter goes to the line. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { activateTab } from '../state/tabs.ts';
import { announce } from '../ui/announce.tsx';
import { Icon } from '../ui/Icon.tsx';
import { safeText } from '../ui/safeText.ts';
import { useWorkspace } from '../workspace/WorkspaceContext.ts';
import { tabName } from '../workspace/tabText.ts';
import { MAX_MATCHES } from './searchOutput.ts';
import { showMatch } from './showMatch.ts';
import { useOutputSearch, type FoundMatch } from './useOutputSearch.ts';
import './outputSearch.css';

export interface OutputSearchProps {
  /** Grows each time it is asked for: its field gets the keys. */
  readonly asked: number;
  readonly onClose: () => void;
}

export function OutputSearch({ asked, onClose }: OutputSearchProps) {
  const { t } = useTranslation();
  const { postern, mirror, state } = useWorkspace();
  const [text, setText] = useState('');
  const [regex, setRegex] = useState(false);
  const [caseSensitive, setCaseSensitive] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLElement>(null);
  const { tabs } = state.tabs;
  const { groups, phase } = useOutputSearch(tabs, { text, regex, caseSensitive });
  const lineCount = groups.reduce((count, { matches }) => count + matches.length, 0);
  useEffect(() => field.current?.select(), [asked]);

  const close = (): void => {
    onClose();
    document.querySelector<HTMLElement>(`[data-session-id="${CSS.escape(tabs.find(({ tabId }) => tabId === state.tabs.activeTabId)?.sessionId ?? '')}"] textarea`)?.focus();
  };
  const go = (match: FoundMatch): void => {
    const tab = tabs.find(({ tabId }) => tabId === match.tabId);
    if (tab === undefined) return;
    postern.window.set((value) => ({ ...value, view: 'hosts', tabs: activateTab(value.tabs, tab.tabId) }));
    const shown = showMatch(tab.sessionId, match);
    if (shown !== 'shown') announce(t(shown === 'gone' ? 'outputSearch.gone' : 'outputSearch.behindNote'));
  };
  const handleKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const lines = [...(panel.current?.querySelectorAll<HTMLElement>('.output-line') ?? [])];
      const at = lines.findIndex((line) => line === document.activeElement);
      const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
      if (next < 0) field.current?.focus();
      else lines[next]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const summary =
    phase === 'bad-regex' ? t('outputSearch.badRegex') : phase === 'too-slow' ? t('outputSearch.tooSlow') : phase === 'failed' ? t('outputSearch.failed') : phase === 'searching' ? t('outputSearch.searching') : text === '' ? t('outputSearch.idle') : lineCount === 0 ? t('outputSearch.none', { count: tabs.length }) : t('outputSearch.found', { count: lineCount });
  return (
    <section ref={panel} className="output-search" aria-label={t('outputSearch.title')} data-phase={phase} onKeyDown={handleKeyDown}>
      <div className="output-search-bar">
        <input ref={field} autoFocus type="search" aria-label={t('outputSearch.label')} placeholder={t('outputSearch.label')} spellCheck={false} autoComplete="off" maxLength={500} value={text} onChange={(event) => setText(event.target.value)} />
        <label className="choice">
          <input type="checkbox" checked={regex} onChange={({ target }) => setRegex(target.checked)} /> <span>{t('outputSearch.regex')}</span>
        </label>
        <label className="choice">
          <input type="checkbox" checked={caseSensitive} onChange={({ target }) => setCaseSensitive(target.checked)} /> <span>{t('outputSearch.matchCase')}</span>
        </label>
        <span className="note" role="status">
          {summary}
        </span>
        <button type="button" className="icon-button" aria-label={t('outputSearch.close')} title={t('outputSearch.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div className="output-results">
        {groups.map(({ tabId, matches, more }) => {
          const tab = tabs.find((one) => one.tabId === tabId);
          const name = tab === undefined ? '' : tabName(tab, mirror.sessions.get(tab.sessionId));
          return (
            <section key={tabId} aria-label={name}>
              <h3>
                {name} <span className="note">{t(more ? 'outputSearch.more' : 'outputSearch.found', { count: more ? MAX_MATCHES : matches.length })}</span>
              </h3>
              {matches.map((match) => (
                <button key={`${match.behind ? 'under' : 'line'}-${match.row}`} type="button" className="output-line mono" onClick={() => go(match)}>
                  <span className="output-text">
                    {safeText(match.text.slice(0, match.start))}
                    <mark>{safeText(match.text.slice(match.start, match.end))}</mark>
                    {safeText(match.text.slice(match.end))}
                  </span>
                  {match.behind ? <span className="note">{t('outputSearch.behind')}</span> : undefined}
                </button>
              ))}
            </section>
          );
        })}
      </div>
    </section>
  );
}
