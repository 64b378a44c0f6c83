/**
 * Searches the output of many terminals without holding up the window: lines are read for a few milliseconds at a time, and matched in
 * a worker that is ended when it answers no more.
 */
import { linesOf, type OutputLine } from './lineReader.ts';
import type { LineMatch, SearchPattern } from './matcher.ts';
import { matchesOf, nextTurn, NO_WORKER, SLICE_MS, TOO_SLOW, type LineWorker } from './workerMatches.ts';

type Buffer = Parameters<typeof linesOf>[0];

export interface SearchedTerminal {
  readonly tabId: string;
  /** What is shown now first; behind a full-screen program also what is under it. */
  readonly buffers: readonly { readonly buffer: Buffer; readonly behind: boolean }[];
}

export interface OutputMatch {
  readonly tabId: string;
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** The line, cut round the match. */
  readonly text: string;
  /** The match in `text`. */
  readonly start: number;
  readonly end: number;
  /** Under a full-screen program. */
  readonly behind: boolean;
}

export type SearchEnd = 'done' | 'stopped' | 'too-slow' | 'failed';

const BATCH_LINES = 2000;
/** Of one tab; whoever finds more looks for something else. */
export const MAX_MATCHES = 500;
const TEXT_CHARACTERS = 160;
const BEFORE_CHARACTERS = 40;

export interface SearchParts {
  readonly createWorker: () => LineWorker;
  readonly onMatches: (tabId: string, matches: readonly OutputMatch[], more: boolean) => void;
}

export async function searchOutput(terminals: readonly SearchedTerminal[], pattern: SearchPattern, { createWorker, onMatches }: SearchParts, signal: AbortSignal): Promise<SearchEnd> {
  const worker = createWorker();
  try {
    let sliceStart = performance.now();
    for (const { tabId, buffers } of terminals) {
      let found = 0;
      for (const { buffer, behind } of buffers) {
        let lines: OutputLine[] = [];
        const match = async (): Promise<void> => {
          const batch = lines;
          lines = [];
          if (batch.length === 0 || found > MAX_MATCHES) return;
          const matches = await matchesOf(worker, { pattern, lines: batch.map(({ text }) => text), first: true }, signal);
          const shown = matches.slice(0, MAX_MATCHES - found).flatMap((one) => {
            const line = batch[one.index];
            return line === undefined ? [] : [toOutputMatch(tabId, line, one, behind)];
          });
          const more = found + matches.length > MAX_MATCHES;
          found += matches.length;
          if (shown.length > 0 || more) onMatches(tabId, shown, more);
        };
        for (const line of linesOf(buffer)) {
          lines.push(line);
          if (lines.length >= BATCH_LINES) await match();
          if (found > MAX_MATCHES) break;
          if (performance.now() - sliceStart > SLICE_MS) {
            await nextTurn();
            sliceStart = performance.now();
          }
          if (signal.aborted) return 'stopped';
        }
        await match();
        if (signal.aborted) return 'stopped';
      }
    }
    return 'done';
  } catch (thrown) {
    if (thrown === TOO_SLOW) return 'too-slow';
    if (thrown === NO_WORKER) return 'failed';
    if (signal.aborted) return 'stopped';
    throw thrown;
  } finally {
    worker.terminate();
  }
}

function toOutputMatch(tabId: string, { row, text }: OutputLine, { from, to }: LineMatch, behind: boolean): OutputMatch {
  const begin = Math.max(0, from - BEFORE_CHARACTERS);
  const shown = text.slice(begin, begin + TEXT_CHARACTERS);
  return { tabId, row, from, to, text: shown, start: from - begin, end: Math.min(to - begin, shown.length), behind };
}
