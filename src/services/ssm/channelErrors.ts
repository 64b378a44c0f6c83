/** What went wrong with a Session Manager channel, in words. Tokens never appear: no text here comes from a request. */
import { PosternError, type ErrorCode } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { UpgradeRefused } from '../base/webSocket.ts';

/** Longest reason of the service that is shown. */
const MAX_REASON_LENGTH = 400;

/** What is known of the agent's reasons: how they begin, and what they mean to a person. */
const knownReasons: readonly { readonly pattern: RegExp; readonly code: ErrorCode; readonly toMessage: (found: RegExpExecArray, reason: string) => string; readonly remedy: string }[] = [
  {
    pattern: /Plugin with name (\w+) is not supported/i,
    code: 'ssm.session-ended',
    toMessage: ([, plugin = ''], reason) => say`The SSM agent of the instance is too old for sessions of type ${plugin}: ${reason}`,
    remedy: say`Update the SSM agent: ports need 3.0.222.0 or newer, remote hosts 3.1.1374.0.`,
  },
  {
    pattern: /Unable to connect to specified port/i,
    code: 'route.refused',
    toMessage: (_, reason) => say`The port refuses the connection: ${reason}`,
    remedy: say`Check that the service runs on the instance and listens on that port.`,
  },
  {
    pattern: /Forwarding to IP address (\S+) is forbidden/i,
    code: 'route.refused',
    toMessage: ([, address = '']) => say`The SSM agent forbids forwarding to ${address}.`,
    remedy: say`Choose another host: metadata and DNS addresses of AWS are on its deny list.`,
  },
  {
    pattern: /\bkms\b|encryption|decrypt|data key/i,
    code: 'ssm.session-refused',
    toMessage: (_, reason) => say`The session could not be encrypted: ${reason}`,
    remedy: say`Check that the instance role allows kms:Decrypt on the key of the Session Manager preferences.`,
  },
];

/** @param output the service's own reason; '' or absent when it gave none */
export function endedThere(output = ''): PosternError {
  const reason = plainReason(output);
  if (reason === '') {
    return new PosternError({
      code: 'ssm.session-ended',
      message: say`The Session Manager session has ended.`,
      remedy: say`It was idle for too long, reached its time limit or was terminated. Open a new one.`,
      retryable: true,
    });
  }
  for (const { pattern, code, toMessage, remedy } of knownReasons) {
    const found = pattern.exec(reason);
    if (found !== null) return new PosternError({ code, message: toMessage(found, reason), remedy });
  }
  return new PosternError({
    code: 'ssm.session-ended',
    message: say`The Session Manager session has ended: ${reason}`,
    remedy: say`See the SSM agent and the Session Manager preferences of this account and region.`,
  });
}

/** StartSession failed: names the document, which is a permission of its own beside that on the instance. */
export function documentRefused(error: PosternError, documentName: string | undefined): PosternError {
  if (error.code !== 'aws.access-denied' || documentName === undefined) return error;
  return new PosternError(
    {
      code: error.code,
      message: say`A session with the document ${documentName} may not be started: ${error.message}`,
      remedy: say`Allow ssm:StartSession on the document ${documentName} as well as on the instance.`,
      requestId: error.requestId,
    },
    { cause: error },
  );
}

/** The reason of `channel_closed` as one line of plain text: without its ERROR banner and without control characters. */
export function plainReason(output: string): string {
  const text = output
    .replace(/-{4,}\s*ERROR\s*-{4,}/, ' ')
    // Text of the far end: no escape sequence may reach a terminal or a log from here.
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > MAX_REASON_LENGTH ? `${text.slice(0, MAX_REASON_LENGTH)}…` : text;
}

/** The connection was opened, and closed again before anything was said. */
export function withoutAnswer(closeCode: number): PosternError {
  return new PosternError({
    code: 'ssm.session-refused',
    message: say`Session Manager closed the session's connection before it began (code ${closeCode}).`,
    remedy: say`The session token may have expired: try again. A proxy that does not pass WebSockets does the same.`,
    retryable: true,
  });
}

/** The service closes the connection over messages of a size that it took before. */
export function messagesRefused(): PosternError {
  return new PosternError({
    code: 'ssm.protocol',
    message: say`Session Manager refuses messages of a size that it took before.`,
    remedy: say`Open a new session, which begins with small ones. A proxy on the way may limit WebSocket messages.`,
    retryable: true,
  });
}

export function toOpenError(thrown: unknown): PosternError {
  if (thrown instanceof PosternError) return thrown;
  if (thrown instanceof UpgradeRefused) {
    return new PosternError(
      {
        code: 'ssm.session-refused',
        message: say`Session Manager refused the session's connection (HTTP status ${thrown.status}).`,
        remedy: thrown.status === 403 ? say`Check that your permissions include ssmmessages:OpenDataChannel, and try again.` : say`Try again. A proxy on the way may not pass WebSockets.`,
        retryable: true,
      },
      { cause: thrown },
    );
  }
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
  return new PosternError(
    {
      code: 'aws.endpoint-unreachable',
      message: say`No connection to the Session Manager message service${code === undefined ? '' : ` (${code})`}.`,
      remedy: say`Check the network, and that port 443 of ssmmessages is reachable.`,
      retryable: true,
    },
    { cause: thrown },
  );
}
