/**
 * A shell on an instance through Session Manager alone: no SSH, no inbound rule, no plugin.
 */
import type { ExitStatus, TerminalSize } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';
import { openChannelStream } from './channelStream.ts';
import { PayloadType } from './message.ts';
import { decodeExitCode, encodeSize } from './messagePayloads.ts';
import { SAFE_PAYLOAD_BYTES } from './payloadSize.ts';
import { beginSession, waitForAgent, whenOver, wrongSessionType, type SsmSessionOptions } from './ssmSession.ts';

/** How often the size is sent until the agent is ready. */
const SIZE_INTERVAL_MS = 100;
/** End of transmission: what a terminal reads as the end of its input. */
const END_OF_TRANSMISSION = Uint8Array.of(4);
const INTERACTIVE_COMMAND = 'AWS-StartInteractiveCommand';
const shellTypes = ['Standard_Stream', 'InteractiveCommands'];

export interface SsmShellOptions extends SsmSessionOptions {
  readonly size: TerminalSize;
  /** Runs on a terminal of its own instead of a shell, and ends the session with itself. Its exit code is not told. */
  readonly command?: string;
}

/**
 * Start a session and wait for its first output.
 *
 * The shell's `exited` has no exit code, as Session Manager tells none, and settles after TerminateSession was answered when it was
 * closed here. Ending the stream's writable side types Ctrl+D.
 *
 * @throws PosternError `ssm.target-not-connected`, `ssm.session-refused`, `ssm.session-ended`, `ssm.protocol`, `aws.endpoint-unreachable`,
 *   `cancelled`, or what `start` and `signUpgrade` throw
 */
export async function openSsmShell(options: SsmShellOptions): Promise<Shell> {
  const begun = await beginSession(options, options.command === undefined ? {} : { documentName: INTERACTIVE_COMMAND, parameters: { command: [options.command] } });
  let exit: ExitStatus = {};
  const { channel, stream } = openChannelStream({
    ...begun.channelOptions,
    // A key may come right behind a paste, and a terminal takes little at a time.
    maxPayloadBytes: SAFE_PAYLOAD_BYTES,
    onControl: (payloadType, payload) => {
      if (payloadType === PayloadType.exitCode) exit = decodeExitCode(payload) ?? {};
    },
    onActivity: () => options.onActivity?.(),
    onEndOfInput: () => channel.send(PayloadType.output, END_OF_TRANSMISSION),
  });
  const sendSize = (size: TerminalSize): void => channel.send(PayloadType.size, encodeSize(size));
  // For the width of the first prompt. An agent that is still deciding on a handshake acknowledges a size and forgets it, so another follows.
  sendSize(options.size);
  const sizeTimer = setInterval(() => {
    if (channel.isIdle) sendSize(options.size);
  }, SIZE_INTERVAL_MS);
  try {
    const { customerMessage } = await waitForAgent(
      channel,
      begun,
      ({ session }) => {
        if (session !== undefined && !shellTypes.includes(session.SessionType)) throw wrongSessionType(session.SessionType, 'shell');
      },
      options.signal,
    );
    sendSize(options.size);
    if (customerMessage !== '') stream.push(Buffer.from(`${customerMessage}\r\n`));
  } finally {
    clearInterval(sizeTimer);
  }

  const exited = whenOver(channel, begun).then((error) => {
    if (error !== undefined) throw error;
    return exit;
  });
  // Whoever only reads the stream need not listen for the reason of its end.
  exited.catch(() => undefined);
  const resize = (size: TerminalSize): void => {
    options.onActivity?.();
    sendSize(size);
  };
  return { stream, resize, exited, close: () => channel.close() };
}
