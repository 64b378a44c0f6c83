/**
 * The demo's relay and agents as a process of their own, so that they take no time of the client that is measured. Started by
 * `remoteMessageService.ts`; ends when its parent lets go of it.
 */
import { randomBytes } from 'node:crypto';
import { silentLog } from '../services/base/log.ts';
import { createDemoHost } from './host.ts';
import { loopbackNetwork } from './hostNetwork.ts';
import { randomLoss } from './messageFaults.ts';
import { startMessageService } from './messageService.ts';
import type { MessageService } from './messageService.ts';
import type { RemoteCall, RemoteFaults, RemoteMessageServiceOptions } from './remoteMessageService.ts';

const INSTANCE_ID = 'i-0123456789abcdef0';
const options = JSON.parse(process.argv[2] ?? '{}') as RemoteMessageServiceOptions;
const host = createDemoHost({ instanceId: INSTANCE_ID, privateDnsName: 'ip-10-0-1-20.ec2.internal', osUser: 'ec2-user', seed: randomBytes(32), authorizedKeys: () => [], network: () => loopbackNetwork, log: silentLog });
const service: MessageService = await startMessageService({ log: silentLog, ...options });

async function perform(call: RemoteCall): Promise<unknown> {
  switch (call.name) {
    case 'openSession':
      return service.openSession({ ...call.request, host });
    case 'resumeSession':
      return service.resumeSession(call.sessionId);
    case 'terminateSession':
      return service.terminateSession(call.sessionId);
    case 'sessions':
      return service.sessions();
    case 'publish':
      return service.publish(call.sessionId, call.kind);
    case 'cutClient':
      return service.cutClient(call.sessionId);
    case 'suspendAgent':
      return service.suspendAgent(call.sessionId);
    case 'resumeAgent':
      return service.resumeAgent(call.sessionId);
    case 'setFaults':
      return setFaults(call.faults);
    case 'memory':
      return process.memoryUsage().rss;
  }
}

function setFaults({ loss, ...plain }: RemoteFaults): void {
  for (const name of Object.keys(service.faults)) Reflect.deleteProperty(service.faults, name);
  Object.assign(service.faults, plain, loss === undefined ? {} : randomLoss(loss));
}

process.on('message', (message: { readonly id: number; readonly call: RemoteCall }) => {
  void perform(message.call).then(
    (result) => process.send?.({ id: message.id, result }),
    (error: unknown) => process.send?.({ id: message.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => {
  void service
    .close()
    .then(() => host.close())
    .then(() => process.exit(0));
});
process.send?.({ ready: true });
