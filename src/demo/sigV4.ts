/**
 * Verifies AWS Signature Version 4, independently of the SDK's signer: the demo cloud refuses what AWS would refuse.
 *
 * The Authorization header form, and the query string form of a WebSocket URL.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../services/base/secret.ts';

/** AWS refuses a request whose X-Amz-Date is further than this from its own clock. */
export const CLOCK_SKEW_LIMIT_MS = 15 * 60 * 1000;

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as they came over the wire. */
  readonly target: string;
  /** Lower-cased names; repeated headers in order. Node's `headersDistinct`. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret;
}

export interface CredentialScope {
  readonly accessKeyId: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export type SigV4Fault = 'missing' | 'incomplete' | 'unknown-key' | 'wrong-token' | 'clock-skew' | 'wrong-signature';

export type SigV4Verdict =
  | { readonly valid: true; readonly scope: CredentialScope }
  | { readonly valid: false; readonly fault: SigV4Fault; readonly scope?: CredentialScope };

interface Authorization {
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** The key, date, region and service a request claims to be signed for; undefined without a readable Authorization header. */
export function readCredentialScope(request: Pick<SignedRequest, 'headers'>): CredentialScope | undefined {
  return readAuthorization(request)?.scope;
}

/** Whether `request` was signed with `credentials`, within 15 minutes of `nowMs`. */
export function verifySigV4(request: SignedRequest, credentials: SigningCredentials, nowMs: number): SigV4Verdict {
  if (headerOf(request, 'authorization') === undefined) return { valid: false, fault: 'missing' };
  const authorization = readAuthorization(request);
  if (authorization === undefined) return { valid: false, fault: 'incomplete' };
  const { scope, signedHeaders } = authorization;
  const refuse = (fault: SigV4Fault): SigV4Verdict => ({ valid: false, fault, scope });

  const date = headerOf(request, 'x-amz-date');
  const signedAtMs = date === undefined ? undefined : readAmzDate(date);
  if (date === undefined || signedAtMs === undefined || !date.startsWith(scope.date)) return refuse('incomplete');
  if (!signedHeaders.includes('host')) return refuse('incomplete');
  // An unsigned X-Amz-* header could have been added on the way.
  if (Object.keys(request.headers).some((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name))) return refuse('incomplete');

  if (scope.accessKeyId !== credentials.accessKeyId) return refuse('unknown-key');
  if (headerOf(request, 'x-amz-security-token') !== credentials.sessionToken?.revealText()) return refuse('wrong-token');
  if (Math.abs(nowMs - signedAtMs) > CLOCK_SKEW_LIMIT_MS) return refuse('clock-skew');

  const bodyHash = sha256(request.body);
  const claimedHash = headerOf(request, 'x-amz-content-sha256');
  if (claimedHash !== undefined && claimedHash !== bodyHash) return refuse('wrong-signature');
  const canonicalRequest = toCanonicalRequest(request, signedHeaders, bodyHash);
  return isSignature(authorization.signature, canonicalRequest, date, scope, credentials) ? { valid: true, scope } : refuse('wrong-signature');
}

