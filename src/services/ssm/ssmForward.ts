/**
 * Connections to one port, of an instance or of a host that it reaches, through one Session Manager session.
 */
import type { Duplex } from 'node:stream';
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { multiplexes, needsKeepalive } from './agentVersion.ts';
import { BasicForward } from './basicForward.ts';
import { DataChannel } from './dataChannel.ts';
import { FlagPayload, PayloadType } from './message.ts';
import { decodeFlag } from './messagePayloads.ts';
import { checkPortSession, forwardDocument } from './portDocument.ts';
import { SmuxClient } from './smuxClient.ts';
import { beginSession, endAtAgent, waitForAgent, whenOver, type SsmSessionOptions } from './ssmSession.ts';

export interface SsmForwardOptions extends SsmSessionOptions {
  /** Where the connections come out. */
  readonly portNumber: number;
  /** Only told to AWS, for its records; absent: 0. */
  readonly localPortNumber?: number;
  /** A name or address that the instance resolves and reaches; absent: the instance itself. */
  readonly host?: string;
  /** Told once the agent is ready, when it has something to say to the person. */
  onMessage?(text: string): void;
}

export interface SsmForward {
  /**
   * One more connection. It is there at once; a port that refuses shows as an error of the stream, `route.refused`, and the session stays
   * usable. While the session is being resumed, connections wait. Local half-close is kept here, since the protocol has none: the far end
   * learns of it when the connection is closed.
   *
   * @throws PosternError `ssm.session-ended`, `cancelled`
   */
  connect(signal: AbortSignal): Promise<Duplex>;
  /** False: an old agent, and one connection at a time; others wait. */
  readonly multiplexed: boolean;
  readonly agentVersion: string;
  /** Settles once the session is over on both sides: with why, or with nothing when it was closed here or ended normally. Never rejects. */
  readonly ended: Promise<PosternError | undefined>;
  /** Ends all connections and the session. Safe to call twice. */
  close(): void;
}

/** Both kinds of forward, as the channel sees them. */
interface Connections {
  /** @returns false when no more should come */
  receive(bytes: Uint8Array): boolean;
  end(error: PosternError | undefined): void;
}

/**
 * Start a session and wait until its agent is ready.
 *
 * @throws PosternError `input.invalid`, `ssm.target-not-connected`, `ssm.session-refused`, `ssm.session-ended`, `ssm.protocol`,
 *   `route.refused` for a host that may not be forwarded to, `aws.endpoint-unreachable`, `cancelled`, or what `start` and `signUpgrade` throw
 */
export async function openSsmForward(options: SsmForwardOptions): Promise<SsmForward> {
  const begun = await beginSession(options, forwardDocument(options.portNumber, options.localPortNumber ?? 0, options.host));
  let connections: Connections | undefined;
  let smux: SmuxClient | undefined;
  const channel = new DataChannel({
    ...begun.channelOptions,
    onPayload: (payloadType, payload) => {
      if (payloadType === PayloadType.flag && decodeFlag(payload) === FlagPayload.connectToPortError) {
        if (smux === undefined) channel.close(portRefused(options));
        else smux.refuse();
        return true;
      }
      if (payloadType !== PayloadType.output || connections === undefined) return true;
      try {
        return connections.receive(payload);
      } catch (thrown) {
        channel.close(toPosternError(thrown));
        return true;
      }
    },
    // At once, before the first bytes of the agent: they may come with the same chunk.
    onOpened: ({ agentVersion = '' }) => {
      if (multiplexes(agentVersion)) {
        smux = new SmuxClient({ send: (outgoing) => channel.sendBytes(outgoing), onDrained: () => channel.readOn(), sendsKeepalive: needsKeepalive(agentVersion) });
        connections = smux;
      } else connections = new BasicForward(channel);
    },
  });
  const ended = whenOver(channel, begun).then((error) => {
    connections?.end(error);
    return error;
  });
  const { agentVersion = '', customerMessage } = await waitForAgent(channel, begun, (opened) => checkPortSession(opened, options.host), options.signal);
  if (customerMessage !== '') options.onMessage?.(customerMessage);

  let isClosing = false;
  return {
    multiplexed: smux !== undefined,
    agentVersion,
    ended,
    async connect(signal) {
      if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The connection was closed before it was made.` });
      if (connections instanceof BasicForward) return connections.connect(signal);
      if (smux === undefined || isClosing) throw new PosternError({ code: 'ssm.session-ended', message: say`The forward has been closed.` });
      return smux.connect();
    },
    close() {
      if (isClosing) return;
      isClosing = true;
      connections?.end(undefined);
      void endAtAgent(channel, agentVersion);
    },
  };
}

function portRefused({ portNumber, host }: SsmForwardOptions): PosternError {
  return new PosternError({
    code: 'route.refused',
    message: say`The SSM agent could not connect to port ${portNumber} of ${host ?? say`the instance`}.`,
    remedy: say`Check that the service runs there and listens on that port.`,
  });
}
