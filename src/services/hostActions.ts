/** Actions on hosts, key pairs in EC2 and what Windows needs, wired to the rest and written into the history. */
import type { Duplex } from 'node:stream';
import type { ActionKind } from '../contract/action.ts';
import type { EventListener, ServiceApi } from '../contract/contract.ts';
import { PosternError, toPosternError } from '../contract/error.ts';
import type { Forward, OpenForward } from '../contract/forward.ts';
import type { Instance } from '../contract/instance.ts';
import type { RoutePlan } from '../contract/route.ts';
import type { AppInfo, Settings } from '../contract/settings.ts';
import type { ContractEvent } from '../contract/contract.ts';
import { say } from '../contract/say.ts';
import { RDP_PORT } from '../contract/windowsHost.ts';
import { readActionCosts } from './actions/actionCosts.ts';
import { createActions } from './actions/actions.ts';
import { createEc2Keys } from './actions/ec2Keys.ts';
import { openRemoteDesktop, rdpFile, remoteDesktopClients } from './actions/remoteDesktop.ts';
import { readAdministratorPassword } from './actions/windowsPassword.ts';
import type { AwsClients } from './aws/clients.ts';
import { readProtection } from './aws/ec2Facts.ts';
import { setProtection } from './aws/instanceActions.ts';
import type { Inventory } from './aws/inventory.ts';
import type { Clock } from './base/clock.ts';
import type { Forwards } from './forwards/forwards.ts';
import { openOverWays } from './forwards/overWays.ts';
import type { HistoryServices } from './keptHistory.ts';
import type { KeyPairs } from './keys/keyPairs.ts';
import type { PlainRoute } from './routes/transports.ts';
import { choosePlain, isPlain } from './routes/transports.ts';
import type { Sessions } from './sessions/sessions.ts';

const CALL_TIMEOUT_MS = 20_000;
/** A forward that listens later than this is not waited for. */
const FORWARD_TIMEOUT_MS = 30_000;
const ADMINISTRATOR = 'Administrator';

export interface HostActionsOptions {
  readonly app: AppInfo['app'];
  readonly clients: AwsClients;
  readonly inventory: Inventory;
  readonly instanceOf: (instanceId: string) => Instance;
  readonly settings: { get(): Promise<Settings> };
  readonly keys: Pick<KeyPairs, 'list' | 'generate' | 'privateKey'>;
  readonly sessions: Pick<Sessions, 'list'>;
  readonly forwards: Pick<Forwards, 'open' | 'openOver' | 'list' | 'close'>;
  /** The ways to a port, best first. */
  readonly plan: (instance: Instance, port: number) => readonly RoutePlan[];
  readonly openRoute: (route: PlainRoute, instance: Instance, signal: AbortSignal) => Promise<Duplex>;
  readonly history: Pick<HistoryServices, 'begin'>;
  readonly tell: (event: ContractEvent) => void;
  readonly onEvent: (listener: EventListener) => () => void;
  readonly clock: Clock;
}

type Api = Pick<ServiceApi<never>, 'actions' | 'ec2Keys' | 'windows'>;

