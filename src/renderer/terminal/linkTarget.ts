/** Where a link of the terminal may lead: http and https only (threats row 18), with the host as it really is. Pure. */

export interface LinkTarget {
  readonly url: string;
  /** In punycode, so that look-alike letters show. */
  readonly host: string;
  /** A label of the host has letters beyond ASCII: it may look like another. */
  readonly beyondAscii: boolean;
  /** Something stands before an `@`: it reads like the host, and is not. */
  readonly hasUser: boolean;
}

/** Why a link does not open. */
export type RefusedLink =
  | { readonly refused: 'protocol'; readonly protocol: string; readonly text: string }
  | { readonly refused: 'no-address' | 'too-long'; readonly text: string };

/** What Windows and browsers take, with room to spare. */
const MAX_LENGTH = 2000;

export function toLink(text: string): LinkTarget | RefusedLink {
  if (text.length > MAX_LENGTH) return { refused: 'too-long', text };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Not an absolute address.
    return { refused: 'no-address', text };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { refused: 'protocol', protocol: url.protocol, text };
  if (url.href.length > MAX_LENGTH) return { refused: 'too-long', text };
  return { url: url.href, host: url.host, beyondAscii: /(?:^|\.)xn--/.test(url.hostname), hasUser: url.username !== '' || url.password !== '' };
}
