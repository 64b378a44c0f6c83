/** Records output without a pause until it is killed. Argument: the file. */
import { setImmediate } from 'node:timers/promises';
import { startRecorder } from '../../src/services/recording/recorder.ts';

const [path = ''] = process.argv.slice(2);
const recorder = startRecorder({ path, format: 'asciicast', kept: 'output', timestamps: false, maxBytes: 1e9, title: 'killed', size: { columns: 80, rows: 24 }, clock: { now: () => Date.now() }, onStopped: () => process.exit(3) });
for (let line = 0; ; line += 1) {
  recorder.output(Buffer.from(`line ${line} ${'x'.repeat(line % 5000)}\r\n`));
  await setImmediate();
}
