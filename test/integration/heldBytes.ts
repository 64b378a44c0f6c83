/** What this process holds on to, in bytes: not what V8 has not thrown away yet, of which the resident memory says as much. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Of the JavaScript heap and of buffers. */
export function heldBytes(): number {
  collectGarbage();
  // The memory of buffers that went is counted off while the next collection begins.
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
