/** Who the demo knows by their keys: the users, and the sessions that STS and Identity Center gave out. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Clock } from '../services/base/clock.ts';
import { Secret } from '../services/base/secret.ts';
import type { SigningCredentials } from './sigV4.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export interface Caller {
  readonly arn: string;
  readonly accountId: string;
  readonly userId: string;
  /** Whether the session was begun with an MFA code. */
  readonly mfa: boolean;
  /** Whether these are a user's own keys. */
  readonly longTerm: boolean;
}

export interface Identity {
  readonly caller: Caller;
  readonly credentials: SigningCredentials;
  /** Absent: they do not end. */
  readonly expiresAtMs?: number;
}

export interface IssuedSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

export interface Identities {
  add(identity: Identity): void;
  find(accessKeyId: string | undefined): Identity | undefined;
  issue(caller: Caller, seconds: number): IssuedSession;
  /** As if every session had ended now. */
  endAll(): void;
  /** How many sessions were given out. */
  issued(): number;
}

export function createIdentities(clock: Clock): Identities {
  const byAccessKey = new Map<string, Identity>();
  let issued = 0;
  return {
    add: (identity) => void byAccessKey.set(identity.credentials.accessKeyId, identity),
    find: (accessKeyId) => (accessKeyId === undefined ? undefined : byAccessKey.get(accessKeyId)),
    issue(caller, seconds) {
      const session = { accessKeyId: createAccessKeyId('ASIA'), secretAccessKey: randomBytes(30).toString('base64'), sessionToken: randomBytes(120).toString('base64'), expiresAtMs: clock.now() + seconds * 1000 };
      byAccessKey.set(session.accessKeyId, {
        caller: { ...caller, longTerm: false },
        credentials: { accessKeyId: session.accessKeyId, secretAccessKey: Secret.fromText(session.secretAccessKey), sessionToken: Secret.fromText(session.sessionToken) },
        expiresAtMs: session.expiresAtMs,
      });
      issued += 1;
      return session;
    },
    endAll() {
      for (const [accessKeyId, identity] of byAccessKey) if (identity.expiresAtMs !== undefined) byAccessKey.set(accessKeyId, { ...identity, expiresAtMs: clock.now() - 1 });
    },
    issued: () => issued,
  };
}

/** @param prefix `AKIA` of a user's keys, `ASIA` of a session's */
export function createAccessKeyId(prefix: 'AKIA' | 'ASIA'): string {
  return `${prefix}${Array.from({ length: 16 }, () => BASE32[randomInt(BASE32.length)]).join('')}`;
}
