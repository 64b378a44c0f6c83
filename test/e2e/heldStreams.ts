/** Keeps the streams of terminals back between a page and its app: a browser's page only, the desktop has no such line. */
import type { Page } from '@playwright/test';

export interface HeldStreams {
  /** How many messages wait, the first of which asks for a terminal's stream. */
  count(): number;
  /** They go on in their order, and nothing is held any more. */
  release(): void;
}

/** Of the next page that this tab loads. */
export async function holdStreams(page: Page): Promise<HeldStreams> {
  const held: (() => void)[] = [];
  let holding = true;
  await page.routeWebSocket(/\/link$/, (socket) => {
    const app = socket.connectToServer();
    socket.onMessage((message) => {
      const pass = (): void => app.send(message);
      if (holding && (held.length > 0 || String(message).includes('"sessions.terminal"'))) held.push(pass);
      else pass();
    });
  });
  return {
    count: () => held.length,
    release() {
      holding = false;
      for (const pass of held.splice(0)) pass();
    },
  };
}
