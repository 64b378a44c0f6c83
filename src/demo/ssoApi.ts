/**
 * The demo's Identity Center portal: the accounts and roles of a signed-in person, and credentials of such a role.
 *
 * @see https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
 */
import type { Identities } from './identities.ts';
import type { DemoIdentityCenter } from './identityCenter.ts';
import { jsonAnswer, type UnsignedAnswer, type UnsignedRoutes } from './unsignedRoutes.ts';

/** A page of the demo's lists: short, so that whoever reads them has to ask on. */
const PAGE_SIZE = 2;
/** Who signed in. */
const PERSON = 'ann@example.com';

export function createSsoRoutes(center: DemoIdentityCenter, identities: Identities): UnsignedRoutes {
  const routes: Readonly<Record<string, (query: URLSearchParams) => UnsignedAnswer>> = {
    '/assignment/accounts'(query) {
      const { items, nextToken } = page(center.settings.accounts, query);
      return jsonAnswer('sso:ListAccounts', { accountList: items.map(({ accountId, accountName }) => ({ accountId, accountName, emailAddress: `${accountName}@example.com` })), nextToken });
    },
    '/assignment/roles'(query) {
      const accountId = query.get('account_id') ?? '';
      const account = center.settings.accounts.find((one) => one.accountId === accountId);
      if (account === undefined) return failure('ListAccountRoles', 'ForbiddenException', 403, 'No access');
      const { items, nextToken } = page(account.roles, query);
      return jsonAnswer('sso:ListAccountRoles', { roleList: items.map((roleName) => ({ roleName, accountId })), nextToken });
    },
    '/federation/credentials'(query) {
      const accountId = query.get('account_id') ?? '';
      const roleName = query.get('role_name') ?? '';
      const account = center.settings.accounts.find((one) => one.accountId === accountId);
      if (account === undefined || !account.roles.includes(roleName)) return failure('GetRoleCredentials', 'ForbiddenException', 403, 'No access');
      const arn = `arn:aws:sts::${accountId}:assumed-role/AWSReservedSSO_${roleName}_0123456789abcdef/${PERSON}`;
      const session = identities.issue({ arn, accountId, userId: `AROAEXAMPLESSO:${PERSON}`, mfa: true, longTerm: false }, center.settings.roleSeconds);
      return jsonAnswer('sso:GetRoleCredentials', { roleCredentials: { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey, sessionToken: session.sessionToken, expiration: session.expiresAtMs } });
    },
  };
  return (request) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const route = request.method === 'GET' ? routes[url.pathname] : undefined;
    if (route === undefined) return undefined;
    const token = request.headers['x-amz-sso_bearer_token'];
    if (!center.isValid(typeof token === 'string' ? token : undefined)) return failure(actions[url.pathname] ?? 'Unknown', 'UnauthorizedException', 401, 'Session token not found or invalid');
    return route(url.searchParams);
  };
}

const actions: Readonly<Record<string, string>> = { '/assignment/accounts': 'ListAccounts', '/assignment/roles': 'ListAccountRoles', '/federation/credentials': 'GetRoleCredentials' };

function page<T>(all: readonly T[], query: URLSearchParams): { items: readonly T[]; nextToken: string | undefined } {
  const start = Number(query.get('next_token') ?? 0);
  const end = start + PAGE_SIZE;
  return { items: all.slice(start, end), nextToken: end < all.length ? String(end) : undefined };
}

function failure(operation: string, name: string, status: number, message: string): UnsignedAnswer {
  return { status, headers: { 'content-type': 'application/json', 'x-amzn-errortype': name }, body: JSON.stringify({ __type: name, message }), action: `sso:${operation}`, outcome: name };
}
