/**
 * One TCP connection to a port of an instance through Session Manager: what an SSH client runs over. The session lives as long as it.
 */
import type { Duplex } from 'node:stream';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { openChannelStream } from './channelStream.ts';
import type { DataChannel } from './dataChannel.ts';
import { FlagPayload, PayloadType } from './message.ts';
import { decodeFlag } from './messagePayloads.ts';
import { checkPortSession, sshDocument } from './portDocument.ts';
import { beginSession, endAtAgent, waitForAgent, whenOver, within, type SsmSessionOptions } from './ssmSession.ts';

/** What a reader that has stopped makes us hold: while we do not read, acknowledgements of what was sent wait too. */
const PORT_READ_AHEAD_BYTES = 1024 * 1024;
/** After the end of the local data, how long the far end may be silent before it counts as done: the protocol knows no half-close. */
const HALF_CLOSED_SILENCE_MS = 2_000;
/** The first bytes that nobody takes for so long, or twice so long, tell that there is no connection behind the session. */
const FIRST_DELIVERY_LIMIT_MS = 20_000;

export interface SsmPortOptions extends SsmSessionOptions {
  /** Of the instance. */
  readonly portNumber: number;
  /** Told once the agent is ready, when it has something to say to the person. */
  onMessage?(text: string): void;
  /** Told once the port is there: asks its connection for a sign of life, and has it brought back where there is none in time. */
  onCheckable?(check: (withinMs: number) => Promise<boolean>): void;
}

/**
 * Connect. Back-pressure works both ways, bytes are never changed, and dropped WebSockets are resumed beneath.
 *
 * The protocol has no half-close: ending the writable side keeps the connection while the far end still sends, and ends the session when
 * it has been silent for two seconds. The stream closes after the session was terminated; it is destroyed with a PosternError when it was lost.
 *
 * @throws PosternError `ssm.target-not-connected`, `ssm.session-refused`, `ssm.session-ended`, `ssm.protocol`, `route.refused`,
 *   `aws.endpoint-unreachable`, `cancelled`, or what `start` and `signUpgrade` throw
 */
export async function openSsmPort(options: SsmPortOptions): Promise<Duplex> {
  const begun = await beginSession(options, sshDocument(options.portNumber));
  let agentVersion = '';
  const { channel, stream, receivedBytes } = openChannelStream({
    ...begun.channelOptions,
    readAheadBytes: PORT_READ_AHEAD_BYTES,
    onControl: (payloadType, payload) => {
      if (payloadType === PayloadType.flag && decodeFlag(payload) === FlagPayload.connectToPortError) channel.close(portRefused(options.portNumber));
    },
    onEndOfInput: () => void endWhenSilent(),
    session: {
      end: () => void endAtAgent(channel, agentVersion),
      over: (opening) => whenOver(opening, begun),
    },
  });
  const endWhenSilent = async (): Promise<void> => {
    await channel.whenIdle();
    for (let before = -1; before < receivedBytes(); ) {
      before = receivedBytes();
      await within(channel.ended, HALF_CLOSED_SILENCE_MS);
    }
    await endAtAgent(channel, agentVersion);
  };
  // Until there is somebody to listen, this function's own failure tells.
  const ignoreError = (): void => undefined;
  stream.on('error', ignoreError);
  const opened = await waitForAgent(channel, begun, (candidate) => checkPortSession(candidate, undefined), options.signal);
  stream.off('error', ignoreError);
  agentVersion = opened.agentVersion ?? '';
  options.onCheckable?.((withinMs) => channel.check(withinMs));
  if (opened.customerMessage !== '') options.onMessage?.(opened.customerMessage);
  watchFirstDelivery(channel, receivedBytes, options.portNumber);
  return stream;
}

/** An agent whose port refused may go on as if nothing had happened. */
function watchFirstDelivery(channel: DataChannel, receivedBytes: () => number, portNumber: number): void {
  let wasWaiting = false;
  const timer = setInterval(() => {
    if (channel.hasDelivered || receivedBytes() > 0) clearInterval(timer);
    else if (!channel.isIdle && !channel.isResuming && wasWaiting) channel.close(portRefused(portNumber));
    else wasWaiting = !channel.isIdle && !channel.isResuming;
  }, FIRST_DELIVERY_LIMIT_MS);
  void channel.ended.then(() => clearInterval(timer));
}

function portRefused(portNumber: number): PosternError {
  return new PosternError({
    code: 'route.refused',
    message: say`The SSM agent could not connect to port ${portNumber} of the instance.`,
    remedy: say`Check that the service runs on the instance and listens on that port.`,
  });
}
