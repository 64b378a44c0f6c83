/**
 * Where something was seen: one profile in one region. Every AWS object carries its scope.
 */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';

export { ALL_REGIONS, scopeKey } from './scopeKey.ts';

export const Scope = z.object({
  /** Name of a profile in ~/.aws/config or ~/.aws/credentials. */
  profile: z.string(),
  /** Region code, e.g. `ap-northeast-1`. */
  region: z.string(),
  /** Twelve digits; absent until the first answer names the owner. */
  accountId: z.string().optional(),
});
export type Scope = z.infer<typeof Scope>;

/** A profile found in the AWS config files, and where it points. */
export const Profile = z.object({
  profile: z.string(),
  /** The region its section names, or the one of the environment. */
  region: z.string().optional(),
  /** True for the profile of the built-in demo cloud. */
  demo: z.boolean(),
});
export type Profile = z.infer<typeof Profile>;

/** A fact that could not be read in a scope while others could, e.g. a denied call. */
export const ScopeProblem = z.object({
  /** The API call as IAM names it, e.g. `ssm:DescribeInstanceInformation`. */
  action: z.string(),
  error: ErrorReport,
});
export type ScopeProblem = z.infer<typeof ScopeProblem>;

/** A permission the caller's policy does not give, and what is missing on screen for it. */
export const DeniedPermission = z.object({
  /** As IAM names it, e.g. `ec2:DescribeInstanceStatus`. */
  permission: z.string(),
  /** A key of what it would have shown, e.g. `status`: see `Feature`. */
  feature: z.string(),
});
export type DeniedPermission = z.infer<typeof DeniedPermission>;

/** How a scope's part of the list stands. */
export const ScopeStatus = z.object({
  scope: Scope,
  /** `needs-sign-in`: it waits for a person; the prompt that names its profile says for what. */
  state: z.enum(['loading', 'ready', 'needs-sign-in', 'failed']),
  /** Instances known so far in this scope. */
  instanceCount: z.number().int().nonnegative(),
  /** When the last complete answer arrived; ISO 8601. */
  refreshedAt: z.string().optional(),
  /** Why the scope failed or waits; with `state: 'failed'` and `'needs-sign-in'` only. */
  error: ErrorReport.optional(),
  /** Calls that failed while DescribeInstances worked; what they would have shown is missing. */
  problems: z.array(ScopeProblem),
  /** Those of `problems` that a policy is the reason for; absent: none. */
  denied: z.array(DeniedPermission).optional(),
  /** True while rows are those of an earlier run, or of before a reading that failed, as of `refreshedAt`, and AWS has not confirmed them since. */
  remembered: z.boolean().optional(),
});
export type ScopeStatus = z.infer<typeof ScopeStatus>;
