/**
 * Puts text on the clipboard.
 *
 * The copy command comes first: it needs no permission, only a click or key press, and the desktop app grants no permissions.
 * @returns whether it worked
 */
export async function copyText(text: string): Promise<boolean> {
  if (copyByCommand(text)) return true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Refused by the browser: the caller says so.
    return false;
  }
}

function copyByCommand(text: string): boolean {
  let written = false;
  const handleCopy = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    written = event.clipboardData !== null;
  };
  document.addEventListener('copy', handleCopy, { capture: true });
  try {
    return document.execCommand('copy') && written;
  } finally {
    document.removeEventListener('copy', handleCopy, { capture: true });
  }
}
