/** The worker of both searches, in one terminal and in all: batches of lines in, matches out. */
import { matchLines, toRegExp, type LineMatch, type SearchPattern } from './matcher.ts';

export interface SearchBatch {
  readonly batchId: number;
  readonly pattern: SearchPattern;
  readonly lines: readonly string[];
  /** Only the first place of each line is wanted. */
  readonly first: boolean;
}

export interface SearchAnswer {
  readonly batchId: number;
  readonly matches: readonly LineMatch[];
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<SearchBatch>) => void) | null;
  postMessage(answer: SearchAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;
let last: { readonly key: string; readonly pattern: RegExp } | undefined;

scope.onmessage = ({ data: { batchId, pattern, lines, first } }) => {
  const key = JSON.stringify(pattern);
  if (last?.key !== key) last = { key, pattern: toRegExp(pattern) };
  scope.postMessage({ batchId, matches: matchLines(lines, last.pattern, first) });
};
