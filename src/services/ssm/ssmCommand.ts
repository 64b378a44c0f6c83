/**
 * A command on an instance without a terminal, through Session Manager: output, errors and exit code, for scripts.
 */
import { Duplex, Readable } from 'node:stream';
import { say } from '../../contract/say.ts';
import type { ExitStatus } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';
import { DataChannel } from './dataChannel.ts';
import { PayloadType } from './message.ts';
import { decodeExitCode } from './messagePayloads.ts';
import { beginSession, waitForAgent, whenOver, wrongSessionType, type SsmSessionOptions } from './ssmSession.ts';

const NON_INTERACTIVE_COMMAND = 'AWS-StartNonInteractiveCommand';
const SESSION_TYPE = 'NonInteractiveCommands';
/** Ctrl+C and Ctrl+\: the only input that the agent takes, as SIGINT and SIGQUIT. */
const INTERRUPT = 0x03;
const QUIT = 0x1c;

export interface SsmCommandOptions extends SsmSessionOptions {
  /** A document of the account's own, e.g. one that separates the output; absent: AWS-StartNonInteractiveCommand. Takes `command`. */
  readonly documentName?: string;
  /** Told once when input was given that is no Ctrl+C or Ctrl+\: the agent passes nothing else to the command, and it was not sent. */
  onInputIgnored?(): void;
  /** Told when the agent is ready and has something to say to the person. */
  onMessage?(text: string): void;
}

/**
 * Start a command and wait until the agent is ready to run it.
 *
 * `stderr` carries something, and `exited` tells the exit code, only when the document separates the output streams; AWS's own does not, and
 * then both streams come as one and only after the command has ended. Read both: one that is not read stops the other. An exit code of -1
 * stands for a signal. Writing takes only Ctrl+C and Ctrl+\, see `onInputIgnored`. Closing ends the session, and with it the command.
 *
 * @throws PosternError as `openSsmShell`
 */
export async function openSsmCommand(options: SsmCommandOptions & { readonly command: string }): Promise<Shell> {
  const begun = await beginSession(options, { documentName: options.documentName ?? NON_INTERACTIVE_COMMAND, parameters: { command: [options.command] } });
  let exit: ExitStatus = {};
  let hasIgnoredInput = false;
  /** Streams whose reader has enough for now. */
  const full = new Set<Readable>();
  const goOn = (wanting: Readable): void => {
    full.delete(wanting);
    if (full.size === 0) channel.readOn();
  };
  const stderr: Readable = new Readable({
    read: () => goOn(stderr),
    destroy: (error, callback) => {
      goOn(stderr);
      callback(error);
    },
  });
  const stream: Duplex = new Duplex({
    read: () => goOn(stream),
    write: (chunk: Uint8Array, _, callback) => {
      const key = chunk.find((byte) => byte === INTERRUPT || byte === QUIT);
      if (key !== undefined) channel.send(PayloadType.output, Uint8Array.of(key));
      if (!hasIgnoredInput && chunk.some((byte) => byte !== INTERRUPT && byte !== QUIT)) {
        hasIgnoredInput = true;
        options.log.info('Session Manager passes no input to a command', { target: options.target });
        options.onInputIgnored?.();
      }
      callback();
    },
    destroy: (error, callback) => {
      channel.close();
      callback(error);
    },
  });
  const channel = new DataChannel({
    ...begun.channelOptions,
    onPayload: (payloadType, payload) => {
      if (payloadType === PayloadType.exitCode) exit = decodeExitCode(payload) ?? {};
      const target = payloadType === PayloadType.stdErr ? stderr : payloadType === PayloadType.output ? stream : undefined;
      // A copy: the payload is a view of a network chunk of up to 64 KiB.
      if (target !== undefined && !target.destroyed && !target.push(Buffer.from(payload))) full.add(target);
      return full.size === 0;
    },
  });
  const exited = whenOver(channel, begun).then((error) => {
    if (error !== undefined) throw error;
    return exit;
  });
  // Whoever only reads the streams need not listen for the reason of their end.
  exited.catch(() => undefined);
  void channel.ended.then(() => {
    if (!stderr.destroyed) stderr.push(null);
    if (stream.destroyed) return;
    stream.push(null);
    stream.end();
  });
  const { customerMessage } = await waitForAgent(
    channel,
    begun,
    ({ session }) => {
      if (session?.SessionType !== SESSION_TYPE) throw wrongSessionType(session?.SessionType ?? 'Standard_Stream', say`command session`);
    },
    options.signal,
  );
  if (customerMessage !== '') options.onMessage?.(customerMessage);
  // There is no terminal whose size could change.
  return { stream, stderr, resize: () => undefined, exited, close: () => channel.close() };
}
