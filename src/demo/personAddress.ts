/** Tells the person's public address, as checkip.amazonaws.com does. */
import type { IncomingMessage } from 'node:http';
import { PERSON_IPV4 } from './person.ts';
import type { UnsignedAnswer } from './unsignedRoutes.ts';

export const ADDRESS_PATH = '/checkip';

export function personAddressAnswer(request: IncomingMessage): UnsignedAnswer | undefined {
  if (request.method !== 'GET' || request.url !== ADDRESS_PATH) return undefined;
  return { status: 200, headers: { 'content-type': 'text/plain' }, action: 'checkip:Get', body: `${PERSON_IPV4}\n`, outcome: 'ok' };
}
