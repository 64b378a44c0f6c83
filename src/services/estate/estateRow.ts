/** An instance as the estate file holds it: two texts. */
import type { Instance } from '../../contract/instance.ts';
import type { EstateRow } from './estateDatabase.ts';

export function toEstateRow({ networkInterfaces, ...listed }: Instance): EstateRow {
  return [listed.instanceId, JSON.stringify(listed), JSON.stringify(networkInterfaces)];
}
