/**
 * The demo's sso-oidc: RegisterClient, StartDeviceAuthorization, CreateToken, and the two pages a person answers in a browser.
 *
 * @see https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
 */
import type { IncomingMessage } from 'node:http';
import { escapeXml } from './xml.ts';
import type { DemoIdentityCenter } from './identityCenter.ts';
import { jsonAnswer, pageAnswer, type UnsignedAnswer, type UnsignedRoutes } from './unsignedRoutes.ts';

type Input = Readonly<Record<string, unknown>>;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** AWS's name of the exception, and OAuth's of the error. */
const errors = {
  AuthorizationPendingException: 'authorization_pending',
  SlowDownException: 'slow_down',
  ExpiredTokenException: 'expired_token',
  InvalidGrantException: 'invalid_grant',
  InvalidClientException: 'invalid_client',
  InvalidRequestException: 'invalid_request',
  InvalidRedirectUriException: 'invalid_redirect_uri',
  AccessDeniedException: 'access_denied',
  UnsupportedGrantTypeException: 'unsupported_grant_type',
} as const;

export function createOidcRoutes(center: DemoIdentityCenter, address: () => string, clock: { now(): number }): UnsignedRoutes {
  const routes: Readonly<Record<string, (input: Input, url: URL) => UnsignedAnswer>> = {
    'POST /client/register'(input) {
      const redirectUris = texts(input['redirectUris']);
      if (typeof input['clientName'] !== 'string' || input['clientType'] !== 'public') return failure('RegisterClient', 'InvalidRequestException');
      if (redirectUris.some((uri) => !URL.canParse(uri) || new URL(uri).hostname !== '127.0.0.1')) return failure('RegisterClient', 'InvalidRedirectUriException');
      const { clientId, clientSecret, expiresAtMs } = center.register({ redirectUris, grantTypes: texts(input['grantTypes']), issuerUrl: text(input['issuerUrl']) });
      return jsonAnswer('sso-oauth:RegisterClient', { clientId, clientSecret, clientIdIssuedAt: seconds(clock.now()), clientSecretExpiresAt: seconds(expiresAtMs) });
    },
    'POST /device_authorization'(input) {
      const client = clientOf(input);
      if (client === undefined) return failure('StartDeviceAuthorization', 'InvalidClientException', 401);
      if (input['startUrl'] !== center.startUrl()) return failure('StartDeviceAuthorization', 'InvalidRequestException');
      const { deviceCode, userCode } = center.authorizeDevice(client.clientId);
      const verificationUri = `${address()}/device`;
      return jsonAnswer('sso-oauth:StartDeviceAuthorization', { deviceCode, userCode, verificationUri, verificationUriComplete: `${verificationUri}?user_code=${userCode}`, expiresIn: center.settings.deviceSeconds, interval: center.settings.intervalSeconds });
    },
    'POST /token'(input) {
      const client = clientOf(input);
      if (client === undefined) return failure('CreateToken', 'InvalidClientException', 401);
      switch (input['grantType']) {
        case DEVICE_GRANT:
          return deviceToken(input, client.clientId);
        case 'authorization_code':
          return token(center.redeemCode(text(input['code']) ?? '', client.clientId, text(input['redirectUri']) ?? '', text(input['codeVerifier']) ?? ''));
        case 'refresh_token':
          return token(center.refresh(text(input['refreshToken']) ?? '', client.clientId));
        default:
          return failure('CreateToken', 'UnsupportedGrantTypeException');
      }
    },
    'GET /device': (_input, url) => devicePage(url.searchParams.get('user_code') ?? ''),
    'POST /device'(input) {
      const device = center.byUserCode(text(input['user_code']) ?? '');
      if (device === undefined) return pageAnswer('<h1>That code is not known.</h1>', 404);
      device.outcome = input['answer'] === 'allow' ? 'approved' : 'denied';
      return pageAnswer(device.outcome === 'approved' ? '<h1>Request approved</h1><p>You can close this page.</p>' : '<h1>Request denied</h1>');
    },
    'GET /authorize'(_input, { searchParams }) {
      const wanted = readAuthorize(searchParams);
      if (wanted === undefined) return pageAnswer('<h1>This request is not valid.</h1>', 400);
      const hidden = [...searchParams].map(([name, value]) => `<input type="hidden" name="${escapeXml(name)}" value="${escapeXml(value)}">`).join('');
      return pageAnswer(`<h1>Allow Postern to access your data?</h1><form method="post" action="/authorize">${hidden}<button name="answer" value="allow">Allow access</button> <button name="answer" value="deny">Deny access</button></form>`);
    },
    'POST /authorize'(input) {
      const wanted = readAuthorize(new URLSearchParams(Object.entries(input).map(([name, value]): [string, string] => [name, String(value)])));
      if (wanted === undefined) return pageAnswer('<h1>This request is not valid.</h1>', 400);
      const back = new URL(wanted.redirectUri);
      if (input['answer'] === 'allow') back.searchParams.set('code', center.authorizationCode(wanted));
      else back.searchParams.set('error', 'access_denied');
      back.searchParams.set('state', wanted.state);
      return { status: 302, headers: { location: back.href }, body: '', outcome: 'ok' };
    },
  };

  const clientOf = (input: Input) => center.client(text(input['clientId']) ?? '', text(input['clientSecret']) ?? '');

  function deviceToken(input: Input, clientId: string): UnsignedAnswer {
    const device = center.device(text(input['deviceCode']) ?? '');
    if (device === undefined || device.clientId !== clientId || device.outcome === 'used') return failure('CreateToken', 'InvalidGrantException');
    if (device.expiresAtMs < clock.now()) return failure('CreateToken', 'ExpiredTokenException');
    if (center.settings.slowDowns > 0) {
      center.settings.slowDowns -= 1;
      return failure('CreateToken', 'SlowDownException');
    }
    if (device.outcome === 'denied') return failure('CreateToken', 'AccessDeniedException');
    if (device.outcome === 'pending') return failure('CreateToken', 'AuthorizationPendingException');
    device.outcome = 'used';
    return token(center.grant(clientId));
  }

  function devicePage(userCode: string): UnsignedAnswer {
    return pageAnswer(`<h1>Authorization requested</h1><p>Allow only when the program shows this code:</p><p><code>${escapeXml(userCode)}</code></p><form method="post" action="/device"><input type="hidden" name="user_code" value="${escapeXml(userCode)}"><button name="answer" value="allow">Confirm and continue</button> <button name="answer" value="deny">Cancel</button></form>`);
  }

  function readAuthorize(query: URLSearchParams) {
    const client = center.client(query.get('client_id') ?? '');
    const redirectUri = query.get('redirect_uri') ?? '';
    const codeChallenge = query.get('code_challenge') ?? '';
    const state = query.get('state') ?? '';
    const fits = query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256' && codeChallenge !== '' && (query.get('scopes') ?? '') !== '';
    if (client === undefined || !fits || !client.grantTypes.includes('authorization_code') || client.issuerUrl !== center.startUrl() || !center.allowsRedirect(client, redirectUri)) return undefined;
    return { clientId: client.clientId, redirectUri, codeChallenge, state };
  }

  return (request, body) => {
    const url = new URL(request.url ?? '/', address());
    const route = routes[`${request.method ?? ''} ${url.pathname}`];
    return route?.(readInput(request, body), url);
  };
}

function token(issued: ReturnType<DemoIdentityCenter['redeemCode']>): UnsignedAnswer {
  return issued === undefined ? failure('CreateToken', 'InvalidGrantException') : jsonAnswer('sso-oauth:CreateToken', { ...issued, tokenType: 'Bearer' });
}

function failure(operation: string, name: keyof typeof errors, status = 400): UnsignedAnswer {
  return { status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': name }, body: JSON.stringify({ error: errors[name], error_description: `${name} of the demo` }), action: `sso-oauth:${operation}`, outcome: name };
}

/** A program sends JSON, a page's form sends a form. */
function readInput(request: IncomingMessage, body: Buffer): Input {
  if ((request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body.toString()));
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === 'object' && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
