/** A process of its own that changes settings: `node settingsChanger.ts DATADIR COUNT PATH [VALUE]`. Without a value, entries are added below the path. */
import { systemClock } from '../../../src/services/base/clock.ts';
import { createSettings } from '../../../src/services/settings/settings.ts';

const [dataDir = '', count = '1', place = '', value] = process.argv.slice(2);
const settings = createSettings({ dataDir, clock: systemClock, onNotice: ({ message }) => process.stderr.write(`${message}\n`) });
const path = place.split('.');
for (let number = 10; number < 10 + Number(count); number += 1) {
  await settings.change(value === undefined ? [{ path: [...path.slice(0, -1), `${path.at(-1) ?? ''}${number}`], value: { label: `${number}` } }] : [{ path, value: JSON.parse(value) as unknown }]);
}
