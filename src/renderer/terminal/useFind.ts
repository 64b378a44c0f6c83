/** Finds in a terminal while the find bar is open: what is typed is looked for as soon as the keys pause. */
import type { Terminal } from '@xterm/xterm';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { createSearchWorker } from '../outputSearch/workerMatches.ts';
import type { FoundAt } from './finder.ts';
import type { FindColours } from './findHighlights.ts';
import { problemOf, type FindQuery } from './findQuery.ts';
import { startFind, type FindResults, type FindRun } from './findRun.ts';

/** Between two keys of somebody who types nothing is begun; as for the search over all tabs. */
const SETTLE_MS = 150;

export function useFind(terminal: Terminal, query: FindQuery, colours: FindColours): { readonly results: FindResults | undefined; readonly step: (direction: 'up' | 'down') => void } {
  const { text, caseSensitive, wholeWord, regex } = query;
  const [results, setResults] = useState<FindResults>();
  const run = useRef<FindRun>(undefined);
  const from = useRef<FoundAt>(undefined);
  const start = useEffectEvent((pattern: FindQuery) => startFind(terminal, { pattern, colours, from: from.current, createWorker: createSearchWorker, onResults: setResults }));

  useEffect(() => {
    const pattern: FindQuery = { text, caseSensitive, wholeWord, regex };
    if (text === '' || problemOf(pattern) !== undefined) return;
    const timer = setTimeout(() => {
      run.current = start(pattern);
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      if (run.current === undefined) return;
      from.current = run.current.dispose();
      run.current = undefined;
      setResults(undefined);
    };
  }, [terminal, text, caseSensitive, wholeWord, regex]);

  useEffect(() => run.current?.setColours(colours), [colours]);

  return { results, step: (direction) => run.current?.step(direction) };
}
