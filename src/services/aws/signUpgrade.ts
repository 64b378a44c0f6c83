/**
 * Signs the WebSocket upgrade of a Session Manager data channel with SigV4 headers, as AWS asks of clients since plugin 1.2.764.0.
 *
 * The path is percent-encoded once more than it stands in the URL, and the query is read as a form first (a raw `+` is a space):
 * that is what the official signer does, see session-manager-protocol.md section 2.1.
 */
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * The headers to send with the upgrade: `Authorization`, `X-Amz-Date` and, for temporary credentials, `X-Amz-Security-Token`.
 * None for a URL that already carries a signature.
 *
 * @param region the session's
 */
export async function signUpgrade(url: string, region: string, credentials: SigningCredentials, now: Date): Promise<Record<string, string>> {
  const parsed = new URL(url);
  const query: Record<string, string[]> = {};
  for (const [name, value] of parsed.searchParams) {
    if (name.toLowerCase().startsWith('x-amz-')) return {};
    (query[name] ??= []).push(value);
  }
  const signer = new SignatureV4({ service: 'ssmmessages', region, credentials, sha256: Sha256, applyChecksum: false });
  const { headers } = await signer.sign(
    { method: 'GET', protocol: parsed.protocol, hostname: parsed.hostname, path: parsed.pathname, query, headers: { host: parsed.host } },
    { signingDate: now },
  );
  const named: Record<string, string> = {};
  for (const name of ['Authorization', 'X-Amz-Date', 'X-Amz-Security-Token']) {
    const value = headers[name.toLowerCase()];
    if (value !== undefined) named[name] = value;
  }
  return named;
}
