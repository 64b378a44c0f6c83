/**
 * The demo cloud's one HTTP endpoint on loopback: every service and region, told apart by what a request is signed for.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../services/base/clock.ts';
import type { Log } from '../services/base/log.ts';
import { AwsError } from './awsError.ts';
import type { Answer } from './awsProtocols.ts';
import type { AwsService } from './awsService.ts';
import type { RegionEstate } from './estateModel.ts';
import type { Faults } from './faults.ts';
import type { Caller } from './identities.ts';
import { readCredentialScope, verifySigV4 } from './sigV4.ts';
import type { SigningCredentials } from './sigV4.ts';
import type { UnsignedRoutes } from './unsignedRoutes.ts';

/** More than any request of these services. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Whom a request is from, and what that one sees. */
export interface EndpointAccount {
  readonly accountId: string;
  readonly services: readonly AwsService[];
  readonly regions: readonly RegionEstate[];
  readonly credentials: SigningCredentials;
  /** Who the credentials belong to. */
  readonly callerArn: string;
  /** Who calls: the user, or the session of a role. */
  readonly caller: Caller;
  /** When the credentials end; absent: never. */
  readonly expiresAtMs?: number;
}

export interface AwsEndpointOptions {
  /** The account of an access key. One that is nobody's is looked at as the demo's own, which then refuses it. */
  readonly accountOf: (accessKeyId: string | undefined) => EndpointAccount;
  /** What needs no signature. */
  readonly unsigned: UnsignedRoutes;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly log: Log;
}

export interface AwsEndpoint {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((cause: unknown) => {
      options.log.warn('the demo endpoint could not answer', { cause });
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: AwsEndpointOptions): Promise<void> {
  const { faults, log } = options;
  const requestId = randomUUID();
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const unsigned = request.headers.authorization === undefined ? options.unsigned(request, body) : undefined;
  if (unsigned !== undefined) {
    if (faults.latencyMs > 0) await sleep(faults.latencyMs, undefined, { ref: false });
    if (unsigned.action !== undefined) faults.calls.push({ action: unsigned.action, region: '', outcome: unsigned.outcome });
    response.writeHead(unsigned.status, { ...unsigned.headers, 'content-length': Buffer.byteLength(unsigned.body), 'cache-control': 'no-store', 'x-amzn-requestid': requestId }).end(unsigned.body);
    return;
  }
  const claimed = readCredentialScope({ headers: request.headersDistinct });
  const account = options.accountOf(claimed?.accessKeyId);
  const service = serviceOf(request, body, claimed?.service, account.services);
  if (faults.latencyMs > 0) await sleep(faults.latencyMs, undefined, { ref: false });

  const region = claimed?.region ?? '';
  let action: `${string}:${string}` = `${service.name}:unknown`;
  let status = 200;
  let outcome = 'ok';
  let content: Answer;
  try {
    const call = service.read(request, body);
    action = call.action;
    content = await perform(call, request, body, service, account, requestId, options);
  } catch (cause) {
    const error = cause instanceof AwsError ? cause : new AwsError('InternalError', 'An internal error has occurred.', 500);
    if (error !== cause) log.warn('the demo cloud failed', { action, cause });
    status = error.status;
    outcome = error.code;
    content = service.toErrorAnswer(error, requestId);
  }
  faults.calls.push({ action, region, outcome });
  log.debug('demo call', { action, region, outcome });
  response.writeHead(status, {
    'content-type': content.contentType,
    'content-length': Buffer.byteLength(content.body),
    'cache-control': 'no-cache, no-store',
    'x-amzn-requestid': requestId,
  });
  response.end(content.body);
}

async function perform(call: ReturnType<AwsService['read']>, request: IncomingMessage, body: Buffer, service: AwsService, account: EndpointAccount, requestId: string, options: AwsEndpointOptions): Promise<Answer> {
  const { faults, clock } = options;
  const { credentials, callerArn, accountId } = account;
  const what = { callerArn, action: call.action };
  const nowMs = clock.now();
  const [home] = account.regions;
  // The one call that proves itself by a token of another identity provider.
  if (call.action === 'sts:AssumeRoleWithWebIdentity' && call.run !== undefined && home !== undefined) return call.run(home, requestId, account.caller);
  const verdict = verifySigV4({ method: request.method ?? '', target: request.url ?? '/', headers: request.headersDistinct, body }, credentials, nowMs);
  if (!verdict.valid) throw service.toError(verdict.fault, what);
  const region = regionOf(verdict.scope.region, service, account.regions);
  // A region that is not switched on does not know the account's keys.
  if (verdict.scope.service !== service.name || region === undefined) throw service.toError('unknown-key', what);
  if (faults.expiredToken || (account.expiresAtMs ?? Infinity) < nowMs) throw service.toError('expired-token', what);
  if (call.run === undefined) throw service.toError('unknown-action', what);
  if (!faults.takeToken(call.action, region.region, nowMs, { accountId, narrowed: isNarrowed(body) })) throw service.toError('throttled', what);
  const failure = faults.takeFailure(call.action, region.region);
  if (failure !== undefined) throw new AwsError(failure.code, failure.message ?? `The demo cloud was told to fail ${call.action}.`, failure.status);
  if (faults.isDenied(call.action)) throw service.toError('denied', what);
  return call.run(region, requestId, account.caller);
}

/** Whether an EC2 call asks for a page or by a filter. */
function isNarrowed(body: Buffer): boolean {
  return body.includes('MaxResults=') || body.includes('Filter.1.');
}

/** STS and IAM are one for all regions, signed for us-east-1 or any of them. */
function regionOf(name: string, service: AwsService, regions: readonly RegionEstate[]): RegionEstate | undefined {
  return regions.find(({ region }) => region === name) ?? (service.name === 'sts' || service.name === 'iam' ? regions[0] : undefined);
}

/** The service it is signed for; unsigned, the one whose format it speaks. */
function serviceOf(request: IncomingMessage, body: Buffer, signedFor: string | undefined, services: readonly AwsService[]): AwsService {
  const spoken = request.headers['x-amz-target'] !== undefined ? 'ssm' : body.includes('Version=2011-06-15') ? 'sts' : 'ec2';
  const service = services.find(({ name }) => name === signedFor) ?? services.find(({ name }) => name === spoken);
  if (service === undefined) throw new Error(`the demo has no service ${spoken}`);
  return service;
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
