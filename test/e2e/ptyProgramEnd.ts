/**
 * Runs as the shell of a local tab: writes to its terminal what the test says, and tells the test what the terminal sends.
 *
 * @see ptyProgram.ts
 */
import { connect } from 'node:net';

const test = connect(process.argv[2] ?? '');
const tellSize = (): void => void test.write(`${JSON.stringify({ columns: process.stdout.columns, rows: process.stdout.rows })}\n`);
test.on('connect', tellSize);
process.stdout.on('resize', tellSize);
process.stdin.on('data', (input: Buffer) => test.write(`${JSON.stringify({ input: input.toString('base64') })}\n`));
test.pipe(process.stdout);
test.on('close', () => process.exit(0));
