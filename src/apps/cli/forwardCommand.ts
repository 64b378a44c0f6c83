/**
 * `postern forward TARGET -L [BIND:]PORT:[HOST:]PORT`: ports of this machine that come out at an instance, until Ctrl+C.
 *
 * stdout gets one line for each forward once it listens: `127.0.0.1:5432 -> db-1:5432`.
 */
import { resolve } from 'node:path';
import type { Forward, LocalEnd } from '../../contract/forward.ts';
import { isLoopback, localEndText, targetText } from '../../contract/forward.ts';
import { findInstance } from './findInstance.ts';
import type { ForwardSpec } from './forwardSpec.ts';
import { printAnswer, printReportOf } from './output.ts';
import { printable } from './printable.ts';
import type { Running } from './run.ts';
import { untilInterrupted } from './run.ts';

export interface ForwardOptions {
  readonly target: string;
  readonly forwards: readonly ForwardSpec[];
  /** Session Manager sessions for each. */
  readonly sessions: number;
}

/**
 * Ends by itself only when no forward is left: with status 1.
 *
 * @throws PosternError `cancelled` when it was interrupted
 */
export async function forwardCommand({ services, interrupted }: Running, { target, forwards, sessions }: ForwardOptions): Promise<number> {
  const instance = await findInstance({ services, interrupted }, target);
  for (const { local } of forwards) warnOfOthers(local);
  const states = new Map<string, Forward['state']>();
  const over = Promise.withResolvers<void>();
  const tell = createTeller();
  const follow = (forward: Forward): void => {
    tell(forward);
    states.set(forward.forwardId, forward.state);
    if (states.size === forwards.length && [...states.values()].every((state) => state === 'failed')) over.resolve();
  };
  services.onEvent((event) => {
    if (event.name === 'forwards.changed') follow(event.payload);
  });
  for (const spec of forwards) await services.forwards.open({ instanceId: instance.instanceId, ...spec, local: absolute(spec.local), sessions });
  await untilInterrupted(interrupted, over.promise);
  return 1;
}

/** Tells on stdout that a forward listens, and on stderr what happens to it. */
function createTeller(): (forward: Forward) => void {
  const known = new Map<string, Forward>();
  return (forward) => {
    const before = known.get(forward.forwardId);
    known.set(forward.forwardId, forward);
    const name = `${localEndText(forward.local)} -> ${printable(describe(forward))}`;
    const { state, error, lastDrop, message } = forward;
    if (message !== undefined && message !== before?.message) for (const line of message.split('\n')) process.stderr.write(`postern: ${name}: ${printable(line.trimEnd())}\n`);
    // A reader who has left interrupts the command by itself.
    if (state === 'listening' && before?.state === 'opening') printAnswer(name).catch(() => undefined);
    if (state === 'listening' && before?.state === 'resuming') process.stderr.write(`postern: ${name}: resumed\n`);
    if (state === 'failed') {
      if (error !== undefined && before?.state !== 'failed') printReportOf(name, error);
    } else if (lastDrop !== undefined && (lastDrop.time !== before?.lastDrop?.time || lastDrop.reason !== before.lastDrop.reason)) {
      process.stderr.write(`postern: ${name}: ${printable(lastDrop.reason)}${state === 'resuming' ? ' Resuming.' : ''}\n`);
    }
  };
}

function describe(forward: Forward): string {
  return forward.remoteHost === undefined ? targetText(forward) : `${targetText(forward)} through ${forward.instanceName ?? forward.instanceId}`;
}

function warnOfOthers(local: LocalEnd): void {
  if (local.kind === 'unix' || isLoopback(local.address)) return;
  process.stderr.write(`postern: ${printable(localEndText(local))} is not only for this machine: whoever reaches it can use the forward, without a password.\n`);
}

function absolute(local: LocalEnd): LocalEnd {
  return local.kind === 'unix' ? { ...local, path: resolve(local.path) } : local;
}
