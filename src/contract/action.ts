/**
 * What changes an instance: start, stop, hibernate, reboot, terminate, and the two protections. A run is told host by host.
 */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';
import { part } from './part.ts';
import { say } from './say.ts';
import { Sentence } from './sentence.ts';
import { Scope } from './scope.ts';

export const actionKinds = ['start', 'stop', 'hibernate', 'reboot', 'terminate'] as const;
export const ActionKind = z.enum(actionKinds);
export type ActionKind = z.infer<typeof ActionKind>;

/** Hosts of one run. */
export const MAX_ACTION_HOSTS = 100;

const HostId = z.string().regex(/^i-[0-9a-f]{8,17}$/, say`an instance id is i- and hexadecimal digits`);

export const RunAction = z.object({
  /** Chosen by whoever asks: the same run asked for twice is done once. */
  actionId: z.string().min(8).max(64),
  kind: ActionKind,
  instanceIds: z.array(HostId).min(1).max(MAX_ACTION_HOSTS),
  /** The Name tag, or the id where there is none, as the person typed it; by instance id. Needed for what `ActionCosts.typedName` says. */
  typedNames: z.record(z.string(), z.string().max(300)).default({}),
});
export type RunAction = z.infer<typeof RunAction>;

/** How one host of a run stands. `retrying`: AWS throttles, and it is asked again at `retryAt`. `changing`: AWS has taken it, the host is on its way. */
export const ActionPhase = z.enum(['waiting', 'asking', 'retrying', 'changing', 'done', 'failed']);
export type ActionPhase = z.infer<typeof ActionPhase>;

export const ActionHost = z.object({
  instanceId: z.string(),
  instanceName: z.string().optional(),
  scope: Scope,
  phase: ActionPhase,
  /** How often AWS was asked. */
  attempts: z.number().int(),
  retryAt: z.string().optional(),
  stateBefore: z.string(),
  state: z.string(),
  publicIpBefore: z.string().optional(),
  publicIp: z.string().optional(),
  error: ErrorReport.optional(),
});
export type ActionHost = z.infer<typeof ActionHost>;

export const ActionRun = z.object({
  actionId: z.string(),
  kind: ActionKind,
  startedAt: z.string(),
  /** Every host is done or has failed. */
  endedAt: z.string().optional(),
  hosts: z.array(ActionHost),
});
export type ActionRun = z.infer<typeof ActionRun>;

export const Protection = z.object({ termination: z.boolean(), stop: z.boolean() });
export type Protection = z.infer<typeof Protection>;

/** What an action would cost one host, read before it is done. */
export const ActionCosts = z.object({
  instanceId: z.string(),
  instanceName: z.string().optional(),
  state: z.string(),
  /** The name that must be typed: it ends the host, or its account is marked as production. Absent: none need be. */
  typedName: z.string().optional(),
  production: z.boolean(),
  /** It cannot be done now, in a sentence. */
  impossible: Sentence.optional(),
  /** Its public addresses: an automatic one goes with a stop, an Elastic one stays. */
  publicAddresses: z.array(z.object({ publicIp: z.string(), elastic: z.boolean() })),
  autoScalingGroup: z.string().optional(),
  /** Terminals and tunnels of this Postern that would end. */
  openSessions: z.number().int(),
  openForwards: z.number().int(),
  protection: part(Protection),
  hibernationConfigured: part(z.boolean()),
  /** Gigabytes of disks whose data is lost; 0: there are none. */
  instanceStoreGb: part(z.number()),
  /** Volumes that are deleted with it. */
  deletedVolumes: part(z.array(z.string())),
});
export type ActionCosts = z.infer<typeof ActionCosts>;
