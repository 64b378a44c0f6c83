/** Where the command line writes: the answer to stdout, everything else to stderr, always printable. */
import type { ErrorReport } from '../../contract/error.ts';
import { PosternError, toPosternError } from '../../contract/error.ts';
import { printable, printableJson } from './printable.ts';

/**
 * Waits for a slow reader, so that nothing is cut when the process ends.
 *
 * @throws PosternError `cancelled` when the reader has left
 */
export function printAnswer(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, (cause) => {
      if (cause === undefined || cause === null) resolve();
      else reject(new PosternError({ code: 'cancelled', message: 'The answer could not be written.' }, { cause }));
    });
  });
}

export function printJson(value: unknown): Promise<void> {
  return printAnswer(printableJson(JSON.stringify(value, undefined, 2)));
}

export function printError(thrown: unknown): void {
  printReport(toPosternError(thrown).toReport());
}

type Printed = Pick<ErrorReport, 'message' | 'remedy'> & { readonly code?: ErrorReport['code'] };

/** One line for what failed, with the code to search for, and one for what to do. Further lines of a message, e.g. matches, come between. */
export function printReport({ message, remedy, code }: Printed): void {
  const [first = '', ...more] = message.split('\n').map(printable);
  process.stderr.write([`postern: ${first}${code === undefined ? '' : ` (${code})`}`, ...more, ...(remedy === undefined ? [] : [`  ${printable(remedy)}`])].join('\n') + '\n');
}

/** As printReport, for one of several places: all on one line, so that a line is a place. */
export function printReportOf(place: string, { message, remedy, code }: Printed): void {
  process.stderr.write(`postern: ${printable([`${place}:`, message, ...(remedy === undefined ? [] : [remedy]), ...(code === undefined ? [] : [`(${code})`])].join(' '))}\n`);
}
