/** Takes a secret off the clipboard again, if it is still there. */

/** Whether the page may look at the clipboard without asking the person. */
export async function mayReadClipboard(): Promise<boolean> {
  try {
    // Not in every browser's list of names, and not in TypeScript's.
    const status = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName });
    return status.state === 'granted';
  } catch {
    return false;
  }
}

/** @returns whether the clipboard held it and was cleared */
export async function clearIfStill(text: string, clipboard: Pick<Clipboard, 'readText' | 'writeText'> = navigator.clipboard): Promise<boolean> {
  try {
    if ((await clipboard.readText()) !== text) return false;
    await clipboard.writeText('');
    return true;
  } catch {
    // The window is not in front: the browser lets it look only then.
    return false;
  }
}
