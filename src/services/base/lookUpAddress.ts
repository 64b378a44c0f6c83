/**
 * Asks the internet for the address this machine is seen under. Only ever called because a person pressed a button: it tells
 * somebody outside of AWS's APIs and the person's hosts that they are there.
 */
import { isIP } from 'node:net';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

/** AWS's own: answers with the address and a line feed, nothing else. */
export const DEFAULT_ADDRESS_URL = 'https://checkip.amazonaws.com/';
const LIMIT_MS = 8_000;
/** The longest IPv6 address has 45 characters. */
const MAX_ANSWER_BYTES = 100;

/**
 * Where to ask.
 *
 * @param text what `POSTERN_ADDRESS_URL` says; absent: AWS
 * @throws PosternError `input.invalid` for anything but HTTPS, which on the way could be answered by anybody; loopback may be HTTP
 */
export function addressUrl(text: string | undefined): URL {
  const url = URL.parse(text === undefined || text === '' ? DEFAULT_ADDRESS_URL : text);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1'))) {
    throw new PosternError({ code: 'input.invalid', message: say`POSTERN_ADDRESS_URL is no https:// URL.`, remedy: say`Write it like ${DEFAULT_ADDRESS_URL}, or leave it out.` });
  }
  return url;
}

/**
 * The public address, as the far end sees it.
 *
 * @throws PosternError `aws.endpoint-unreachable` when it does not answer, or with something that is no address
 */
export async function lookUpAddress(url: URL, signal: AbortSignal): Promise<string> {
  const remedy = say`Check the network connection, or set POSTERN_ADDRESS_URL to a service that answers with the address alone.`;
  let text: string;
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]), headers: { accept: 'text/plain' }, credentials: 'omit' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    text = await beginning(response);
  } catch (cause) {
    if (signal.aborted) throw new PosternError({ code: 'cancelled', message: say`The look-up was cancelled.` }, { cause });
    throw new PosternError({ code: 'aws.endpoint-unreachable', message: say`${url.host} did not tell your address.`, remedy, retryable: true }, { cause });
  }
  const address = text.trim();
  if (isIP(address) === 0) throw new PosternError({ code: 'aws.endpoint-unreachable', message: say`${url.host} answered with something that is no address.`, remedy });
  return address;
}

/** As much as an address may have; an endless answer is cut. */
async function beginning(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    size += piece.byteLength;
    if (size > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
