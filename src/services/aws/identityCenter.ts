/**
 * Identity Center behind a sign-in: its token kept fresh without a person, and the roles it gives.
 */
import { PosternError } from '../../contract/error.ts';
import type { OfferedAccount } from '../../contract/account.ts';
import { say } from '../../contract/say.ts';
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import { toAwsError } from './awsErrors.ts';
import type { AwsCredentialIdentity } from './awsCredentials.ts';
import type { ConfigFiles } from './configFiles.ts';
import { configuredEndpoint } from './endpoints.ts';
import { cacheFolder, readToken, tokenPath, writeToken, type SignInToken } from './identityCenterCache.ts';
import type { ProfileSource } from './profiles.ts';
import { credentialRequests } from './credentialRequests.ts';
import { signInName, signInSourceOf, type SignInSource } from './signInSource.ts';

/** Renewed this long before it ends, as the AWS CLI does. */
const RENEW_AHEAD_MS = 15 * 60_000;

export interface SignInPlace {
  readonly cloud: ProfileSource;
  readonly files: ConfigFiles;
  readonly source: SignInSource;
}

export interface IdentityCenter {
  /** Without asking anybody: what the cache says. */
  state(place: SignInPlace): Promise<{ readonly name: 'signed-in' | 'renewable' | 'signed-out'; readonly expiresAtMs?: number }>;
  /**
   * A token that is good now; renewed when it is about to end. Absent: a person has to sign in.
   *
   * @throws PosternError `aws.endpoint-unreachable` and others when it has ended and could not be renewed for another reason
   */
  token(place: SignInPlace): Promise<Secret | undefined>;
  /** Absent: a person has to sign in. */
  roleCredentials(place: SignInPlace, role: { readonly profile: string; readonly accountId: string; readonly roleName: string }): Promise<AwsCredentialIdentity | undefined>;
  offered(place: SignInPlace): Promise<OfferedAccount[] | undefined>;
}

/** Said by Identity Center when only a person can help: revoked, ended, or a client it no longer knows. */
const signInOver = new Set(['InvalidGrantException', 'ExpiredTokenException', 'UnauthorizedClientException', 'InvalidClientException', 'AccessDeniedException', 'InvalidRequestException']);

