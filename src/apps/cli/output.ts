/** Where the command line writes: the answer to stdout, everything else to stderr, always printable. */
import type { ErrorReport } from '../../contract/error.ts';
import { toPosternError } from '../../contract/error.ts';
import { printable } from './printable.ts';

/** Waits for a slow reader, so that nothing is cut when the process ends. */
export function printAnswer(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, () => resolve());
  });
}

export function printError(thrown: unknown): void {
  printReport(toPosternError(thrown).toReport());
}

/** One line for what failed and one for what to do, with the code to search for. A message may list matches on lines of its own. */
export function printReport(report: ErrorReport, place?: string): void {
  const message = report.message.split('\n').map(printable).join('\n');
  process.stderr.write(`postern: ${place === undefined ? '' : `${printable(place)}: `}${message} (${report.code})\n`);
  if (report.remedy !== undefined) process.stderr.write(`  ${printable(report.remedy)}\n`);
}
