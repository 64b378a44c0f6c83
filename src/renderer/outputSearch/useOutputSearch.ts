/** Runs the search shortly after the last keystroke, and again when it is asked for something else. */
import { useEffect, useState } from 'react';
import type { Tab } from '../state/tabs.ts';
import { openTerminal } from '../terminal/openTerminals.ts';
import { toRegExp, type SearchPattern } from './matcher.ts';
import { placeLines, type LinePlace } from './linePlace.ts';
import { searchOutput, type OutputMatch } from './searchOutput.ts';
import { createSearchWorker } from './workerMatches.ts';

export interface FoundMatch extends OutputMatch {
  /** Where its line is by now. */
  readonly place: LinePlace;
}

export interface FoundGroup {
  readonly tabId: string;
  readonly matches: readonly FoundMatch[];
  /** There were more than are shown. */
  readonly more: boolean;
}

export type SearchPhase = 'idle' | 'searching' | 'done' | 'too-slow' | 'failed' | 'bad-regex';

const SETTLE_MS = 150;

export function useOutputSearch(tabs: readonly Pick<Tab, 'tabId' | 'sessionId'>[], pattern: SearchPattern): { readonly groups: readonly FoundGroup[]; readonly phase: SearchPhase } {
  const { text, regex, caseSensitive } = pattern;
  const [groups, setGroups] = useState<readonly FoundGroup[]>([]);
  const [phase, setPhase] = useState<SearchPhase>('idle');
  const shownTabs = tabs.map(({ tabId, sessionId }) => `${tabId} ${sessionId}`).join('\n');

  useEffect(() => {
    setGroups([]);
    if (text === '') {
      setPhase('idle');
      return;
    }
    const asked: SearchPattern = { text, regex, caseSensitive };
    try {
      toRegExp(asked);
    } catch {
      setPhase('bad-regex');
      return;
    }
    setPhase('searching');
    const stop = new AbortController();
    const places = new Map<string, LinePlace>();
    const start = async (): Promise<void> => {
      const terminals = shownTabs.split('\n').flatMap((line) => {
        const [tabId = '', sessionId = ''] = line.split(' ');
        const terminal = openTerminal(sessionId)?.terminal;
        if (terminal === undefined) return [];
        const { active, normal } = terminal.buffer;
        places.set(tabId, placeLines(terminal));
        return [{ tabId, buffers: active === normal || active.type === 'normal' ? [{ buffer: active, behind: false }] : [{ buffer: active, behind: false }, { buffer: normal, behind: true }] }];
      });
      const end = await searchOutput(
        terminals,
        asked,
        {
          createWorker: createSearchWorker,
          onMatches: (tabId, matches, more) => {
            const place = places.get(tabId);
            if (stop.signal.aborted || place === undefined) return;
            const found = matches.map((match) => ({ ...match, place }));
            setGroups((before) => {
              const same = before.find((group) => group.tabId === tabId);
              return same === undefined ? [...before, { tabId, matches: found, more }] : before.map((group) => (group === same ? { tabId, matches: [...same.matches, ...found], more: more || same.more } : group));
            });
          },
        },
        stop.signal,
      );
      if (end !== 'stopped') setPhase(end);
    };
    const timer = setTimeout(() => void start(), SETTLE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
      for (const place of places.values()) place.dispose();
    };
  }, [text, regex, caseSensitive, shownTabs]);
  return { groups, phase };
}
