/**
 * Finds all places of a pattern in a terminal's lines without holding up the window: lines are read for a few milliseconds at a time,
 * from the last one upwards, and matched in a worker. Output that comes meanwhile is looked through, too; what has left the screen for
 * the scrollback does not change any more, and is read once.
 *
 * Rows are told as they were when it began; `rowNow` says where they are.
 */
import type { IBuffer } from '@xterm/xterm';
import { lineAbove, MAX_ROWS, type OutputLine } from '../outputSearch/lineReader.ts';
import { placeLines, type MarkableTerminal } from '../outputSearch/linePlace.ts';
import type { SearchPattern } from '../outputSearch/matcher.ts';
import { matchesOf, nextTurn, NO_WORKER, SLICE_MS, TOO_SLOW, type LineWorker } from '../outputSearch/workerMatches.ts';

export interface FoundAt {
  readonly row: number;
  /** Characters of the line that begins there, across the rows it wraps over. */
  readonly from: number;
  readonly to: number;
}

export interface Found {
  /** Grows with every change of the matches. */
  readonly version: number;
  /** The last one of the terminal first. */
  readonly matches: readonly FoundAt[];
  /** `failed`: what matches could not be loaded. */
  readonly phase: 'searching' | 'done' | 'too-slow' | 'failed';
  /** There are more, which nobody looks for. */
  readonly more: boolean;
}

export interface Finder {
  found(): Found;
  rowNow(row: number): number | undefined;
  /** There was output. @returns false when it has to be begun again: another screen is shown, or the lines are laid out anew */
  refresh(): boolean;
  dispose(): void;
}

export interface FindTerminal extends MarkableTerminal {
  readonly cols: number;
  readonly buffer: { readonly active: Pick<IBuffer, 'length' | 'baseY' | 'getLine'> };
}

/** Matches that are kept; whoever has more looks for something else. */
export const MATCHES_MAX = 100_000;
/** As many as are read in a few milliseconds. */
const BATCH_LINES = 1000;

/** Rows still to be read, from `bottom` (not itself) up to `top`. */
interface Range {
  bottom: number;
  readonly top: number;
}

