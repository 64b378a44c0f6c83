/** What the administrators of an account have set for the Session Manager sessions of one region. */
import * as z from 'zod';
import { Sentence } from './sentence.ts';

export const SessionPreferences = z.object({
  /** Where they stand, e.g. `SSM-SessionManagerRunShell`; absent: nobody has set any, and AWS's own defaults hold. */
  documentName: z.string().optional(),
  /** Without input for so long, a session ends. */
  idleMinutes: z.number(),
  /** After so long, a session ends whatever happens; absent: no such limit. */
  maxMinutes: z.number().optional(),
  /** Who shells and commands run as; absent: `ssm-user`. A tag of the identity may name another one. */
  runAsUser: z.string().optional(),
  /** What is typed into every new shell. */
  shellProfile: z.object({ linux: z.string().optional(), windows: z.string().optional() }),
  /** Encrypts shells and commands on top of TLS. */
  kmsKeyId: z.string().optional(),
  /** Where what is shown in shells is recorded, e.g. `S3 bucket audit/sessions`. */
  recordedTo: z.array(Sentence),
});
export type SessionPreferences = z.infer<typeof SessionPreferences>;
