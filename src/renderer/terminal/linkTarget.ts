/** Where a link of the terminal may lead: http and https only (threats row 18), with the host as it really is. */

export interface LinkTarget {
  readonly url: string;
  /** In punycode, so that look-alike letters show. */
  readonly host: string;
}

/** Undefined when it must not be opened. */
export function toLinkTarget(text: string): LinkTarget | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Not an absolute address.
    return undefined;
  }
  return url.protocol === 'http:' || url.protocol === 'https:' ? { url: url.href, host: url.host } : undefined;
}
