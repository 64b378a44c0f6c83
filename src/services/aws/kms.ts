/**
 * The one KMS call of a client: a data key for a session that its account wants encrypted. Signed here, to save a client of the SDK.
 */
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { Secret } from '../base/secret.ts';
import { toAwsError } from './awsErrors.ts';
import type { ScopeClients } from './clients.ts';

const DATA_KEY_BYTES = 64;
/** KMS answers with less than 1 KiB. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** The agent waits 15 seconds for the end of it all. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface GeneratedDataKey {
  readonly plaintext: Secret;
  readonly ciphertextBlob: Uint8Array;
}

/**
 * A key of 64 bytes, in clear and encrypted under the KMS key.
 *
 * @param request `keyId` is an ARN; whoever decrypts must show the same encryption context
 * @throws PosternError any `aws.*` code, `cancelled`
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html
 */
export async function generateDataKey(clients: ScopeClients, request: { readonly keyId: string; readonly encryptionContext: Readonly<Record<string, string>> }, signal: AbortSignal): Promise<GeneratedDataKey> {
  const call = clients.call('kms', 'GenerateDataKey', request.keyId);
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await clients.credentials();
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    const endpoint = new URL(call.endpoint);
    const body = JSON.stringify({ KeyId: request.keyId, NumberOfBytes: DATA_KEY_BYTES, EncryptionContext: request.encryptionContext });
    const signer = new SignatureV4({ service: 'kms', region: call.region, credentials, sha256: Sha256 });
    const signed = await signer.sign({
      method: 'POST',
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      path: endpoint.pathname,
      query: {},
      headers: { host: endpoint.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.GenerateDataKey' },
      body,
    });
    const { status, requestId, json } = await send(endpoint, signed.headers, body, signal);
    if (status !== 200) throw toServiceError(status, json, requestId);
    const [plaintext, ciphertextBlob] = [json?.['Plaintext'], json?.['CiphertextBlob']];
    if (typeof plaintext !== 'string' || typeof ciphertextBlob !== 'string') throw toServiceError(status, undefined, undefined);
    return { plaintext: new Secret(Buffer.from(plaintext, 'base64')), ciphertextBlob: Buffer.from(ciphertextBlob, 'base64') };
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`${call.action} was cancelled.` }, { cause: thrown });
    throw toAwsError(thrown, call);
  }
}

interface Answer {
  readonly status: number;
  readonly requestId: string | undefined;
  /** Absent: no JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** On a connection of its own: one call a session is not worth keeping one open. */
async function send(endpoint: URL, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<Answer> {
  // Loaded here: TLS would be 12 ms of every start.
  const { request } = await (endpoint.protocol === 'http:' ? import('node:http') : import('node:https'));
  const sending = request(endpoint, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) }, agent: false, timeout: ANSWER_TIMEOUT_MS, signal });
  sending.once('timeout', () => sending.destroy(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })));
  sending.end(body);
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  const requestId = answer.headers['x-amzn-requestid'];
  return { status: answer.statusCode ?? 0, requestId: typeof requestId === 'string' ? requestId : undefined, json: parseObject(Buffer.concat(chunks).toString('utf8')) };
}

/** In the form of the SDK's errors, which `toAwsError` reads. */
function toServiceError(httpStatusCode: number, json: Readonly<Record<string, unknown>> | undefined, requestId: string | undefined): Error {
  const type = json?.['__type'];
  const name = typeof type === 'string' ? (type.split('#').at(-1) ?? type) : undefined;
  const metadata = { httpStatusCode, ...(requestId === undefined ? {} : { requestId }) };
  return Object.assign(new Error(name ?? `HTTP status ${httpStatusCode}`), { name: name ?? 'Unknown', $metadata: metadata }, name === undefined ? {} : { $fault: httpStatusCode >= 500 ? 'server' : 'client' });
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    // Not AWS's form: told as an endpoint that is not AWS.
    return undefined;
  }
}
