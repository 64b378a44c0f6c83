/** Makes one call for one part of a section: what it tells, or why it is missing and which permission it needs. */
import { PosternError } from '../../contract/error.ts';
import type { MissingPart, Part } from '../../contract/part.ts';
import { say } from '../../contract/say.ts';
import { toAwsError, type AwsCall } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';
import type { Service } from './endpoints.ts';

/** The calls of one section, all given up together. */
export interface PartReading {
  readonly clients: ScopeClients;
  readonly signal: AbortSignal;
}

/** Never throws: a part that cannot be read takes nothing else with it. */
export async function readPart<T>({ clients, signal }: PartReading, service: Service, operation: string, work: () => Promise<T>): Promise<Part<T>> {
  const call = clients.call(service, operation);
  try {
    return { known: true, value: await work() };
  } catch (thrown) {
    return toMissing(thrown, call, signal);
  }
}

export function toMissing(thrown: unknown, call: AwsCall, signal: AbortSignal): MissingPart {
  const error = signal.aborted ? new PosternError({ code: 'aws.endpoint-unreachable', message: say`${call.endpoint} did not answer ${call.action} in time.`, remedy: say`Try again; check the network if it stays so.`, retryable: true }, { cause: thrown }) : toAwsError(thrown, call);
  return { known: false, permission: call.action, denied: error.code === 'aws.access-denied', error: error.toReport() };
}

/** A part made of another one; what is missing stays missing for the same reason. */
export function mapPart<T, U>(part: Part<T>, map: (value: T) => U): Part<U> {
  return part.known ? { known: true, value: map(part.value) } : part;
}
