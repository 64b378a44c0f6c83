/** The address of a window for one tab: this page, and in its query the session to show. */

const SESSION_ID = /^[0-9a-f-]{36}$/;

/** The page may hand its token on: a window it opens itself gets a copy of its sessionStorage. */
export function detachedAddress(location: Pick<Location, 'pathname'>, sessionId: string): string {
  return `${location.pathname === '/' ? '/index.html' : location.pathname}?session=${encodeURIComponent(sessionId)}`;
}

/** The session this window is for; undefined in the main window. */
export function detachedSession(location: Pick<Location, 'search'>): string | undefined {
  const sessionId = new URLSearchParams(location.search).get('session') ?? '';
  return SESSION_ID.test(sessionId) ? sessionId : undefined;
}
