/**
 * The lines of an asciicast version 2 file. Pure.
 *
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */

export interface CastHeader {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly title: string;
  readonly terminal: string;
}

/** `o` output, `i` input, `r` a new size as `80x24`, `m` a marker. */
export type CastCode = 'o' | 'i' | 'r' | 'm';

/** Of the environment only TERM: the rest is nobody's business. */
export function castHeaderLine({ columns, rows, startedAtMs, title, terminal }: CastHeader): string {
  return `${JSON.stringify({ version: 2, width: columns, height: rows, timestamp: Math.floor(startedAtMs / 1000), title, env: { TERM: terminal } })}\n`;
}

/** @param atMs since the beginning; must not go back */
export function castEventLine(atMs: number, code: CastCode, data: string): string {
  return `[${(atMs / 1000).toFixed(3)},"${code}",${JSON.stringify(data)}]\n`;
}
