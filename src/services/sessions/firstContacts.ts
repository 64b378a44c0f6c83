/** Who can vouch for a host that is seen for the first time: its console output, and its Session Manager agent, as the settings allow. */
import type { Instance } from '../../contract/instance.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { FirstContact } from '../ssh/firstContact.ts';
import { createFirstContact } from '../ssh/firstContact.ts';
import type { SsmShellOptions } from '../ssm/ssmShell.ts';
import { agentAbsence, readHostKeyFiles } from './hostKeyFiles.ts';

export interface FirstContactsOptions {
  readonly settings: () => Promise<Pick<Settings, 'firstContactProof'>>;
  readonly consoleOutput: (instance: Instance, latest: boolean, signal: AbortSignal) => Promise<string | undefined>;
  readonly ssmCalls: (instance: Instance) => Pick<SsmShellOptions, 'start' | 'resume' | 'terminate' | 'signUpgrade' | 'generateDataKey' | 'target'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createFirstContacts(options: FirstContactsOptions): (instance: Instance, signal: AbortSignal) => Promise<FirstContact> {
  const { settings, consoleOutput, ssmCalls, clock, log } = options;
  return async (instance, signal) => {
    const absence = agentAbsence(instance);
    return createFirstContact({
      allowed: (await settings()).firstContactProof,
      consoleOutput: (latest, limit) => consoleOutput(instance, latest, limit),
      hostKeyFiles: absence === undefined ? (limit) => readHostKeyFiles(instance, { ...ssmCalls(instance), clock, log, signal: limit }) : undefined,
      agentAbsent: absence ?? '',
      log,
      signal,
    });
  };
}