export function createHostActions(options: HostActionsOptions): { readonly api: Api; close(): void } {
  const { app, clients, inventory, settings, keys, sessions, forwards, history, tell, onEvent, clock } = options;
  const instanceOf = (instanceId: string): Instance => {
    // Managed nodes and containers are hosts too, and EC2 knows nothing of them.
    if (!instanceId.startsWith('i-')) throw new PosternError({ code: 'input.invalid', message: say`${instanceId} is no EC2 instance: EC2 can do nothing with it.` });
    return options.instanceOf(instanceId);
  };
  let marks: Settings['accounts'] = {};
  const isProduction = ({ scope: { accountId } }: Instance): boolean => accountId !== undefined && marks[accountId]?.production === true;
  const readMarks = async (): Promise<void> => void (marks = (await settings.get()).accounts);

  const hostEntry = (kind: ActionKind | 'protection' | 'password', { instanceId, name, scope }: Instance, subject?: string) => history.begin({ kind, hostId: instanceId, ...(name === undefined ? {} : { hostName: name }), ...(subject === undefined ? {} : { subject }) }, scope);
  const ending = (thrown: unknown) => (thrown === undefined ? { outcome: 'ok' as const } : { outcome: 'failed' as const, reason: toPosternError(thrown).message });

  const actions = createActions({
    clients,
    inventory,
    instanceOf,
    isProduction,
    clock,
    onChanged: (payload) => tell({ name: 'actions.changed', payload }),
    record(kind, instance) {
      const entry = hostEntry(kind, instance);
      return (error) => entry.end(ending(error));
    },
  });
  const ec2Keys = createEc2Keys({
    clients,
    keys,
    inventory,
    record(kind, { keyName, scope }) {
      const entry = history.begin({ kind, subject: keyName }, scope);
      return (thrown) => entry.end(ending(thrown));
    },
  });

  const liveOn = (instanceId: string): number => sessions.list().filter((session) => session.instanceId === instanceId && session.state.name !== 'closed' && session.state.name !== 'failed').length;
  const forwardsOn = (instanceId: string): number => forwards.list().filter((forward) => forward.instanceId === instanceId && forward.state !== 'failed').length;

  /** Over Session Manager where its agent answers; else through an endpoint, or straight. */
  function openDesktop(instance: Instance): Forward {
    const request: OpenForward = { instanceId: instance.instanceId, local: { kind: 'tcp', address: '127.0.0.1', port: 0 }, remotePort: RDP_PORT, sessions: 1 };
    const plans = options.plan(instance, RDP_PORT);
    const best = choosePlain(instance.instanceId, RDP_PORT, plans, undefined);
    if (plans.some(({ route, usable }) => route === best && route.kind === 'ssm' && usable === 'yes')) return forwards.open(request);
    const ways = plans.flatMap(({ route, usable }) => (isPlain(route) && usable !== 'no' ? [(signal: AbortSignal) => options.openRoute(route, instance, signal)] : []));
    return forwards.openOver(request, (_events, signal) => openOverWays(ways, signal));
  }

  /** A forward to it that is there is used again. */
  async function desktopForward(instanceId: string): Promise<Forward> {
    const there = forwards.list().find((forward) => forward.instanceId === instanceId && forward.remotePort === RDP_PORT && forward.remoteHost === undefined && forward.state === 'listening');
    if (there !== undefined) return there;
    const { forwardId } = openDesktop(instanceOf(instanceId));
    const forward = await new Promise<Forward>((resolve, reject) => {
      const finish = (found: Forward): void => {
        if (found.state === 'opening') return;
        stop();
        clearTimeout(timer);
        resolve(found);
      };
      const stop = onEvent((event) => {
        if (event.name === 'forwards.changed' && event.payload.forwardId === forwardId) finish(event.payload);
      });
      const timer = setTimeout(() => {
        stop();
        reject(new PosternError({ code: 'route.unreachable', message: say`The tunnel to ${instanceId} port ${RDP_PORT} did not open in time.`, remedy: say`Look at it under Tunnels.`, retryable: true }));
      }, FORWARD_TIMEOUT_MS);
      const now = forwards.list().find((one) => one.forwardId === forwardId);
      if (now !== undefined) finish(now);
    });
    if (forward.state !== 'failed' || forward.error === undefined) return forward;
    await forwards.close(forwardId);
    throw new PosternError(forward.error);
  }

  return {
    api: {
      actions: {
        async costs({ kind, instanceIds }) {
          await readMarks();
          return readActionCosts({ clients, isProduction, openSessions: liveOn, openForwards: forwardsOn }, kind, instanceIds.map(instanceOf));
        },
        async run(request) {
          await readMarks();
          return actions.run(request);
        },
        list: async () => actions.list(),
        async protect({ instanceId, which, on }) {
          const instance = instanceOf(instanceId);
          const entry = hostEntry('protection', instance, protectionSubject(which, on));
          const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
          try {
            const scoped = await clients.ready(instance.scope, signal);
            await setProtection(scoped, instanceId, which, on, signal);
            entry.end({ outcome: 'ok' });
            return await readProtection({ clients: scoped, signal }, instanceId);
          } catch (thrown) {
            entry.end(ending(thrown));
            throw thrown;
          }
        },
      },
      ec2Keys: {
        create: (input) => ec2Keys.create(input),
        import: (input) => ec2Keys.import(input),
        use: (key) => ec2Keys.use(key),
        delete: (input) => ec2Keys.delete(input),
      },
      windows: {
        async password({ instanceId, keyPairId }) {
          const instance = instanceOf(instanceId);
          const entry = hostEntry('password', instance);
          try {
            const answer = await readAdministratorPassword({ clients, keys }, instance, keyPairId);
            entry.end({ outcome: 'ok', ...(answer.kind === 'not-yet' ? { reason: answer.message } : {}) });
            return answer;
          } catch (thrown) {
            entry.end(ending(thrown));
            throw thrown;
          }
        },
        async openRemoteDesktop({ instanceId }) {
          const forward = await desktopForward(instanceOf(instanceId).instanceId);
          if (forward.local.kind !== 'tcp') throw new Error('a forward to Remote Desktop listens on a port');
          const address = `127.0.0.1:${forward.local.port}`;
          // A page in a browser may be on show anywhere: it gets the file and opens nothing by itself.
          const opened = app === 'web' ? false : await openRemoteDesktop(remoteDesktopClients(process.platform, address, ADMINISTRATOR));
          return { address, forwardId: forward.forwardId, opened, rdpFile: rdpFile(address, ADMINISTRATOR) };
        },
      },
    },
    close: () => actions.close(),
  };
}

function protectionSubject(which: 'termination' | 'stop', on: boolean): string {
  if (which === 'termination') return on ? say`termination protection on` : say`termination protection off`;
  return on ? say`stop protection on` : say`stop protection off`;
}
