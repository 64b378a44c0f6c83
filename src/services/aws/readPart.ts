/** Makes one call for one part of a section: what it tells, or why it is missing and which permission it needs. */
import { PosternError } from '../../contract/error.ts';
import type { MissingPart, Part } from '../../contract/part.ts';
import { say } from '../../contract/say.ts';
import { toAwsError, type AwsCall } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';
import type { Service } from './endpoints.ts';
import { XmlScanError } from './xmlScan.ts';

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

/** Like `mapPart`, where undefined is what the call did not say. */
export function toldPart<T, U>(reading: PartReading, part: Part<T>, operation: string, map: (value: T) => U | undefined): Part<U> {
  if (!part.known) return part;
  const value = map(part.value);
  return value === undefined ? toMissing(leftOut(), reading.clients.call('ec2', operation), reading.signal) : { known: true, value };
}

/**
 * What AWS says; its types allow that it says nothing, which must not be passed on as "none" or "off".
 *
 * @throws XmlScanError where it is left out: no answer as AWS gives it
 */
export function told<T>(value: T | undefined): T {
  if (value === undefined) throw leftOut();
  return value;
}

function leftOut(): XmlScanError {
  return new XmlScanError('the answer leaves out what was asked for');
}
