/** Finds text in what a recording printed, and when it was there. Pure. */
import { TerminalText } from '../../asciicast/terminalText.ts';
import type { Cast } from '../../asciicast/readAsciicast.ts';

export interface PrintedLine {
  /** In lower case. */
  readonly text: string;
  /** The event with which the line was as it is. */
  readonly index: number;
}

export const MAX_HITS = 1000;

/** Every line of text that was printed; full-screen programs are left out. */
export function printedLines({ events }: Pick<Cast, 'events'>): readonly PrintedLine[] {
  const lines: PrintedLine[] = [];
  const text = new TerminalText({ onLine: (line) => line.text !== '' && lines.push({ text: line.text.toLowerCase(), index: line.changedAt }) });
  events.forEach(({ code, data }, index) => {
    if (code === 'o') text.write(data, index);
  });
  text.end();
  return lines;
}

/** The events after which the text is on the screen, one for each line that has it. */
export function hitsOf(lines: readonly PrintedLine[], query: string): readonly number[] {
  const wanted = query.toLowerCase();
  if (wanted.trim() === '') return [];
  const hits: number[] = [];
  for (const { text, index } of lines) {
    if (!text.includes(wanted)) continue;
    hits.push(index);
    if (hits.length === MAX_HITS) break;
  }
  return hits;
}
