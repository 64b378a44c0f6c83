/** What Session Manager's sessions ask of AWS, whoever holds one: shells, ports of routes, tunnels. */
import type { Scope } from '../contract/scope.ts';
import type { SessionLimits } from '../contract/session.ts';
import type { AwsClients } from './aws/clients.ts';
import { generateDataKey } from './aws/kms.ts';
import { signUpgrade } from './aws/signUpgrade.ts';
import { getDocument, resumeSession, startSession, terminateSession } from './aws/ssm.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { HistoryServices } from './keptHistory.ts';
import type { OpenPort } from './routes/ssm.ts';
import type { SsmCalls } from './sessions/connect.ts';
import { watchLimits, withoutIdle } from './ssm/sessionLimits.ts';
import type { PreferencesReader } from './ssm/sessionPreferences.ts';
import { createPreferencesReader } from './ssm/sessionPreferences.ts';
import { openSsmPort } from './ssm/ssmPort.ts';

/** How long the end of a session waits for AWS. */
const TERMINATE_TIMEOUT_MS = 5_000;
/** Nothing waits for the preferences but what shows them. */
const PREFERENCES_TIMEOUT_MS = 20_000;

export interface SessionManagerOptions {
  readonly clients: AwsClients;
  readonly history: Pick<HistoryServices, 'noteAwsSession'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SessionManagerCalls {
  readonly preferences: PreferencesReader;
  /** @param onLimits told when the far side is going to end the session, as soon as it is known */
  calls(scope: Scope, instanceId: string, onLimits?: (limits: SessionLimits) => void): SsmCalls;
  readonly openPort: OpenPort;
}

export function createSessionManagerCalls({ clients, history, clock, log }: SessionManagerOptions): SessionManagerCalls {
  const preferences = createPreferencesReader(async (scope, name) => getDocument(await clients.forScope(scope), name, AbortSignal.timeout(PREFERENCES_TIMEOUT_MS)), clock);
  const calls: SessionManagerCalls['calls'] = (scope, instanceId, onLimits) => ({
    ...(onLimits === undefined ? {} : watchLimits({ preferences: () => preferences.of(scope), clock, onLimits })),
    target: instanceId,
    start: async (document, signal) => history.noteAwsSession(await startSession(await clients.ready(scope, signal), { instanceId, ...document }, signal)),
    generateDataKey: async (request, signal) => generateDataKey(await clients.forScope(scope), request, signal),
    resume: async (sessionId, signal) => resumeSession(await clients.forScope(scope), sessionId, signal),
    terminate: async (sessionId) => terminateSession(await clients.forScope(scope), sessionId, AbortSignal.timeout(TERMINATE_TIMEOUT_MS)),
    signUpgrade: async (url) => {
      const { sessionToken, ...keys } = await clients.credentials(scope);
      return signUpgrade(url, scope.region, { ...keys, ...(sessionToken === undefined ? {} : { sessionToken }) }, new Date(clock.now()));
    },
  });
  return {
    preferences,
    calls,
    openPort: (scope, instanceId, port, line, signal) =>
      openSsmPort({ ...calls(scope, instanceId, (limits) => line.onLimits(withoutIdle(limits))), portNumber: port, onResuming: (reason) => line.onResuming(reason), onResumed: () => line.onResumed(), onMessage: (text) => line.onMessage(text), onCheckable: (check) => line.checkBy(check), clock, log, signal }),
  };
}
