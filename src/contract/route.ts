/**
 * A way to a shell on an instance. (Never a VPC route-table entry.)
 */
import * as z from 'zod';
import { Sentence } from './sentence.ts';

/** How many bastions a way may lead through. */
export const MAX_BASTIONS = 3;

export const Route = z.discriminatedUnion('kind', [
  /** TCP straight to an address of the instance, then SSH. */
  z.object({ kind: z.literal('direct'), address: z.string(), port: z.number().int() }),
  /** By SSH to each of `through` (instance ids, the nearest first), and from the last one to the address. */
  z.object({ kind: z.literal('jump'), through: z.array(z.string()).min(1).max(MAX_BASTIONS), address: z.string(), port: z.number().int() }),
  /** A Session Manager shell: no SSH, no inbound rule. */
  z.object({ kind: z.literal('session-manager'), instanceId: z.string() }),
  /** A port of the instance through Session Manager, then SSH: no inbound rule, but a key. */
  z.object({ kind: z.literal('ssm'), instanceId: z.string(), port: z.number().int() }),
  /** A tunnel of an EC2 Instance Connect Endpoint to a private address, then SSH. It lives for an hour at most. */
  z.object({ kind: z.literal('eice'), instanceConnectEndpointId: z.string(), privateIpAddress: z.string(), port: z.number().int() }),
  /** The serial console: works without any network of the instance, and shows its boot. */
  z.object({ kind: z.literal('serial'), instanceId: z.string() }),
]);
export type Route = z.infer<typeof Route>;

export const routeKinds = ['direct', 'jump', 'session-manager', 'ssm', 'eice', 'serial'] as const;
export const RouteKind = z.enum(routeKinds);
export type RouteKind = z.infer<typeof RouteKind>;

export const RoutePlan = z.object({
  route: Route,
  /** From facts already held, before anything is tried. */
  usable: z.enum(['yes', 'no', 'unknown']),
  /** The sentence the panel shows: why, with the fact it rests on. */
  reason: Sentence,
});
export type RoutePlan = z.infer<typeof RoutePlan>;
