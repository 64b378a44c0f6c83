/**
 * Accounts and what a person must do for them: sign in to Identity Center, type an MFA code, agree to a command.
 *
 * No token, key or code has an output type here: a code travels inward only.
 */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';
import { say } from './say.ts';

/** How a profile comes by its credentials, in the words of the AWS config files. */
export const ProfileKind = z.enum(['keys', 'identity-center', 'role', 'process', 'web-identity', 'container', 'instance', 'login', 'environment', 'none']);
export type ProfileKind = z.infer<typeof ProfileKind>;

/** A profile as the accounts panel shows it. */
export const AccountProfile = z.object({
  profile: z.string(),
  kind: ProfileKind,
  region: z.string().optional(),
  /** Twelve digits, where the profile's section or an answer names it. */
  accountId: z.string().optional(),
  /** The role it acts as: its ARN, or its name in Identity Center. */
  role: z.string().optional(),
  /** What it takes its first credentials from: another profile, or a `credential_source`. */
  source: z.string().optional(),
  /** The Identity Center session, or the start URL of the older form, it signs in through, itself or by its source. */
  signIn: z.string().optional(),
  /** Kept by Postern, in no AWS file. */
  added: z.boolean(),
});
export type AccountProfile = z.infer<typeof AccountProfile>;

/** One Identity Center that can be signed in to: a `[sso-session]`, the older form's start URL, or one added in Postern. */
export const SignIn = z.object({
  /** The session's name, else its start URL. */
  signIn: z.string(),
  startUrl: z.string(),
  /** Where Identity Center itself is. */
  region: z.string(),
  added: z.boolean(),
  /** `renewable`: the token has ended and the next call renews it without a person. */
  state: z.enum(['signed-in', 'renewable', 'signed-out']),
  /** When the token of now ends; ISO 8601. */
  expiresAt: z.string().optional(),
});
export type SignIn = z.infer<typeof SignIn>;

export const Accounts = z.object({ profiles: z.array(AccountProfile), signIns: z.array(SignIn) });
export type Accounts = z.infer<typeof Accounts>;

/** How to sign in: in a browser of this computer (authorization code with PKCE), or anywhere, with a code to compare. */
export const SignInMethod = z.enum(['browser', 'code']);
export type SignInMethod = z.infer<typeof SignInMethod>;

export const SignInProgress = z.discriminatedUnion('name', [
  /** Nobody has begun. */
  z.object({ name: z.literal('needed') }),
  z.object({ name: z.literal('starting'), method: SignInMethod }),
  /** The page to open. It has not been opened: the person looks at the address first. */
  z.object({ name: z.literal('waiting'), method: SignInMethod, url: z.string(), userCode: z.string().optional(), expiresAt: z.string() }),
  z.object({ name: z.literal('failed'), error: ErrorReport }),
]);
export type SignInProgress = z.infer<typeof SignInProgress>;

/** What calls wait for. One for however many calls. */
export const AccountPrompt = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sign-in'), promptId: z.string(), signIn: z.string(), startUrl: z.string(), profiles: z.array(z.string()), progress: SignInProgress, declined: z.boolean() }),
  z.object({ kind: z.literal('mfa'), promptId: z.string(), profiles: z.array(z.string()), serial: z.string(), attempt: z.number().int().positive(), declined: z.boolean() }),
  /** `changed`: another command of this profile had been agreed to. */
  z.object({ kind: z.literal('consent'), promptId: z.string(), profiles: z.array(z.string()), command: z.string(), changed: z.boolean(), declined: z.boolean() }),
]);
export type AccountPrompt = z.infer<typeof AccountPrompt>;

/** Travels inward only. A prompt that was declined stays, and its calls fail at once, until it is answered. */
export const PromptReply = z.object({
  promptId: z.string(),
  reply: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mfa'), code: z.string().regex(/^\d{6}$/, say`the code has six digits`) }),
    z.object({ kind: z.literal('agree') }),
    z.object({ kind: z.literal('decline') }),
  ]),
});
export type PromptReply = z.infer<typeof PromptReply>;

/** An account Identity Center lets the person into, and the roles they may take there. */
export const OfferedAccount = z.object({ accountId: z.string(), accountName: z.string().optional(), roles: z.array(z.string()) });
export type OfferedAccount = z.infer<typeof OfferedAccount>;

/** A profile of Postern's own: a role of an account, through a sign-in. */
export const AddedProfile = z.object({
  profile: z.string().min(1).max(200),
  signIn: z.string(),
  accountId: z.string().regex(/^\d{12}$/),
  roleName: z.string().min(1).max(64),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, say`write the region as AWS does, e.g. eu-west-1`),
});
export type AddedProfile = z.infer<typeof AddedProfile>;

/** An Identity Center of Postern's own, in no AWS file. */
export const AddedSignIn = z.object({
  signIn: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, say`use letters, digits and . _ -`),
  startUrl: z.url({ protocol: /^https?$/ }),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, say`write the region as AWS does, e.g. eu-west-1`),
});
export type AddedSignIn = z.infer<typeof AddedSignIn>;

export const accountColours = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'grey'] as const;

/** How an account is shown, chosen by the person. Never colour alone: the label and the production mark are words. */
export const AccountMark = z.object({
  colour: z.enum(accountColours).optional(),
  /** Tabs carry a stripe, and every paste is shown before it is sent. */
  production: z.boolean().optional(),
  label: z.string().max(40).optional(),
});
export type AccountMark = z.infer<typeof AccountMark>;
