/** What the demo answers without a signature: Identity Center's two services and the pages a person opens in a browser. */
import type { IncomingMessage } from 'node:http';

export interface UnsignedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** As IAM would name it; absent: a page. */
  readonly action?: `${string}:${string}`;
  /** `ok`, or the error that was sent. */
  readonly outcome: string;
}

/** Undefined: not one of these, so a signed call. */
export type UnsignedRoutes = (request: IncomingMessage, body: Buffer) => UnsignedAnswer | undefined;

export function jsonAnswer(action: `${string}:${string}`, content: unknown): UnsignedAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content), action, outcome: 'ok' };
}

export function pageAnswer(content: string, status = 200): UnsignedAnswer {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; form-action 'self' http://127.0.0.1:*; style-src 'unsafe-inline'" };
  return { status, headers, body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Demo Identity Center</title><style>body{font:16px system-ui;margin:12vh auto;max-width:28rem;padding:0 1rem}code{font-size:1.6rem;letter-spacing:.1em}</style>${content}</html>`, outcome: 'ok' };
}
