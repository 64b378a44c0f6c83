/** A process of its own that adds entries to a store: `node storeWriter.ts PATH NAME COUNT`. Says "began" once it runs. */
import * as z from 'zod';
import { systemClock } from '../../../src/services/base/clock.ts';
import { openStore } from '../../../src/services/base/store.ts';

const [path = '', name = '', count = '0'] = process.argv.slice(2);
const store = openStore({ path, version: 2, schema: z.object({ entries: z.array(z.string()).default([]) }), clock: systemClock, onNotice: (notice) => process.stderr.write(`${notice.message}\n`) });
for (let number = 0; number < Number(count); number += 1) {
  await store.change(({ entries }) => ({ entries: [...entries, `${name}-${number}`] }));
  if (number === 0) process.stdout.write('began\n');
}
