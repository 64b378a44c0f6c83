/** The history: every session, tunnel and action, with who, where, which way, when, and how it ended. Nothing secret. */
import * as z from 'zod';
import { Recording } from './recording.ts';
import { Sentence } from './sentence.ts';

export const HistoryKind = z.enum(['session', 'command', 'forward', 'start', 'stop', 'hibernate', 'reboot', 'terminate', 'protection', 'key-created', 'key-imported', 'key-deleted', 'password']);
export type HistoryKind = z.infer<typeof HistoryKind>;

export const HistoryEntry = z.object({
  entryId: z.string(),
  kind: HistoryKind,
  /** Of an instance, or of a host of ~/.ssh/config; absent for key pairs. */
  hostId: z.string().optional(),
  hostName: z.string().optional(),
  /** What it was about besides a host: the name of a key pair, a remote port, a protection. */
  subject: Sentence.optional(),
  profile: z.string().optional(),
  region: z.string().optional(),
  accountId: z.string().optional(),
  /** Who AWS said the caller is, e.g. `arn:aws:sts::123456789012:assumed-role/Admin/me`. */
  callerArn: z.string().optional(),
  /** Who ran Postern on this computer. */
  localUser: z.string().optional(),
  /** Who signed in on the host. */
  osUser: z.string().optional(),
  /** The way in, as in `RouteKind`. */
  route: z.string().optional(),
  awsSessionIds: z.array(z.string()).optional(),
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.string().optional(),
  /** `open`: it goes on. `unknown`: Postern ended before it did. */
  outcome: z.enum(['open', 'ok', 'failed', 'unknown']),
  /** How it ended, or why it failed. */
  reason: Sentence.optional(),
  sentBytes: z.number().int().optional(),
  receivedBytes: z.number().int().optional(),
  /** Of a session, the first one first. */
  recordings: z.array(Recording).optional(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const ListHistory = z.object({
  /** Only entries that hold all of these words in a name, id, account, caller or reason. */
  text: z.string().max(200).default(''),
  kinds: z.array(HistoryKind).optional(),
  /** Only entries with a recording that is there. */
  recorded: z.boolean().optional(),
  /** Only entries that did not end well. */
  failed: z.boolean().optional(),
  limit: z.number().int().min(1).max(1000).default(200),
  /** Entries that started at this ISO time or later. */
  since: z.string().optional(),
  /** Entries that started before this ISO time. */
  before: z.string().optional(),
});
export type ListHistory = z.infer<typeof ListHistory>;