export function createFinder(terminal: FindTerminal, pattern: SearchPattern, createWorker: () => LineWorker, onFound: () => void): Finder {
  const buffer = terminal.buffer.active;
  const columns = terminal.cols;
  const place = placeLines(terminal);
  const stop = new AbortController();
  const worker = createWorker();
  let matches: FoundAt[] = [];
  let version = 0;
  let phase: Found['phase'] = 'searching';
  let more = false;
  let running = false;
  /** Above it no line changes any more. */
  let settled = buffer.baseY;
  /** Where a piece of a line that is too long begins: a match is told with the piece it is in. */
  const cuts = new Set<number>();
  /** What the batch on its way says of rows from here on is out of date. */
  let outdatedFrom = Number.POSITIVE_INFINITY;
  /** The newest lines last: they are read first. */
  let ranges: Range[] = [{ bottom: buffer.length, top: 0 }];

  /** The next lines to be matched, read for a slice of time. */
  const readBatch = (): OutputLine[] => {
    const lines: OutputLine[] = [];
    const endMs = performance.now() + SLICE_MS;
    for (let range = ranges.at(-1); range !== undefined && lines.length < BATCH_LINES && performance.now() < endMs; range = ranges.at(-1)) {
      if (range.bottom <= range.top || place.rowNow(range.bottom - 1) === undefined) {
        ranges.pop();
        // A batch is of one range, so that its matches stand together.
        if (lines.length > 0) break;
        continue;
      }
      const line = lineAbove(buffer, range.bottom, range.top, place.rowNow);
      if (line.text !== '') lines.push(line);
      range.bottom = line.row;
      if (isWrapped(line.row)) cuts.add(line.row);
    }
    return lines;
  };

  const isWrapped = (row: number): boolean => buffer.getLine(place.rowNow(row) ?? -1)?.isWrapped === true;

  /** Where the line begins that goes through a row, or its piece. */
  const beginOf = (row: number): number => {
    let begin = row;
    // No piece is longer: where there is no cut by then, nobody has read yet.
    while (begin > Math.max(0, row - MAX_ROWS) && isWrapped(begin) && !cuts.has(begin)) begin -= 1;
    return begin;
  };

  /** Whether a piece that begins here is followed by another one, so that it is whole. */
  const isWhole = (begin: number, end: number): boolean => {
    let row = begin;
    while (row <= begin + MAX_ROWS && row < end && isWrapped(row)) row += 1;
    return row > begin + MAX_ROWS;
  };

  const add = (lines: readonly OutputLine[], places: Awaited<ReturnType<typeof matchesOf>>): void => {
    const batch: FoundAt[] = [];
    // Lines come from below, places in a line from its start.
    for (let begin = 0; begin < places.length; ) {
      const index = places[begin]?.index;
      let end = begin + 1;
      while (places[end]?.index === index) end += 1;
      const row = index === undefined ? undefined : lines[index]?.row;
      for (let at = end - 1; at >= begin && row !== undefined && row < outdatedFrom; at -= 1) batch.push({ row, from: places[at]?.from ?? 0, to: places[at]?.to ?? 0 });
      begin = end;
    }
    const first = batch[0];
    if (first === undefined) return;
    version += 1;
    const at = placeOf(matches, first);
    // Mostly they are above all others.
    const above = matches.splice(at);
    for (const match of batch) matches.push(match);
    for (const match of above) matches.push(match);
    if (matches.length > MATCHES_MAX) {
      matches.length = MATCHES_MAX;
      more = true;
      ranges = [];
    }
  };

  const work = async (): Promise<void> => {
    running = true;
    try {
      while (ranges.length > 0 && !stop.signal.aborted) {
        outdatedFrom = Number.POSITIVE_INFINITY;
        const lines = readBatch();
        // The answer of the worker is a turn of its own.
        if (lines.length === 0) await nextTurn();
        else add(lines, await matchesOf(worker, { pattern, lines: lines.map(({ text }) => text), first: false }, stop.signal));
        if (stop.signal.aborted) return;
        if (ranges.length > 0) onFound();
      }
      phase = 'done';
    } catch (thrown) {
      if (thrown !== TOO_SLOW && thrown !== NO_WORKER) throw thrown;
      phase = thrown === TOO_SLOW ? 'too-slow' : 'failed';
      ranges = [];
      worker.terminate();
    } finally {
      running = false;
    }
    if (!stop.signal.aborted) onFound();
  };
  void work();

  return {
    found: () => ({ matches, version, phase, more }),
    rowNow: place.rowNow,
    refresh() {
      const end = place.rowThen(buffer.length);
      const screen = place.rowThen(buffer.baseY);
      const oldest = place.rowThen(0);
      if (end === undefined || screen === undefined || oldest === undefined || terminal.buffer.active !== buffer || terminal.cols !== columns) return false;
      if (phase === 'too-slow' || phase === 'failed') return true;
      // A line that wraps is one, wherever the screen began.
      const top = beginOf(Math.min(settled, screen));
      for (const cut of cuts) if (cut > top || cut < oldest) cuts.delete(cut);
      settled = screen;
      const firstGone = placeOf(matches, { row: oldest, from: -1, to: 0 });
      // What nobody looked for stood above it.
      if (firstGone < matches.length) more = false;
      matches = matches.slice(placeOf(matches, { row: top, from: -1, to: 0 }), firstGone);
      version += 1;
      outdatedFrom = Math.min(outdatedFrom, top);
      ranges = ranges.flatMap((range) => (range.top >= top ? [] : [{ ...range, bottom: Math.min(range.bottom, top) }]));
      const next = top + MAX_ROWS;
      // Pieces are cut from below; without this each output would leave one of a few rows.
      if (isWhole(top, end)) ranges.push({ bottom: next, top }, { bottom: end, top: next });
      else ranges.push({ bottom: end, top });
      phase = 'searching';
      if (!running) void work();
      return true;
    },
    dispose() {
      stop.abort();
      worker.terminate();
      place.dispose();
    },
  };
}

function lastFirst(one: FoundAt, other: FoundAt): number {
  return other.row - one.row || other.from - one.from;
}

/** Where a match stands, or would stand, among those that are in order. */
export function placeOf(matches: readonly FoundAt[], match: FoundAt): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = matches[middle];
    if (at !== undefined && lastFirst(at, match) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
