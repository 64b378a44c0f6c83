/** Recordings of sessions: what is kept of which, and where. A file of the person's, 0600; nothing of it leaves the machine. */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';
import { say } from './say.ts';
import { Sentence } from './sentence.ts';

/** `asciicast`: version 2, replayed with its times. `text`: what was printed, line by line. */
export const RecordingFormat = z.enum(['asciicast', 'text']);
export type RecordingFormat = z.infer<typeof RecordingFormat>;

/** Of input only what the host echoed is kept: what is typed at a password prompt is not. */
export const RecordedStreams = z.enum(['output', 'input', 'both']);
export type RecordedStreams = z.infer<typeof RecordedStreams>;

/** Hosts that are always recorded. What a rule names must all fit; one that names nothing fits every host. */
export const RecordingRule = z.object({
  instanceId: z.string().optional(),
  /** The Name tag, or the name in ~/.ssh/config; `*` stands for anything. */
  name: z.string().optional(),
  tag: z.object({ key: z.string(), value: z.string() }).optional(),
  accountId: z.string().regex(/^\d{12}$/, say`an account id has twelve digits`).optional(),
  /** Absent: as set for all. */
  format: RecordingFormat.optional(),
  kept: RecordedStreams.optional(),
});
export type RecordingRule = z.infer<typeof RecordingRule>;

export const RecordingSettings = z.object({
  /** Empty: `recordings` in the data folder. */
  folder: z.string().max(1000).regex(/^$|^\/|^[A-Za-z]:[\\/]|^\\\\/, 'write a whole path, or nothing').default(''),
  format: RecordingFormat.default('asciicast'),
  kept: RecordedStreams.default('output'),
  /** Text logs: the time before each line. */
  timestamps: z.boolean().default(false),
  /** Millions of bytes after which one recording ends. */
  maxMegabytes: z.number().int().min(1).max(100_000).default(200),
  /** Recordings older than this are deleted. */
  keepDays: z.number().int().min(1).max(3650).default(90),
  /** Every session of an account that is marked as production. */
  production: z.boolean().default(false),
  rules: z.array(RecordingRule).default([]),
});
export type RecordingSettings = z.infer<typeof RecordingSettings>;

/** The recording of a session that is open, as its tab shows it. */
export const LiveRecording = z.object({
  recordingId: z.string(),
  /** `stopped`: by itself; `error` says why. What was written until then is kept. */
  state: z.enum(['recording', 'stopped']),
  format: RecordingFormat,
  kept: RecordedStreams,
  startedAt: z.string(),
  path: z.string(),
  /** Begun by a rule or for production, not by the person. */
  always: z.boolean(),
  error: ErrorReport.optional(),
});
export type LiveRecording = z.infer<typeof LiveRecording>;

/** A recording as the history knows it. */
export const Recording = z.object({
  recordingId: z.string(),
  path: z.string(),
  format: RecordingFormat,
  kept: RecordedStreams,
  startedAt: z.string(),
  /** Absent while it goes on, and where Postern ended before it did. */
  durationMs: z.number().optional(),
  /** As the file is now. */
  sizeBytes: z.number().int().optional(),
  /** `missing`: the file is not there any more, and Postern has not deleted it. */
  state: z.enum(['recording', 'kept', 'missing', 'deleted']),
  /** Why it ended before its session did. */
  reason: Sentence.optional(),
});
export type Recording = z.infer<typeof Recording>;

/** Where a recording is found. */
export const RecordingRef = z.object({ entryId: z.string(), recordingId: z.string() });
export type RecordingRef = z.infer<typeof RecordingRef>;
