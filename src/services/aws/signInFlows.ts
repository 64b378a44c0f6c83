/**
 * Signing in to Identity Center: in a browser of this computer (authorization code with PKCE), or anywhere with a code to compare
 * (device authorization). Requests, registrations and the redirect are those of AWS CLI v2, whose cache is shared.
 *
 * Nothing here opens a browser: the address is shown, and the person opens it.
 * @see RFC 8628 (device authorization), RFC 7636 (PKCE), RFC 8252 section 7.3 (loopback redirect)
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignInMethod } from '../../contract/account.ts';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import { toAwsError } from './awsErrors.ts';
import { credentialRequests } from './credentialRequests.ts';
import { endpointOf, notIdentityCenter, type SignInPlace } from './identityCenter.ts';
import { cacheFolder, readRegistration, writeRegistration, writeToken, type Registration } from './identityCenterCache.ts';
import { openLoopbackRedirect, REDIRECT_PATH } from './loopbackRedirect.ts';
import { signInName } from './signInSource.ts';

/** A registration this near its end is made anew. */
const REGISTRATION_AHEAD_MS = 15 * 60_000;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const BROWSER_GRANTS = ['authorization_code', 'refresh_token'];
/** What the AWS CLI asks for where the session names no scopes. */
const DEFAULT_SCOPES = ['sso:account:access'];
/** RFC 8628 section 3.5: the wait where none is said, and what each `slow_down` adds. */
const DEFAULT_POLL_MS = 5_000;
const SLOW_DOWN_MS = 5_000;
/** As long as the AWS CLI waits for the browser to come back. */
const BROWSER_LIMIT_MS = 10 * 60_000;

export interface SignInPage {
  readonly method: SignInMethod;
  readonly url: string;
  readonly userCode?: string;
  readonly expiresAtMs: number;
}

export interface SignInOptions {
  readonly place: SignInPlace;
  readonly method: SignInMethod;
  readonly clock: Clock;
  /** The page is ready to be opened, by the person. */
  readonly onPage: (page: SignInPage) => void;
  readonly signal: AbortSignal;
  /** For tests: what a second of waiting takes. */
  readonly msPerSecond?: number;
}

/**
 * Sign in and keep the token in the AWS CLI's cache. Returns once the person has agreed in the browser.
 *
 * @throws PosternError `aws.sign-in-needed` when they refused or took too long, `aws.endpoint-*`, `data.write-failed`, `cancelled`
 */
