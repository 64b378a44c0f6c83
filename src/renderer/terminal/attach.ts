/**
 * Joins a terminal to the stream of its session: output to the parser with an acknowledgement when it is parsed, keys and
 * reports back.
 *
 * A stream that is attached again starts with up to 1 MiB of what was said before. Questions in it (`which terminal are you?`) were
 * answered when they were asked; answering again would type the answer into the shell, so reports are held until the
 * replay has been parsed.
 */
import type { Terminal } from '@xterm/xterm';
import type { StreamEnd, TerminalStream } from '../../link/client.ts';
import type { OutputTurn } from './outputTurns.ts';
import type { PredictedEcho } from './predictedEcho.ts';

export type AttachTerminal = Pick<Terminal, 'write' | 'onData' | 'onBinary'>;

export interface AttachOptions {
  /** The screen already shows what the stream will repeat, or it asks questions that were answered. */
  readonly replay: boolean;
  /** What the person typed before there was a stream: it goes first. */
  readonly typedBefore?: readonly string[];
  readonly onOutput?: (byteCount: number) => void;
  /** Who writes to the terminal what the session says; absent: nobody comes between. */
  readonly output?: Pick<OutputTurn, 'write'> & Partial<Pick<PredictedEcho, 'typed' | 'stop'>>;
  readonly onEnd: (why: StreamEnd) => void;
}

/** RIS (ECMA-48 8.3.105), as xterm.js's own `reset`. */
const RESET = '\u001bc';

/** No output for this long after the last parsed byte ends a replay. */
const REPLAY_QUIET_MS = 150;

/** Answers a terminal gives by itself: device attributes, cursor and mode reports, colours, strings. */
const REPORT = /^(?:\u001b\[[?>=]?[\d;$]*[cnRtuy]|\u001b[P\]])/;

const replaying = new WeakSet<AttachTerminal>();

/** Whether what the terminal parses now was said before: it asks for nothing and rings for nobody a second time. */
export function isReplaying(terminal: AttachTerminal): boolean {
  return replaying.has(terminal);
}

/** @returns detach: leaves the session running */
export function attachTerminal(terminal: AttachTerminal, stream: TerminalStream, options: AttachOptions): () => void {
  const encoder = new TextEncoder();
  const output: NonNullable<AttachOptions['output']> = options.output ?? terminal;
  let fresh = options.replay;
  let unparsed = 0;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let attached = true;

  if (options.replay) replaying.add(terminal);
  else replaying.delete(terminal);

  const endReplaySoon = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => replaying.delete(terminal), REPLAY_QUIET_MS);
  };

  stream.onData((bytes, parsed) => {
    if (!attached) {
      parsed();
      return;
    }
    if (fresh) {
      fresh = false;
      // Behind what still waits for its turn.
      output.write(RESET);
    }
    unparsed += 1;
    clearTimeout(quiet);
    options.onOutput?.(bytes.byteLength);
    output.write(bytes, () => {
      parsed();
      unparsed -= 1;
      if (replaying.has(terminal) && unparsed === 0) endReplaySoon();
    });
  });
  stream.onEnd((why) => {
    if (attached) options.onEnd(why);
  });
  if (options.replay) endReplaySoon();

  const send = (text: string): void => {
    if (replaying.has(terminal) && REPORT.test(text)) return;
    // Its guess first: the page's frame is under way while the services work.
    output.typed?.(text);
    stream.write(encoder.encode(text));
  };
  for (const text of options.typedBefore ?? []) send(text);
  const typing = terminal.onData(send);
  const binary = terminal.onBinary((text) => stream.write(Uint8Array.from(text, (character) => character.charCodeAt(0))));

  return () => {
    attached = false;
    output.stop?.();
    clearTimeout(quiet);
    typing.dispose();
    binary.dispose();
    stream.close();
  };
}
