/** What the services need to trust a host, wired: who vouches at first contact, what the person set for it, and what is dropped once it is gone. */
import { PosternError } from '../contract/error.ts';
import type { Instance } from '../contract/instance.ts';
import { scopeKey } from '../contract/scope.ts';
import { getConsoleOutput } from './aws/consoleOutput.ts';
import type { AwsClients } from './aws/clients.ts';
import type { Inventory } from './aws/inventory.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { osUserOf } from '../contract/osUser.ts';
import { say } from '../contract/say.ts';
import type { SsmCalls } from './sessions/connect.ts';
import { createFirstContacts } from './sessions/firstContacts.ts';
import type { SignInOptions } from './sessions/signIn.ts';
import type { SettingsService } from './settings/settings.ts';
import { createIsGone } from './ssh/goneHosts.ts';
import type { HostKeys } from './ssh/hostKeys.ts';

export interface HostTrustOptions {
  readonly settings: SettingsService;
  readonly clients: AwsClients;
  readonly ssmCalls: (instance: Instance) => SsmCalls;
  readonly clock: Clock;
  readonly log: Log;
}

export function createHostTrust({ settings, clients, ssmCalls, clock, log }: HostTrustOptions): Required<Pick<SignInOptions, 'firstContact' | 'hostSettings'>> {
  return {
    firstContact: createFirstContacts({
      settings: () => settings.get(),
      async consoleOutput({ scope, instanceId, managedNode }, latest, signal) {
        if (managedNode !== undefined) throw new PosternError({ code: 'instance.not-found', message: say`It is no EC2 instance: it has no console output.` });
        return getConsoleOutput(await clients.forScope(scope), instanceId, latest, signal);
      },
      ssmCalls,
      clock,
      log,
    }),
    async hostSettings(instance) {
      const { osUsers, weakAlgorithmHosts } = await settings.get();
      const place = scopeKey(instance.scope);
      return { osUser: osUserOf(instance, osUsers), allowWeakAlgorithms: weakAlgorithmHosts.some((host) => host.instanceId === instance.instanceId && host.scopeKey === place) };
    },
  };
}

/** Drops the keys of instances that are no more, each time a scope was read to its end. */
export function dropKeysOfGoneHosts(inventory: Inventory, hostKeys: HostKeys, log: Log): void {
  const readAt = new Map<string, string>();
  inventory.on(({ type }) => {
    if (type !== 'scopes') return;
    let isNew = false;
    for (const { scope, state, refreshedAt } of inventory.statuses()) {
      if (state !== 'ready' || refreshedAt === undefined || readAt.get(scopeKey(scope)) === refreshedAt) continue;
      readAt.set(scopeKey(scope), refreshedAt);
      isNew = true;
    }
    if (!isNew) return;
    hostKeys.forgetWhere(createIsGone(inventory.instances(), inventory.statuses())).catch((cause: unknown) => log.warn('the host keys of gone instances were not dropped', { cause: String(cause) }));
  });
}
