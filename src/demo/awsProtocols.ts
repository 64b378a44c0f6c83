/**
 * The three wire formats of the demo's services: EC2 Query, AWS Query and AWS JSON 1.1, each with its own names for the same faults.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import type { IncomingMessage } from 'node:http';
import { AwsError } from './awsError.ts';
import type { SigV4Fault } from './sigV4.ts';
import { toXml } from './xml.ts';
import type { XmlElements } from './xml.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly contentType: string;
  readonly body: string;
}

/** Faults every service has, whatever is asked. */
export type CommonFault = SigV4Fault | 'expired-token' | 'denied' | 'throttled' | 'unknown-action';

export interface AwsProtocol<Input, Output> {
  /** @throws AwsError when the body cannot be read */
  read(request: IncomingMessage, body: Buffer): { readonly action: string; readonly input: Input };
  toAnswer(action: string, output: Output, requestId: string): Answer;
  toErrorAnswer(error: AwsError, requestId: string): Answer;
  /** `what` is the caller and the action, for the sentence of a denial. */
  toError(fault: CommonFault, what: { readonly callerArn: string; readonly action: string }): AwsError;
}

const XML_TYPE = 'text/xml;charset=UTF-8';
const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const WRONG_SIGNATURE = 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const INVALID_TOKEN = 'The security token included in the request is invalid.';
const NO_TOKEN = 'Request is missing Authentication Token';
const INCOMPLETE = 'The request signature does not conform to AWS standards.';

function denial({ callerArn, action }: { callerArn: string; action: string }): string {
  return `User: ${callerArn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
}

function readForm(body: Buffer, version: string): { action: string; input: URLSearchParams } {
  const input = new URLSearchParams(body.toString('utf8'));
  const action = input.get('Action');
  if (action === null) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
  if (input.get('Version') !== version) throw new AwsError('NoSuchVersion', `The requested version (${input.get('Version') ?? ''}) of service is invalid`);
  return { action, input };
}

export const EC2_VERSION = '2016-11-15';
const EC2_NAMESPACE = `http://ec2.amazonaws.com/doc/${EC2_VERSION}/`;

export const ec2Query: AwsProtocol<URLSearchParams, XmlElements> = {
  read: (_request, body) => readForm(body, EC2_VERSION),
  toAnswer: (action, output, requestId) => ({
    contentType: XML_TYPE,
    body: `${XML_HEAD}<${action}Response xmlns="${EC2_NAMESPACE}"><requestId>${requestId}</requestId>${toXml(output)}</${action}Response>`,
  }),
  toErrorAnswer: (error, requestId) => ({
    contentType: XML_TYPE,
    body: `${XML_HEAD}<Response><Errors>${toXml({ Error: { Code: error.code, Message: error.message } })}</Errors><RequestID>${requestId}</RequestID></Response>`,
  }),
  toError(fault, what) {
    switch (fault) {
      case 'missing':
        return new AwsError('MissingAuthenticationToken', NO_TOKEN, 403);
      case 'incomplete':
        return new AwsError('IncompleteSignature', INCOMPLETE, 403);
      case 'unknown-key':
      case 'wrong-token':
        return new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
      case 'wrong-signature':
        return new AwsError('SignatureDoesNotMatch', WRONG_SIGNATURE, 403);
      case 'clock-skew':
      case 'expired-token':
        return new AwsError('RequestExpired', 'Request has expired.', 400);
      case 'denied':
        return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${denial(what)}`, 403);
      case 'throttled':
        return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
      case 'unknown-action':
        return new AwsError('InvalidAction', `The action ${what.action.split(':')[1] ?? ''} is not valid for this web service.`, 400);
    }
  },
};

/**
 * AWS Query, which differs by service in its version only.
 *
 * @param namespace without the version, e.g. `https://sts.amazonaws.com/doc`
 */
export function createAwsQuery(version: string, namespace: string): AwsProtocol<URLSearchParams, XmlElements> {
  const xmlns = `${namespace}/${version}/`;
  return {
    read: (_request, body) => readForm(body, version),
    toAnswer: (action, output, requestId) => ({
      contentType: 'text/xml',
      body: `<${action}Response xmlns="${xmlns}">${toXml({ [`${action}Result`]: output, ResponseMetadata: { RequestId: requestId } }, 'member')}</${action}Response>\n`,
    }),
    toErrorAnswer: (error, requestId) => ({
      contentType: 'text/xml',
      body: `<ErrorResponse xmlns="${xmlns}">${toXml({ Error: { Type: error.status < 500 ? 'Sender' : 'Receiver', Code: error.code, Message: error.message }, RequestId: requestId })}</ErrorResponse>\n`,
    }),
    toError(fault, what) {
      switch (fault) {
        case 'missing':
          return new AwsError('MissingAuthenticationToken', NO_TOKEN, 403);
        case 'incomplete':
          return new AwsError('IncompleteSignature', INCOMPLETE, 400);
        case 'unknown-key':
        case 'wrong-token':
          return new AwsError('InvalidClientTokenId', INVALID_TOKEN, 403);
        case 'wrong-signature':
          return new AwsError('SignatureDoesNotMatch', WRONG_SIGNATURE, 403);
        case 'clock-skew':
          return new AwsError('SignatureDoesNotMatch', 'Signature expired: the time of the request is further than 15 minutes from the time of this service.', 403);
        case 'expired-token':
          return new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
        case 'denied':
          return new AwsError('AccessDenied', denial(what), 403);
        case 'throttled':
          return new AwsError('Throttling', 'Rate exceeded', 400);
        case 'unknown-action':
          return new AwsError('InvalidAction', `Could not find operation ${what.action.split(':')[1] ?? ''} for version ${version}`, 400);
      }
    },
  };
}

export const awsQuery = createAwsQuery('2011-06-15', 'https://sts.amazonaws.com/doc');

export const awsJson: AwsProtocol<JsonObject, JsonObject> = {
  read(request, body) {
    const target = request.headers['x-amz-target'];
    const action = typeof target === 'string' ? target.split('.')[1] : undefined;
    if (action === undefined) throw new AwsError('UnknownOperationException', '');
    return { action, input: readJson(body) };
  },
  toAnswer: (_action, output) => ({ contentType: 'application/x-amz-json-1.1', body: JSON.stringify(output) }),
  toErrorAnswer: (error) => ({ contentType: 'application/x-amz-json-1.1', body: JSON.stringify({ __type: error.code, message: error.message }) }),
  toError(fault, what) {
    switch (fault) {
      case 'missing':
        return new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
      case 'incomplete':
        return new AwsError('IncompleteSignatureException', INCOMPLETE);
      case 'unknown-key':
      case 'wrong-token':
        return new AwsError('UnrecognizedClientException', INVALID_TOKEN);
      case 'wrong-signature':
        return new AwsError('InvalidSignatureException', WRONG_SIGNATURE);
      case 'clock-skew':
        return new AwsError('InvalidSignatureException', 'Signature expired: the time of the request is further than 15 minutes from the time of this service.');
      case 'expired-token':
        return new AwsError('ExpiredTokenException', 'The security token included in the request is expired');
      case 'denied':
        return new AwsError('AccessDeniedException', denial(what));
      case 'throttled':
        return new AwsError('ThrottlingException', 'Rate exceeded');
      case 'unknown-action':
        return new AwsError('UnknownOperationException', '');
    }
  },
};

function readJson(body: Buffer): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  return parsed as JsonObject;
}
