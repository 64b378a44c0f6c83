/**
 * The demo's Identity Center: clients, sign-ins by device code or in the browser, tokens, and the roles of one person.
 *
 * Its state and its fault switches; `oidcApi.ts` and `ssoApi.ts` put it on the wire.
 */
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Clock } from '../services/base/clock.ts';

export interface AssignedAccount {
  readonly accountId: string;
  readonly accountName: string;
  readonly roles: readonly string[];
}

export interface IdentityCenterSettings {
  accounts: readonly AssignedAccount[];
  accessTokenSeconds: number;
  roleSeconds: number;
  deviceSeconds: number;
  /** Seconds between two questions of a device. */
  intervalSeconds: number;
  /** So many next questions of a device are answered `slow_down`. */
  slowDowns: number;
  /** Refresh tokens are answered `invalid_grant`, as after an administrator ended the session. */
  refreshRevoked: boolean;
}

export interface RegisteredClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly expiresAtMs: number;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  readonly issuerUrl: string | undefined;
}

export interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly expiresAtMs: number;
  outcome: 'pending' | 'approved' | 'denied' | 'used';
}

interface AuthorizationCode {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  used: boolean;
}

interface Grant {
  readonly clientId: string;
  readonly expiresAtMs: number;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

/** Ninety days, as AWS's. */
const CLIENT_SECONDS = 90 * 24 * 3600;

export type DemoIdentityCenter = ReturnType<typeof createIdentityCenter>;

export function createIdentityCenter(clock: Clock, startUrl: () => string, accounts: readonly AssignedAccount[]) {
  const settings: IdentityCenterSettings = { accounts, accessTokenSeconds: 3600, roleSeconds: 3600, deviceSeconds: 600, intervalSeconds: 1, slowDowns: 0, refreshRevoked: false };
  const clients = new Map<string, RegisteredClient>();
  const devices = new Map<string, DeviceAuthorization>();
  const codes = new Map<string, AuthorizationCode>();
  const tokens = new Map<string, Grant>();
  const refreshTokens = new Map<string, Grant>();
  const opaque = (prefix: string): string => `${prefix}-${randomBytes(32).toString('base64url')}`;

  function grant(clientId: string): IssuedToken {
    const expiresIn = settings.accessTokenSeconds;
    const issued = { accessToken: opaque('aoa'), refreshToken: opaque('aor'), expiresIn };
    tokens.set(issued.accessToken, { clientId, expiresAtMs: clock.now() + expiresIn * 1000 });
    refreshTokens.set(issued.refreshToken, { clientId, expiresAtMs: clock.now() + CLIENT_SECONDS * 1000 });
    return issued;
  }

  return {
    settings,
    startUrl,
    client(clientId: string, clientSecret?: string): RegisteredClient | undefined {
      const client = clients.get(clientId);
      return client === undefined || client.expiresAtMs < clock.now() || (clientSecret !== undefined && client.clientSecret !== clientSecret) ? undefined : client;
    },
    register(request: Pick<RegisteredClient, 'redirectUris' | 'grantTypes' | 'issuerUrl'>): RegisteredClient {
      const client = { clientId: opaque('client'), clientSecret: opaque('secret'), expiresAtMs: clock.now() + CLIENT_SECONDS * 1000, ...request };
      clients.set(client.clientId, client);
      return client;
    },
    authorizeDevice(clientId: string): DeviceAuthorization {
      const letters = (): string => Array.from({ length: 4 }, () => 'BCDFGHJKLMNPQRSTVWXZ'[randomInt(20)]).join('');
      const device: DeviceAuthorization = { deviceCode: opaque('device'), userCode: `${letters()}-${letters()}`, clientId, expiresAtMs: clock.now() + settings.deviceSeconds * 1000, outcome: 'pending' };
      devices.set(device.deviceCode, device);
      return device;
    },
    device: (deviceCode: string): DeviceAuthorization | undefined => devices.get(deviceCode),
    pendingDevices: (): DeviceAuthorization[] => [...devices.values()].filter(({ outcome }) => outcome === 'pending'),
    byUserCode: (userCode: string): DeviceAuthorization | undefined => [...devices.values()].find((device) => device.userCode === userCode && device.outcome === 'pending'),
    /** Whether the redirect is one the client registered: on loopback the port is free (RFC 8252 section 7.3). */
    allowsRedirect({ redirectUris }: RegisteredClient, redirectUri: string): boolean {
      if (!URL.canParse(redirectUri)) return false;
      const wanted = new URL(redirectUri);
      return redirectUris.some((registered) => {
        const known = new URL(registered);
        return known.protocol === wanted.protocol && known.hostname === wanted.hostname && known.pathname === wanted.pathname && wanted.hostname === '127.0.0.1';
      });
    },
    authorizationCode(code: Omit<AuthorizationCode, 'used'>): string {
      const text = randomUUID();
      codes.set(text, { ...code, used: false });
      return text;
    },
    /** Absent: no such code, used, of another client or redirect, or not its verifier. */
    redeemCode(code: string, clientId: string, redirectUri: string, codeVerifier: string): IssuedToken | undefined {
      const known = codes.get(code);
      const challenge = createHash('sha256').update(codeVerifier).digest('base64url');
      if (known === undefined || known.used || known.clientId !== clientId || known.redirectUri !== redirectUri || known.codeChallenge !== challenge) return undefined;
      known.used = true;
      return grant(clientId);
    },
    grant,
    /** The old refresh token ends with its first use. */
    refresh(refreshToken: string, clientId: string): IssuedToken | undefined {
      const known = refreshTokens.get(refreshToken);
      if (known === undefined || settings.refreshRevoked || known.clientId !== clientId || known.expiresAtMs < clock.now()) return undefined;
      refreshTokens.delete(refreshToken);
      return grant(clientId);
    },
    isValid(accessToken: string | undefined): boolean {
      const known = accessToken === undefined ? undefined : tokens.get(accessToken);
      return known !== undefined && known.expiresAtMs > clock.now();
    },
    /** An administrator ended the person's sessions: no token and no refresh token works any more. */
    revokeAll(): void {
      tokens.clear();
      refreshTokens.clear();
    },
    /** Access tokens end now; refresh tokens live. */
    endTokens: (): void => tokens.clear(),
  };
}