export function createIdentityCenter({ clock }: { readonly clock: Clock }): IdentityCenter {
  const renewing = new Map<string, Promise<Secret | undefined>>();
  /** Tokens that Identity Center no longer takes, by file: what is in the file counts again when it is another one. */
  const refused = new Map<string, string>();

  const pathOf = ({ cloud, source }: SignInPlace): string => tokenPath(cacheFolder(cloud), source);
  const read = ({ cloud, source }: SignInPlace): Promise<SignInToken | undefined> => readToken(cacheFolder(cloud), source);
  const isRefused = (place: SignInPlace, token: SignInToken): boolean => refused.get(pathOf(place)) === token.accessToken.revealText();
  const isRenewable = ({ refreshToken, registration }: SignInToken): boolean => refreshToken !== undefined && registration !== undefined && registration.expiresAtMs > clock.now();

  async function renew(place: SignInPlace, held: SignInToken): Promise<Secret | undefined> {
    const { refreshToken, registration } = held;
    const stillGood = (): Secret | undefined => (held.expiresAtMs > clock.now() && !isRefused(place, held) ? held.accessToken : undefined);
    if (refreshToken === undefined || registration === undefined || registration.expiresAtMs <= clock.now()) return stillGood();
    const endpoint = endpointOf('sso-oidc', place);
    try {
      const { CreateTokenCommand, SSOOIDCClient } = await import('@aws-sdk/client-sso-oidc');
      const client = new SSOOIDCClient({ ...(await credentialRequests(endpoint)), region: place.source.region });
      const answer = await client
        .send(new CreateTokenCommand({ grantType: 'refresh_token', clientId: registration.clientId, clientSecret: registration.clientSecret.revealText(), refreshToken: refreshToken.revealText() }))
        .finally(() => client.destroy());
      if (answer.accessToken === undefined || answer.expiresIn === undefined) throw notIdentityCenter(endpoint ?? place.source.startUrl);
      const token: SignInToken = {
        accessToken: Secret.fromText(answer.accessToken),
        expiresAtMs: clock.now() + answer.expiresIn * 1000,
        // A service that sends no new one keeps the old one valid.
        refreshToken: answer.refreshToken === undefined ? refreshToken : Secret.fromText(answer.refreshToken),
        registration,
      };
      await writeToken(cacheFolder(place.cloud), place.source, token);
      return token.accessToken;
    } catch (thrown) {
      if (thrown instanceof Error && signInOver.has(thrown.name)) {
        // Another program may have renewed it first, which ends this refresh token.
        const now = await read(place);
        if (now !== undefined && now.accessToken.revealText() !== held.accessToken.revealText() && now.expiresAtMs > clock.now()) return now.accessToken;
        return stillGood();
      }
      const good = stillGood();
      if (good !== undefined) return good;
      throw toAwsError(thrown, { action: 'sso-oidc:CreateToken', profile: signInName(place.source), region: place.source.region, endpoint: endpoint ?? say`Identity Center in ${place.source.region}` });
    }
  }

  async function token(place: SignInPlace): Promise<Secret | undefined> {
    const held = await read(place);
    if (held === undefined) return undefined;
    if (held.expiresAtMs - clock.now() > RENEW_AHEAD_MS && !isRefused(place, held)) return held.accessToken;
    const path = pathOf(place);
    const underway = renewing.get(path) ?? renew(place, held).finally(() => renewing.delete(path));
    renewing.set(path, underway);
    return underway;
  }

  /** Once more with a renewed token when the first is refused. */
  async function withToken<T>(place: SignInPlace, use: (accessToken: string) => Promise<T>): Promise<T | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const accessToken = await token(place);
      if (accessToken === undefined) return undefined;
      try {
        return await use(accessToken.revealText());
      } catch (thrown) {
        if (!(thrown instanceof Error) || thrown.name !== 'UnauthorizedException') throw thrown;
        refused.set(pathOf(place), accessToken.revealText());
        if (attempt === 2) return undefined;
      }
    }
  }

  async function openPortal(place: SignInPlace) {
    const { SSOClient } = await import('@aws-sdk/client-sso');
    return new SSOClient({ ...(await credentialRequests(endpointOf('sso', place))), region: place.source.region });
  }

  return {
    async state(place) {
      const held = await read(place);
      if (held === undefined) return { name: 'signed-out' };
      if (held.expiresAtMs > clock.now() && !isRefused(place, held)) return { name: 'signed-in', expiresAtMs: held.expiresAtMs };
      return { name: isRenewable(held) ? 'renewable' : 'signed-out' };
    },
    token,
    async roleCredentials(place, { profile, accountId, roleName }) {
      const { GetRoleCredentialsCommand } = await import('@aws-sdk/client-sso');
      const client = await openPortal(place);
      try {
        const answer = await withToken(place, (accessToken) => client.send(new GetRoleCredentialsCommand({ accessToken, accountId, roleName })));
        if (answer === undefined) return undefined;
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = answer.roleCredentials ?? {};
        if (accessKeyId === undefined || secretAccessKey === undefined) throw notIdentityCenter(place.source.startUrl);
        return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }), ...(expiration === undefined ? {} : { expiration: new Date(expiration) }), accountId };
      } catch (thrown) {
        if (thrown instanceof Error && (thrown.name === 'ForbiddenException' || thrown.name === 'ResourceNotFoundException')) {
          throw new PosternError({ code: 'aws.access-denied', message: say`Identity Center gives you no role ${roleName} in account ${accountId}.`, remedy: say`Check the account and the role of the profile, or ask for the assignment.` }, { cause: thrown });
        }
        throw toAwsError(thrown, { action: 'sso:GetRoleCredentials', profile, region: place.source.region, endpoint: endpointOf('sso', place) ?? say`Identity Center in ${place.source.region}` });
      } finally {
        client.destroy();
      }
    },
    async offered(place) {
      const { paginateListAccountRoles, paginateListAccounts } = await import('@aws-sdk/client-sso');
      const client = await openPortal(place);
      try {
        return await withToken(place, async (accessToken) => {
          const found: OfferedAccount[] = [];
          for await (const page of paginateListAccounts({ client }, { accessToken })) {
            for (const { accountId, accountName } of page.accountList ?? []) {
              if (accountId === undefined) continue;
              const roles: string[] = [];
              for await (const rolePage of paginateListAccountRoles({ client }, { accessToken, accountId })) roles.push(...(rolePage.roleList ?? []).flatMap(({ roleName }) => roleName ?? []));
              found.push({ accountId, ...(accountName === undefined ? {} : { accountName }), roles: roles.toSorted() });
            }
          }
          return found.toSorted((a, b) => (a.accountName ?? a.accountId).localeCompare(b.accountName ?? b.accountId));
        });
      } catch (thrown) {
        throw toAwsError(thrown, { action: 'sso:ListAccounts', profile: signInName(place.source), region: place.source.region, endpoint: endpointOf('sso', place) ?? say`Identity Center in ${place.source.region}` });
      } finally {
        client.destroy();
      }
    },
  };
}

/** As configured for a profile that signs in here; absent: AWS's own. */
export function endpointOf(service: 'sso' | 'sso-oidc', { cloud, files, source }: SignInPlace): string | undefined {
  for (const [profile, section] of files.profiles) {
    if ((section['sso_session'] ?? section['sso_start_url']) === signInName(source) && signInSourceOf(profile, section, files) !== undefined) return configuredEndpoint(service, profile, cloud.environment, files);
  }
  return configuredEndpoint(service, '', cloud.environment, files);
}

export function notIdentityCenter(endpoint: string): PosternError {
  return new PosternError({ code: 'aws.endpoint-not-aws', message: say`${endpoint} did not answer as Identity Center does.`, remedy: say`Check the start URL and the region of the sign-in.` });
}
