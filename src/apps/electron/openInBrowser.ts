/**
 * The one way out of the app to another program: web addresses, to the system's browser (threats.md row 18).
 *
 * The system opens whatever is registered for a scheme, so only http and https get there, and only as a URL parser wrote them again.
 */

/** Windows takes 2,081 characters (ShellExecute); the rest would be cut, and lead elsewhere. */
const MAX_LENGTH = 2048;

/**
 * @param openExternal Electron's `shell.openExternal`
 * @returns whether it was handed over
 */
export async function openInBrowser(url: string, openExternal: (url: string) => Promise<void>): Promise<boolean> {
  const address = toWebAddress(url);
  if (address === undefined) return false;
  try {
    await openExternal(address);
    return true;
  } catch {
    // No browser, or the person said no to the system's own question.
    return false;
  }
}

/** Undefined for what is no http or https address. */
function toWebAddress(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return undefined;
  return parsed.href.length <= MAX_LENGTH ? parsed.href : undefined;
}
