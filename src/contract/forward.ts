/**
 * A forward: a local listener whose connections come out at a port of an instance, or of a host the instance can reach.
 */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';
import { Sentence } from './sentence.ts';

/** Where a forward listens on this machine. */
export const LocalEnd = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('tcp'),
    /** An address of this machine. Anything but loopback lets other machines in. */
    address: z.string().min(1).default('127.0.0.1'),
    /** 0 takes a free one. */
    port: z.number().int().min(0).max(65_535),
  }),
  /** A unix socket, made with mode 0600. */
  z.object({ kind: z.literal('unix'), path: z.string().min(1).max(100) }),
]);
export type LocalEnd = z.infer<typeof LocalEnd>;

export const OpenForward = z.object({
  instanceId: z.string(),
  local: LocalEnd,
  /** A name or address the instance resolves and reaches; absent: the instance itself. */
  remoteHost: z
    .string()
    .min(3)
    .max(253)
    .regex(/^[A-Za-z0-9.:_-]+$/)
    .optional(),
  remotePort: z.number().int().min(1).max(65_535),
  /** Connections are spread over this many Session Manager sessions: one gives less than 1 MB/s downwards. */
  sessions: z.number().int().min(1).max(8).default(1),
});
export type OpenForward = z.infer<typeof OpenForward>;

export const Forward = z.object({
  forwardId: z.string(),
  /**
   * Absent: connections to `local` come out at the target. `dynamic`: each says by SOCKS where it comes out. `remote`: the other
   * way round, the host listens at the target and its connections come out at `local`.
   */
  kind: z.enum(['dynamic', 'remote']).optional(),
  instanceId: z.string(),
  instanceName: z.string().optional(),
  /** With the port that was taken, once it listens. */
  local: LocalEnd,
  remoteHost: z.string().optional(),
  /** Absent where each connection says its own. */
  remotePort: z.number().int().optional(),
  sessions: z.number().int(),
  /** `resuming`: the line dropped and comes back; connections wait. */
  state: z.enum(['opening', 'listening', 'resuming', 'failed']),
  error: ErrorReport.optional(),
  openedAt: z.string(),
  /** Connections open now, and since it was opened. */
  openConnections: z.number().int().nonnegative(),
  totalConnections: z.number().int().nonnegative(),
  /** Towards the instance, and from it, since it was opened. */
  sentBytes: z.number().int().nonnegative(),
  receivedBytes: z.number().int().nonnegative(),
  /** Bytes per second over the last second, both ways. */
  sentBytesPerSecond: z.number().nonnegative(),
  receivedBytesPerSecond: z.number().nonnegative(),
  /** When the first of its sessions reaches the longest duration that the account allows, as an ISO time. */
  endsAt: z.string().optional(),
  /** What the far side has to say to the person. */
  message: Sentence.optional(),
  /** Why a line or a connection of it was last lost. */
  lastDrop: z.object({ time: z.string(), reason: Sentence }).optional(),
});
export type Forward = z.infer<typeof Forward>;

/** Whether only this machine's own programs reach it. What is not known to be loopback is not. */
export function isLoopback(address: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|(0:){7}1|::ffff:127(\.\d{1,3}){3})$/i.test(address);
}

/** `127.0.0.1:5432`, `[::1]:5432`, or the path of a unix socket. */
export function localEndText(local: LocalEnd): string {
  return local.kind === 'unix' ? local.path : hostPortText(local.address, local.port);
}

/** Its far end: `web-1:80`, the remote host's `db.internal:5432`, or `web-1` where each connection says its own. */
export function targetText({ instanceId, instanceName, remoteHost, remotePort }: Pick<Forward, 'instanceId' | 'instanceName' | 'remoteHost' | 'remotePort'>): string {
  const host = remoteHost ?? (instanceName === undefined || instanceName === '' ? instanceId : instanceName);
  return remotePort === undefined ? host : hostPortText(host, remotePort);
}

function hostPortText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
