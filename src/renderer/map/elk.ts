/** ELK in a worker of its own, started when the first map is drawn: a file of the page's origin, which needs no `eval`. */
import ELK from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';

let started: InstanceType<typeof ELK> | undefined;

export function elk(): InstanceType<typeof ELK> {
  started ??= new ELK({ workerUrl });
  return started;
}
