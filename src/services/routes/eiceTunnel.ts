/**
 * One TCP connection through an EC2 Instance Connect Endpoint: a WebSocket whose binary messages are its bytes.
 *
 * It has no half-close: that we have no more to write cannot be told. See session-manager-protocol.md section 9.3.
 */
import { Duplex } from 'node:stream';
import * as z from 'zod';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { OpenSocket } from '../base/webSocket.ts';
import { openWebSocket, UpgradeRefused } from '../base/webSocket.ts';
import { MAX_TEXT_CHARACTERS, toPlainText } from '../ssh/plainText.ts';

/** As the official client sends them. */
const MAX_FRAME_BYTES = 65_000;
/** The service may send any size; this much at once is no TCP data. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const NORMAL_CLOSURE = 1000;

export interface Tunnel {
  /** Signed. Never shown: the signature in it opens the tunnel. */
  readonly url: string;
  readonly instanceConnectEndpointId: string;
  /** Where it leads, e.g. `10.0.10.21 port 22`. */
  readonly where: string;
}

/** @throws PosternError `eice.tunnel-refused`, `aws.access-denied`, `aws.endpoint-unreachable`, `cancelled` */
export async function openEiceTunnel(tunnel: Tunnel, signal: AbortSignal, timeoutMs: number): Promise<Duplex> {
  let socket: OpenSocket | undefined;
  let received = false;
  let over = false;
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => socket?.resume(),
    write(chunk: Buffer, _encoding, done) {
      if (socket === undefined || over) return done();
      for (let start = 0; start < chunk.length; start += MAX_FRAME_BYTES) {
        const isLast = start + MAX_FRAME_BYTES >= chunk.length;
        socket.send(chunk.subarray(start, start + MAX_FRAME_BYTES), isLast ? () => done() : undefined);
      }
      if (chunk.length === 0) done();
    },
    destroy(error, done) {
      socket?.close();
      done(error);
    },
  });
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    socket = await openWebSocket(
      tunnel.url,
      {},
      MAX_MESSAGE_BYTES,
      {
        onMessage(message, isBinary) {
          if (!isBinary) {
            stream.destroy(ended(tunnel, Buffer.from(message).toString('utf8'), received));
            return;
          }
          received = true;
          if (!stream.destroyed && !stream.push(Buffer.from(message))) socket?.pause();
        },
        onPong: () => undefined,
        onClose(code, reason) {
          over = true;
          if (stream.destroyed) return;
          if (code === NORMAL_CLOSURE && received) stream.push(null);
          else stream.destroy(ended(tunnel, reason, received));
        },
      },
      AbortSignal.any([signal, limit]),
    );
    return stream;
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The tunnel to ${tunnel.where} was cancelled.` }, { cause: thrown });
    throw thrown instanceof UpgradeRefused ? refused(tunnel, thrown) : unreachable(tunnel, thrown, limit.aborted ? say`no answer within ${timeoutMs / 1000} s` : codeOf(thrown));
  }
}

const Refusal = z.object({ ErrorCode: z.string(), Message: z.string().default('') });

function refused({ instanceConnectEndpointId, where }: Tunnel, cause: UpgradeRefused): PosternError {
  const refusal = Refusal.safeParse(toJson(cause.body));
  const said = refusal.success ? sentence(refusal.data.Message || refusal.data.ErrorCode) : say`HTTP status ${cause.status}.`;
  const denied = cause.status === 401 || cause.status === 403 || (refusal.success && /AccessDenied|Unauthorized/i.test(refusal.data.ErrorCode));
  return new PosternError(
    {
      code: denied ? 'aws.access-denied' : 'eice.tunnel-refused',
      message: say`The endpoint ${instanceConnectEndpointId} refuses a tunnel to ${where}: ${said}`,
      remedy: denied ? say`Allow ec2-instance-connect:OpenTunnel on the endpoint in the IAM policy of this identity, for this port and address.` : say`Look at the endpoint in the VPC console. An endpoint takes 20 connections at a time.`,
      retryable: !denied && cause.status >= 500,
      requestId: cause.requestId,
    },
    { cause },
  );
}

/** A target that refuses or does not answer shows only as an end before the first byte. */
function ended({ instanceConnectEndpointId, where }: Tunnel, reason: string, received: boolean): PosternError {
  const said = reason === '' ? '.' : `: ${sentence(reason)}`;
  return new PosternError({
    code: 'eice.tunnel-ended',
    message: received ? say`The endpoint ${instanceConnectEndpointId} ended the tunnel to ${where}${said}` : say`The endpoint ${instanceConnectEndpointId} found nobody at ${where}${said}`,
    remedy: received ? say`Connect again. A tunnel lasts an hour at most.` : say`Check that the service listens there, and that a security group of the instance lets the endpoint in.`,
    retryable: true,
  });
}

function unreachable({ instanceConnectEndpointId }: Tunnel, cause: unknown, reason: string): PosternError {
  return new PosternError(
    { code: 'aws.endpoint-unreachable', message: say`No connection to the endpoint ${instanceConnectEndpointId} (${reason}).`, remedy: say`Check the network connection, a proxy or firewall, and that WebSockets get through.`, retryable: true },
    { cause },
  );
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : say`it was closed`;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The far end's words, plain and with a full stop. */
function sentence(text: string): string {
  const plain = toPlainText(text, MAX_TEXT_CHARACTERS).replaceAll(/\s+/g, ' ').trim();
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
}
