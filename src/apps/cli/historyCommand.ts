/** `postern history [WORDS...]`: what was done from this computer, newest first. */
import type { HistoryEntry } from '../../contract/history.ts';
import { printAnswer, printJson } from './output.ts';
import { printable } from './printable.ts';
import type { Running } from './run.ts';
import { table } from './table.ts';

export async function historyCommand({ services }: Running, words: readonly string[], { limit, json }: { readonly limit: number; readonly json: boolean }): Promise<number> {
  const entries = await services.history.list({ text: words.join(' '), limit });
  if (json) await printJson(entries);
  else if (entries.length === 0) process.stderr.write('Nothing in the history matches.\n');
  else await printAnswer(table([['STARTED', 'WHAT', 'HOST', 'ACCOUNT', 'REGION', 'ROUTE', 'CALLER', 'SESSION', 'ENDED', 'HOW'], ...entries.map(row)]));
  return 0;
}

function row({ startedAt, kind, hostName, hostId, subject, accountId, profile, region, route, callerArn, awsSessionIds, endedAt, outcome, reason }: HistoryEntry): string[] {
  const cells = [moment(startedAt), kind, hostName ?? hostId ?? subject ?? '-', accountId ?? profile ?? '-', region ?? '-', route ?? '-', callerArn ?? '-', awsSessionIds?.join(',') ?? '-', endedAt === undefined ? '-' : moment(endedAt), reason === undefined ? outcome : `${outcome}: ${reason.replaceAll('\n', ' ')}`];
  return cells.map(printable);
}

/** Seconds are enough, and UTC is the same everywhere. */
function moment(isoTime: string): string {
  return isoTime.replace(/\.\d+Z$/, 'Z');
}
