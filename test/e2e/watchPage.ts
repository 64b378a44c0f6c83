/** What a page did that it should not, whatever it was given to show. */
import type { Page } from '@playwright/test';

/** @returns filled as it goes: dialogs, errors, windows, requests to elsewhere or for what only a payload names, and what the policy had to stop */
export async function watchPage(page: Page, appUrl: string): Promise<readonly string[]> {
  const seen: string[] = [];
  page.on('dialog', (dialog) => {
    seen.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => void seen.push(`error ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(`console ${message.text()}`);
  });
  page.on('popup', (popup) => void seen.push(`popup ${popup.url()}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(appUrl).origin || request.url().includes('pwned')) seen.push(`request ${request.url()}`);
  });
  await page.addInitScript(() => {
    // Zod asks first of all, at one place, whether it may compile; the policies (one of the page, one of its answer) say no, and it goes on without.
    let zod: string | undefined;
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber, columnNumber }) => {
      const place = `${violatedDirective} ${blockedURI} ${sourceFile} ${lineNumber}:${columnNumber}`;
      if (blockedURI === 'eval') zod ??= place;
      if (place !== zod) console.error(`policy ${place}`);
    });
  });
  return seen;
}
