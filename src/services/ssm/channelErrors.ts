/** What went wrong with a Session Manager channel, in words. Tokens never appear: no text here comes from a request. */
import { PosternError } from '../../contract/error.ts';
import { UpgradeRefused } from '../base/webSocket.ts';

/** Longest reason of the service that is shown. */
const MAX_REASON_LENGTH = 400;

/** @param output the service's own reason; '' or absent when it gave none */
export function endedThere(output = ''): PosternError {
  const reason = plainReason(output);
  if (reason === '') {
    return new PosternError({
      code: 'ssm.session-ended',
      message: 'The Session Manager session has ended.',
      remedy: 'It was idle for too long, reached its time limit or was terminated. Open a new one.',
      retryable: true,
    });
  }
  return new PosternError({
    code: 'ssm.session-ended',
    message: `The Session Manager session has ended: ${reason}`,
    remedy: 'See the SSM agent and the Session Manager preferences of this account and region.',
  });
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
    message: `Session Manager closed the session's connection before it began (code ${closeCode}).`,
    remedy: 'The session token may have expired: try again. A proxy that does not pass WebSockets does the same.',
    retryable: true,
  });
}

export function toOpenError(thrown: unknown): PosternError {
  if (thrown instanceof PosternError) return thrown;
  if (thrown instanceof UpgradeRefused) {
    return new PosternError(
      {
        code: 'ssm.session-refused',
        message: `Session Manager refused the session's connection (HTTP status ${thrown.status}).`,
        remedy: thrown.status === 403 ? 'Check that your permissions include ssmmessages:OpenDataChannel, and try again.' : 'Try again. A proxy on the way may not pass WebSockets.',
        retryable: true,
      },
      { cause: thrown },
    );
  }
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
  return new PosternError(
    {
      code: 'aws.endpoint-unreachable',
      message: `No connection to the Session Manager message service${code === undefined ? '' : ` (${code})`}.`,
      remedy: 'Check the network, and that port 443 of ssmmessages is reachable.',
      retryable: true,
    },
    { cause: thrown },
  );
}
