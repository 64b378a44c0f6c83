/**
 * Turns whatever a call to AWS throws into a PosternError: what was refused or out of reach, where, and what to do.
 *
 * Decides by the error's name, code and status, never by its message: messages are for people and change. The message is not
 * repeated either, since it may quote what was sent; it stays in the cause, for the log.
 */
import { PosternError, toPosternError, type ErrorCode } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { XmlScanError } from './xmlScan.ts';

/** The call that failed, as a person knows it. */
export interface AwsCall {
  /** As IAM names it, e.g. `ec2:DescribeInstances`. */
  readonly action: string;
  readonly profile: string;
  readonly region: string;
  /** Where it was sent, e.g. `https://ec2.eu-west-1.amazonaws.com`. */
  readonly endpoint: string;
  /** What was asked for by name, where the call is about one thing: an instance id, a session id. */
  readonly target?: string;
}

/** What every form of AWS error has in common. */
interface Facts {
  readonly name: string;
  readonly code: string | undefined;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
  /** AWS said so itself, in its own form. */
  readonly fromAws: boolean;
  /** Something answered over HTTP. */
  readonly answered: boolean;
}

const accessDenied = new Set(['UnauthorizedOperation', 'Client.UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'UnauthorizedException', 'ForbiddenException']);
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const refused = new Set(['AuthFailure', 'InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature', 'MissingAuthenticationToken', 'MissingAuthenticationTokenException']);
const clockSkew = new Set(['RequestTimeTooSkewed', 'RequestInTheFuture']);
const throttled = new Set(['RequestLimitExceeded', 'Client.RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'ThrottledException', 'RequestThrottled', 'RequestThrottledException', 'TooManyRequestsException', 'EC2ThrottledException', 'SlowDown']);
const regionUnknown = new Set(['OptInRequired', 'RegionDisabledException', 'InvalidRegion', 'UnknownRegion', 'UnknownRegionException']);
const noCredentials = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);
const notFound = new Set(['InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed', 'InvalidInstanceId', 'InvalidInstanceIdException']);
const noName = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA']);
const noConnection = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EPIPE', 'ETIMEDOUT', 'EADDRNOTAVAIL', 'ERR_STREAM_PREMATURE_CLOSE']);
/** OpenSSL's verification results and Node's own. */
const certificate = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT)/;
/** Node's HTTP parser, and TLS spoken to something that does not. */
const notHttp = /^(HPE_|EPROTO$|ERR_SSL_)/;

/** A PosternError as it is; anything else with code, sentence, remedy and AWS's request id. */
export function toAwsError(thrown: unknown, call: AwsCall): PosternError {
  if (thrown instanceof PosternError) return thrown;
  const facts = factsOf(thrown);
  const where = say`profile ${call.profile} in ${call.region}`;
  const fail = (code: ErrorCode, message: string, remedy?: string, retryable = false): PosternError =>
    new PosternError({ code, message, ...(remedy === undefined ? {} : { remedy }), retryable, ...(facts.requestId === undefined ? {} : { requestId: facts.requestId }) }, { cause: thrown });

  if (facts.name === 'AbortError') return fail('cancelled', say`${call.action} was cancelled.`);
  if (accessDenied.has(facts.name)) return fail('aws.access-denied', say`${call.action} is not allowed for ${where}.`, say`Allow ${call.action} in the IAM policy of this identity, or choose another profile.`);
  if (expired.has(facts.name)) return fail('aws.credentials-expired', say`The credentials of ${where} have expired.`, say`Sign in again, e.g. with: aws sso login --profile ${call.profile}`);
  if (refused.has(facts.name)) return fail('aws.credentials-refused', say`AWS does not accept the credentials of ${where}.`, say`Check the access key of the profile, and that the region is enabled for the account.`);
  if (clockSkew.has(facts.name)) return fail('aws.credentials-refused', say`AWS refuses requests of ${where} because this computer's clock is wrong.`, say`Set the clock of this computer.`);
  if (throttled.has(facts.name) || facts.httpStatus === 429) return fail('aws.throttled', say`${call.action} is throttled by AWS for ${where}.`, say`Wait a minute and refresh.`, true);
  if (regionUnknown.has(facts.name)) return fail('aws.region-unknown', say`The region ${call.region} is not known or not enabled for profile ${call.profile}.`, say`Check the spelling of the region, or enable it in the account settings.`);
  if (noCredentials.has(facts.name)) return fail('aws.no-credentials', say`No credentials were found for profile ${call.profile}.`, say`Add keys or a sign-in to the profile, e.g. with: aws configure --profile ${call.profile}`);
  if (notFound.has(facts.name)) return fail('instance.not-found', say`${call.target ?? say`The instance`} is not known to ${call.action.split(':')[0] ?? call.action} for ${where}.`, say`Refresh the list; it may have been terminated, or it is not registered with Systems Manager.`);
  if (facts.name === 'TargetNotConnected') return fail('ssm.target-not-connected', say`${call.target ?? say`The instance`} is not connected to Systems Manager.`, say`Check that the SSM agent runs, that the instance has an instance profile for Systems Manager, and that it can reach the service on port 443.`, true);
  return networkError(facts, call, fail) ?? otherError(facts, call, where, thrown, fail);
}

/** Whether AWS refused a call for being made too often. */
export function isThrottling(thrown: unknown): boolean {
  const { name, httpStatus } = factsOf(thrown);
  return throttled.has(name) || httpStatus === 429;
}

type Fail = (code: ErrorCode, message: string, remedy?: string, retryable?: boolean) => PosternError;

function networkError(facts: Facts, call: AwsCall, fail: Fail): PosternError | undefined {
  const { code = '' } = facts;
  if (noName.has(code)) return fail('aws.endpoint-unreachable', say`There is no address for ${call.endpoint}.`, say`Check the network connection, and that ${call.region} is the name of a region.`, true);
  if (facts.name === 'TimeoutError' && !noConnection.has(code)) return fail('aws.endpoint-unreachable', say`${call.endpoint} did not answer ${call.action} in time.`, say`Check the network connection, a proxy or firewall, and the endpoint.`, true);
  if (noConnection.has(code)) return fail('aws.endpoint-unreachable', say`No connection to ${call.endpoint} (${code}).`, say`Check the network connection and the endpoint of the profile.`, true);
  if (certificate.test(code)) return fail('aws.endpoint-unreachable', say`The certificate of ${call.endpoint} is not trusted (${code}).`, say`If a proxy inspects TLS here, name its certificate in NODE_EXTRA_CA_CERTS.`);
  if (notHttp.test(code)) return notAws(call, fail);
  return undefined;
}

function otherError(facts: Facts, call: AwsCall, where: string, thrown: unknown, fail: Fail): PosternError {
  if (thrown instanceof XmlScanError || thrown instanceof SyntaxError) return notAws(call, fail);
  // An answer that is not in AWS's form: a proxy's page, a sign-in page, another server.
  if (facts.answered && !facts.fromAws) return notAws(call, fail, facts.httpStatus);
  if (facts.fromAws) return fail('aws.failed', say`${call.action} failed for ${where}: ${facts.name}.`, say`Look the error up in the AWS documentation of the call; the request id helps AWS support.`, (facts.httpStatus ?? 0) >= 500);
  return toPosternError(thrown);
}

function notAws(call: AwsCall, fail: Fail, httpStatus?: number): PosternError {
  const status = httpStatus === undefined || httpStatus < 300 ? '' : say` (HTTP ${httpStatus})`;
  return fail('aws.endpoint-not-aws', say`${call.endpoint} did not answer ${call.action} as AWS does${status}.`, say`Check the endpoint URL, and whether a proxy or a sign-in page answers instead of AWS.`, (httpStatus ?? 0) >= 500);
}

function factsOf(thrown: unknown): Facts {
  const error: Readonly<Record<string, unknown>> = typeof thrown === 'object' && thrown !== null ? Object.fromEntries(['name', 'code', 'Code', '$fault', '$metadata', '$response'].map((key) => [key, Reflect.get(thrown, key)])) : {};
  const metadata: Readonly<Record<string, unknown>> = isRecord(error['$metadata']) ? error['$metadata'] : {};
  const name = typeof error['name'] === 'string' ? error['name'] : '';
  const httpStatus = typeof metadata['httpStatusCode'] === 'number' ? metadata['httpStatusCode'] : undefined;
  return {
    name,
    code: typeof error['code'] === 'string' ? error['code'] : undefined,
    httpStatus,
    requestId: typeof metadata['requestId'] === 'string' ? metadata['requestId'] : undefined,
    fromAws: error['$fault'] !== undefined && !/^(Unknown|UnknownError|NotFound|Error|\d+)$/.test(name),
    answered: httpStatus !== undefined || error['$response'] !== undefined,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