/** Whether the query of a bodiless `GET` was signed with `credentials`, no longer ago than it says itself. */
export function verifyPresigned(request: Omit<SignedRequest, 'body' | 'method'>, credentials: SigningCredentials, nowMs: number): SigV4Verdict {
  const queryAt = request.target.indexOf('?');
  const query = new URLSearchParams(queryAt < 0 ? '' : request.target.slice(queryAt + 1));
  const signature = query.get('X-Amz-Signature');
  if (signature === null) return { valid: false, fault: 'missing' };
  const scope = readScope(query.get('X-Amz-Credential') ?? '');
  const date = query.get('X-Amz-Date') ?? '';
  const signedAtMs = readAmzDate(date);
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const livesMs = Number(query.get('X-Amz-Expires')) * 1000;
  if (scope === undefined || signedAtMs === undefined || !date.startsWith(scope.date) || !signedHeaders.includes('host') || query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || !(livesMs > 0)) return { valid: false, fault: 'incomplete' };
  const refuse = (fault: SigV4Fault): SigV4Verdict => ({ valid: false, fault, scope });
  if (scope.accessKeyId !== credentials.accessKeyId) return refuse('unknown-key');
  if ((query.get('X-Amz-Security-Token') ?? undefined) !== credentials.sessionToken?.revealText()) return refuse('wrong-token');
  if (nowMs - signedAtMs > livesMs || signedAtMs - nowMs > CLOCK_SKEW_LIMIT_MS) return refuse('clock-skew');
  query.delete('X-Amz-Signature');
  const path = queryAt < 0 ? request.target : request.target.slice(0, queryAt);
  const canonicalRequest = toCanonicalRequest({ method: 'GET', target: `${path}?${query.toString()}`, headers: request.headers, body: new Uint8Array() }, signedHeaders, sha256(''));
  return isSignature(signature, canonicalRequest, date, scope, credentials) ? { valid: true, scope } : refuse('wrong-signature');
}

function isSignature(signature: string, canonicalRequest: string, date: string, scope: CredentialScope, credentials: SigningCredentials): boolean {
  const stringToSign = ['AWS4-HMAC-SHA256', date, `${scope.date}/${scope.region}/${scope.service}/aws4_request`, sha256(canonicalRequest)].join('\n');
  const expected = hmac(signingKey(credentials.secretAccessKey, scope), stringToSign);
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The text whose hash is signed. */
export function toCanonicalRequest(request: SignedRequest, signedHeaders: readonly string[], bodyHash: string): string {
  const queryAt = request.target.indexOf('?');
  const path = queryAt < 0 ? request.target : request.target.slice(0, queryAt);
  const query = queryAt < 0 ? '' : request.target.slice(queryAt + 1);
  return [
    request.method,
    toCanonicalPath(path),
    toCanonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? []).map((value) => value.trim().replace(/ +/g, ' ')).join(',')}`),
    '',
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
}

/** Every service but S3 encodes the path as it is on the wire once more. */
function toCanonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(uriEncode(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function toCanonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([key, value]) => [uriEncode(key), uriEncode(value)] as const)
    .sort((left, right) => byCodePoint(left[0], right[0]) || byCodePoint(left[1], right[1]))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** RFC 3986: everything but the unreserved characters, as UTF-8. */
function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function readAuthorization(request: Pick<SignedRequest, 'headers'>): Authorization | undefined {
  const match = /^AWS4-HMAC-SHA256\s+(.*)$/.exec(headerOf(request, 'authorization') ?? '');
  if (match?.[1] === undefined) return undefined;
  const parts = new Map(match[1].split(',').map((part) => {
    const text = part.trim();
    const equals = text.indexOf('=');
    return [text.slice(0, equals), text.slice(equals + 1)] as const;
  }));
  const scope = readScope(parts.get('Credential') ?? '');
  const signedHeaders = parts.get('SignedHeaders');
  const signature = parts.get('Signature');
  if (scope === undefined || !signedHeaders || !signature) return undefined;
  return { scope, signedHeaders: signedHeaders.split(';'), signature };
}

/** `AKIA.../20260101/eu-west-1/ec2/aws4_request` */
function readScope(credential: string): CredentialScope | undefined {
  const parts = credential.split('/');
  const [accessKeyId, date, region, service, terminator] = parts;
  return parts.length !== 5 || !accessKeyId || !date || !region || !service || terminator !== 'aws4_request' ? undefined : { accessKeyId, date, region, service };
}

function headerOf(request: Pick<SignedRequest, 'headers'>, name: string): string | undefined {
  return request.headers[name]?.[0];
}

/** `20150830T123600Z` as milliseconds since 1970. */
function readAmzDate(date: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1);
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function signingKey(secretAccessKey: Secret, scope: CredentialScope): Buffer {
  const dateKey = hmac(Buffer.concat([Buffer.from('AWS4'), secretAccessKey.reveal()]), scope.date);
  return hmac(hmac(hmac(dateKey, scope.region), scope.service), 'aws4_request');
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
