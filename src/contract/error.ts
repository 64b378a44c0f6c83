/**
 * The one kind of error that crosses the link: a code for programs, a sentence and a next step for people.
 */
export const errorCodes = [
  'internal',
  'input.invalid',
  'cancelled',
  'app.port-in-use',
  'app.link-closed',
  'data.unreadable',
  'data.write-failed',
  'aws.no-profile',
  'aws.profile-not-found',
  'aws.no-region',
  'aws.no-credentials',
  'aws.credentials-expired',
  'aws.credentials-refused',
  'aws.sign-in-needed',
  'aws.mfa-needed',
  'aws.consent-needed',
  'aws.access-denied',
  'aws.throttled',
  'aws.endpoint-unreachable',
  'aws.endpoint-not-aws',
  'aws.region-unknown',
  'aws.failed',
  'instance.not-found',
  'instance.ambiguous',
  'instance.not-running',
  'action.wrong-state',
  'action.protected',
  'action.refused',
  'action.not-confirmed',
  'route.none-usable',
  'route.unreachable',
  'route.refused',
  'route.prohibited',
  'eic.key-push-refused',
  'eic.instance-unavailable',
  'eic.serial-disabled',
  'eic.serial-unsupported',
  'eic.serial-busy',
  'eice.tunnel-refused',
  'eice.tunnel-ended',
  'ssm.target-not-connected',
  'ssm.session-refused',
  'ssm.protocol',
  'ssm.session-ended',
  'ssm.command-not-supported',
  'forward.connection-stalled',
  'ssh.protocol',
  'ssh.host-key-changed',
  'ssh.host-key-contradicted',
  'ssh.host-key-refused',
  'ssh.weak-algorithms',
  'ssh.auth-exhausted',
  'ssh.connection-lost',
  'key.unreadable',
  'key.unsupported',
  'key.passphrase-needed',
  'key.passphrase-wrong',
  'key.not-found',
  'key.name-taken',
  'agent.unavailable',
  'agent.refused',
  'keychain.unavailable',
  'keychain.locked',
  'keychain.item-missing',
  'secrets.passphrase-wrong',
  'session.not-found',
  'recording.not-found',
  'recording.limit',
  'shell.unavailable',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** An error as data: what a list, a tab or a JSON answer shows. Its schema stands apart (`errorReport.ts`): what only throws loads no schemas. */
export type ErrorReport = {
  code: ErrorCode;
  /** One sentence that names the thing that failed. */
  message: string;
  /** One sentence a stranger can follow. Absent only when nothing can be done. */
  remedy?: string | undefined;
  /** Whether the same action may work when simply tried again. */
  retryable: boolean;
  /** AWS's own request id, for a support case. */
  requestId?: string | undefined;
};

/** The only error that crosses the link. The cause stays on this side, for the log. */
export class PosternError extends Error {
  override readonly name = 'PosternError';
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly retryable: boolean;
  readonly requestId: string | undefined;

  constructor(
    report: { code: ErrorCode; message: string; remedy?: string | undefined; retryable?: boolean; requestId?: string | undefined },
    options?: { cause?: unknown },
  ) {
    super(report.message, options);
    this.code = report.code;
    this.remedy = report.remedy;
    this.retryable = report.retryable ?? false;
    this.requestId = report.requestId;
  }

  /** The error as data, without cause or stack. */
  toReport(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.remedy === undefined ? {} : { remedy: this.remedy }),
      retryable: this.retryable,
      ...(this.requestId === undefined ? {} : { requestId: this.requestId }),
    };
  }
}

/** Any thrown value as a PosternError; what is not one becomes `internal`, with the original as cause. */
export function toPosternError(thrown: unknown): PosternError {
  if (thrown instanceof PosternError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PosternError({ code: 'internal', message }, { cause: thrown });
}