export async function signIn(options: SignInOptions): Promise<void> {
  const { place, signal } = options;
  const endpoint = endpointOf('sso-oidc', place);
  const { SSOOIDCClient } = await import('@aws-sdk/client-sso-oidc');
  const client = new SSOOIDCClient({ ...(await credentialRequests(endpoint)), region: place.source.region });
  try {
    // The older form has no session to register a redirect for, and the AWS CLI uses the code there as well.
    await (options.method === 'browser' ? signInByBrowser(client, options) : signInByCode(client, options));
  } catch (thrown) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The sign-in to ${signInName(place.source)} was given up.` }, { cause: thrown });
    if (thrown instanceof Error && thrown.name === 'ExpiredTokenException') throw notSignedIn(place, say`The page was not answered in time.`, thrown);
    if (thrown instanceof Error && thrown.name === 'InvalidGrantException') throw notSignedIn(place, say`Identity Center no longer takes the code.`, thrown);
    if (thrown instanceof Error && thrown.name === 'AccessDeniedException') throw notSignedIn(place, say`The request was refused in the browser.`, thrown);
    throw toAwsError(thrown, { action: 'sso-oidc:CreateToken', profile: signInName(place.source), region: place.source.region, endpoint: endpoint ?? say`Identity Center in ${place.source.region}` });
  } finally {
    client.destroy();
  }
}

type OidcClient = InstanceType<typeof import('@aws-sdk/client-sso-oidc').SSOOIDCClient>;

async function signInByCode(client: OidcClient, { place, clock, onPage, signal, msPerSecond = 1000 }: SignInOptions): Promise<void> {
  const { CreateTokenCommand, StartDeviceAuthorizationCommand } = await import('@aws-sdk/client-sso-oidc');
  const registration = await registrationFor(client, place, 'code', clock, signal);
  const { clientId } = registration;
  const clientSecret = registration.clientSecret.revealText();
  const device = await client.send(new StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl: place.source.startUrl }), { abortSignal: signal });
  const { deviceCode, userCode, verificationUri, verificationUriComplete, expiresIn } = device;
  const url = verificationUriComplete ?? verificationUri;
  if (deviceCode === undefined || url === undefined) throw notIdentityCenter(place.source.startUrl);
  const expiresAtMs = clock.now() + (expiresIn ?? 600) * 1000;
  onPage({ method: 'code', url: webAddress(url), ...(userCode === undefined ? {} : { userCode }), expiresAtMs });
  let pollMs = device.interval === undefined ? DEFAULT_POLL_MS : device.interval * 1000;
  for (;;) {
    await sleep((pollMs / 1000) * msPerSecond, undefined, { signal });
    if (clock.now() > expiresAtMs) throw notSignedIn(place, say`The page was not answered in time.`);
    try {
      const answer = await client.send(new CreateTokenCommand({ grantType: DEVICE_GRANT, clientId, clientSecret, deviceCode }), { abortSignal: signal });
      await keep(place, registration, answer, clock);
      return;
    } catch (thrown) {
      const name = thrown instanceof Error ? thrown.name : '';
      if (name === 'SlowDownException') pollMs += SLOW_DOWN_MS;
      else if (name !== 'AuthorizationPendingException') throw thrown;
    }
  }
}

async function signInByBrowser(client: OidcClient, { place, clock, onPage, signal }: SignInOptions): Promise<void> {
  const { CreateTokenCommand } = await import('@aws-sdk/client-sso-oidc');
  const registration = await registrationFor(client, place, 'browser', clock, signal);
  const { clientId } = registration;
  // 64 of RFC 7636's unreserved characters.
  const codeVerifier = randomBytes(48).toString('base64url');
  const state = randomUUID();
  const redirect = await openLoopbackRedirect(state);
  try {
    const url = new URL('/authorize', oidcAddress(client, place));
    const query = { response_type: 'code', client_id: clientId, redirect_uri: redirect.url, state, code_challenge_method: 'S256', scopes: (place.source.scopes ?? DEFAULT_SCOPES).join(' '), code_challenge: createHash('sha256').update(codeVerifier).digest('base64url') };
    url.search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    onPage({ method: 'browser', url: webAddress(url.href), expiresAtMs: clock.now() + BROWSER_LIMIT_MS });
    const returned = await redirect.code(AbortSignal.any([signal, AbortSignal.timeout(BROWSER_LIMIT_MS)]));
    if (returned.name === 'refused') throw notSignedIn(place, say`The request was refused in the browser.`);
    if (returned.name === 'ended') throw notSignedIn(place, say`The page was not answered in time.`);
    const answer = await client.send(new CreateTokenCommand({ grantType: 'authorization_code', clientId, clientSecret: registration.clientSecret.revealText(), redirectUri: redirect.url, code: returned.code, codeVerifier }), { abortSignal: signal });
    await keep(place, registration, answer, clock);
  } finally {
    await redirect.close();
  }
}

/** The client of the cache where it fits the way, else a new one that is kept there. */
async function registrationFor(client: OidcClient, { cloud, source }: SignInPlace, method: SignInMethod, clock: Clock, signal: AbortSignal): Promise<Registration> {
  const folder = cacheFolder(cloud);
  const kept = await readRegistration(folder, source);
  const keptMethod = kept?.grantTypes?.includes('authorization_code') === true ? 'browser' : 'code';
  if (kept !== undefined && keptMethod === method && kept.expiresAtMs - clock.now() > REGISTRATION_AHEAD_MS) return kept;
  const { RegisterClientCommand } = await import('@aws-sdk/client-sso-oidc');
  const scopes = method === 'browser' ? [...(source.scopes ?? DEFAULT_SCOPES)] : source.scopes === undefined ? undefined : [...source.scopes];
  const browser = method === 'browser' ? { grantTypes: BROWSER_GRANTS, redirectUris: [`http://127.0.0.1${REDIRECT_PATH}`], issuerUrl: source.startUrl } : {};
  const clientName = `postern-${source.name ?? Math.floor(clock.now() / 1000)}`;
  const answer = await client.send(new RegisterClientCommand({ clientName, clientType: 'public', ...(scopes === undefined ? {} : { scopes }), ...browser }), { abortSignal: signal });
  if (answer.clientId === undefined || answer.clientSecret === undefined || answer.clientSecretExpiresAt === undefined) throw notIdentityCenter(source.startUrl);
  const registration: Registration = {
    clientId: answer.clientId,
    clientSecret: Secret.fromText(answer.clientSecret),
    expiresAtMs: answer.clientSecretExpiresAt * 1000,
    scopes,
    ...(method === 'browser' ? { grantTypes: BROWSER_GRANTS } : {}),
  };
  await writeRegistration(folder, source, registration);
  return registration;
}

async function keep({ cloud, source }: SignInPlace, registration: Registration, answer: { readonly accessToken?: string | undefined; readonly expiresIn?: number | undefined; readonly refreshToken?: string | undefined }, clock: Clock): Promise<void> {
  if (answer.accessToken === undefined || answer.expiresIn === undefined) throw notIdentityCenter(source.startUrl);
  await writeToken(cacheFolder(cloud), source, {
    accessToken: Secret.fromText(answer.accessToken),
    expiresAtMs: clock.now() + answer.expiresIn * 1000,
    ...(answer.refreshToken === undefined ? {} : { refreshToken: Secret.fromText(answer.refreshToken) }),
    registration,
  });
}

/** Where the client's calls go: the page to authorize on is there too, in no model of the SDK's. */
function oidcAddress(client: OidcClient, { cloud, files, source }: SignInPlace): string {
  return endpointOf('sso-oidc', { cloud, files, source }) ?? client.config.endpointProvider({ Region: source.region, UseFIPS: false, UseDualStack: false }).url.href;
}

/** The address comes from a service and will be opened: nothing but a web page. */
function webAddress(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new PosternError({ code: 'aws.endpoint-not-aws', message: say`Identity Center named a page to sign in on that is no web page.`, remedy: say`Check the endpoint of the sign-in.` });
  return new URL(url).href;
}

function notSignedIn({ source }: SignInPlace, why: string, cause?: unknown): PosternError {
  return new PosternError({ code: 'aws.sign-in-needed', message: say`Not signed in to ${signInName(source)}: ${why}`, remedy: say`Begin the sign-in again.`, retryable: true }, { cause });
}
