/** The history as a file: CSV for tables, JSON lines for programs. */
import type { HistoryEntry, ListHistory } from '../../../contract/history.ts';

export type ExportFormat = 'csv' | 'jsonl';
export const exportTypes: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv', jsonl: 'application/x-ndjson' };

/** With the day. */
export function exportName(format: ExportFormat): string {
  return `postern-history-${new Date().toISOString().slice(0, 10)}.${format}`;
}

const PAGE = 1000;
const columns = ['startedAt', 'endedAt', 'kind', 'outcome', 'reason', 'hostName', 'hostId', 'subject', 'localUser', 'osUser', 'route', 'callerArn', 'accountId', 'profile', 'region', 'awsSessionIds', 'sentBytes', 'receivedBytes', 'recordings', 'entryId'] as const satisfies readonly (keyof HistoryEntry)[];

/** All that a search finds, page by page. */
export async function everyEntry(list: (page: Pick<ListHistory, 'limit'> & { readonly before?: string }) => Promise<readonly HistoryEntry[]>, format: ExportFormat): Promise<{ readonly parts: string[]; readonly count: number }> {
  const parts = format === 'csv' ? [`${columns.join(',')}\r\n`] : [];
  let count = 0;
  for (let before: string | undefined; ; ) {
    const entries = await list({ limit: PAGE, ...(before === undefined ? {} : { before }) });
    for (const entry of entries) parts.push(format === 'csv' ? toCsvLine(entry) : `${JSON.stringify(entry)}\n`);
    count += entries.length;
    before = entries.at(-1)?.startedAt;
    if (entries.length < PAGE || before === undefined) return { parts, count };
  }
}

/** RFC 4180. */
export function toCsvLine(entry: HistoryEntry): string {
  return `${columns.map((column) => toCell(textOf(entry[column]))).join(',')}\r\n`;
}

function textOf(value: HistoryEntry[(typeof columns)[number]]): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? one : one.path)).join(' ');
  return String(value);
}

/** A table program would run what begins like a formula; names of hosts are anybody's. */
function toCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
