/**
 * The AWS CLI's own cache of Identity Center tokens, `~/.aws/sso/cache`, read and written as it does: a sign-in made there is
 * used here, and one made here there.
 *
 * Files are replaced whole with mode 0600. The form is that of AWS CLI v2 (`botocore/tokens.py`, `botocore/utils.py`).
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Cloud } from '../base/cloud.ts';
import { Secret } from '../base/secret.ts';
import { writeFileAtomically } from '../base/writeFileAtomically.ts';
import { filled } from './configFiles.ts';
import type { SignInSource } from './signInSource.ts';

/** A client Postern or the AWS CLI registered with Identity Center. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly expiresAtMs: number;
  readonly scopes?: readonly string[] | undefined;
  /** Of an authorization-code client only, as the AWS CLI writes it. */
  readonly grantTypes?: readonly string[] | undefined;
}

export interface SignInToken {
  readonly accessToken: Secret;
  readonly expiresAtMs: number;
  readonly refreshToken?: Secret | undefined;
  readonly registration?: Registration | undefined;
}

const time = z.string().refine((text) => !Number.isNaN(parseTime(text)));
const TokenFile = z.looseObject({
  accessToken: z.string().min(1),
  expiresAt: time,
  refreshToken: z.string().optional(),
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  registrationExpiresAt: time.optional(),
});
const RegistrationFile = z.looseObject({
  clientId: z.string(),
  clientSecret: z.string(),
  expiresAt: time,
  scopes: z.array(z.string()).optional(),
  grantTypes: z.array(z.string()).optional(),
});

/** The demo and tests have their own, beside their own config file. */
export function cacheFolder(cloud: Pick<Cloud, 'kind' | 'configFile' | 'environment'>): string {
  if (cloud.kind === 'demo' && cloud.configFile !== undefined) return join(dirname(cloud.configFile), 'sso', 'cache');
  const home = filled(cloud.environment['HOME']) ?? filled(cloud.environment['USERPROFILE']) ?? homedir();
  return join(home, '.aws', 'sso', 'cache');
}

export function tokenPath(folder: string, { name, startUrl }: Pick<SignInSource, 'name' | 'startUrl'>): string {
  return join(folder, `${sha1(name ?? startUrl)}.json`);
}

/** The CLI keys a registration by everything that decides what its tokens may do. */
export function registrationPath(folder: string, { name, startUrl, region, scopes }: SignInSource): string {
  return join(folder, `${sha1(pythonJson({ region, scopes, session_name: name, startUrl, tool: 'botocore' }))}.json`);
}

/** Absent: none, or one that is damaged, which a new sign-in replaces. */
export async function readToken(folder: string, source: SignInSource): Promise<SignInToken | undefined> {
  const parsed = TokenFile.safeParse(await readJson(tokenPath(folder, source)));
  if (!parsed.success) return undefined;
  const { accessToken, expiresAt, refreshToken, clientId, clientSecret, registrationExpiresAt } = parsed.data;
  const registration = clientId === undefined || clientSecret === undefined || registrationExpiresAt === undefined ? undefined : { clientId, clientSecret: Secret.fromText(clientSecret), expiresAtMs: parseTime(registrationExpiresAt) };
  return {
    accessToken: Secret.fromText(accessToken),
    expiresAtMs: parseTime(expiresAt),
    ...(refreshToken === undefined ? {} : { refreshToken: Secret.fromText(refreshToken) }),
    ...(registration === undefined ? {} : { registration }),
  };
}

export async function writeToken(folder: string, source: SignInSource, token: SignInToken): Promise<void> {
  const { registration, refreshToken } = token;
  await writeJson(tokenPath(folder, source), {
    startUrl: source.startUrl,
    region: source.region,
    accessToken: token.accessToken.revealText(),
    expiresAt: cliTime(token.expiresAtMs),
    ...(registration === undefined ? {} : { clientId: registration.clientId, clientSecret: registration.clientSecret.revealText(), registrationExpiresAt: cliTime(registration.expiresAtMs) }),
    ...(refreshToken === undefined ? {} : { refreshToken: refreshToken.revealText() }),
  });
}

export async function readRegistration(folder: string, source: SignInSource): Promise<Registration | undefined> {
  const parsed = RegistrationFile.safeParse(await readJson(registrationPath(folder, source)));
  if (!parsed.success) return undefined;
  const { clientId, clientSecret, expiresAt, scopes, grantTypes } = parsed.data;
  return { clientId, clientSecret: Secret.fromText(clientSecret), expiresAtMs: parseTime(expiresAt), scopes, grantTypes };
}

export async function writeRegistration(folder: string, source: SignInSource, { clientId, clientSecret, expiresAtMs, scopes, grantTypes }: Registration): Promise<void> {
  await writeJson(registrationPath(folder, source), {
    clientId,
    clientSecret: clientSecret.revealText(),
    expiresAt: cliTime(expiresAtMs),
    ...(scopes === undefined ? {} : { scopes }),
    ...(grantTypes === undefined ? {} : { grantTypes }),
  });
}

async function readJson(path: string): Promise<unknown> {
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    return json;
  } catch {
    // Not there, not readable, or half a file: as the CLI, no entry.
    return undefined;
  }
}

async function writeJson(path: string, content: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomically(path, JSON.stringify(content));
}

/** `2020-01-02T03:04:05Z`: the CLI's readers want no fraction. */
function cliTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Version 1 of the CLI wrote `2020-01-02T03:04:05UTC`. */
function parseTime(text: string): number {
  return Date.parse(text.replace(/UTC$/, 'Z'));
}

/** `json.dumps(..., sort_keys=True)` of Python, for keys given in order: a space after colon and comma, and ASCII only. */
function pythonJson(entries: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const text = (value: string): string => JSON.stringify(value).replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const write = (value: string | readonly string[] | undefined): string => (value === undefined ? 'null' : typeof value === 'string' ? text(value) : `[${value.map(text).join(', ')}]`);
  return `{${Object.entries(entries).map(([key, value]) => `${text(key)}: ${write(value)}`).join(', ')}}`;
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
