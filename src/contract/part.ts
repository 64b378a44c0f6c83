/** One thing that one call tells: known, or why it is not. A denied call takes away its part and nothing else. */
import * as z from 'zod';
import { ErrorReport } from './error.ts';

export const MissingPart = z.object({
  known: z.literal(false),
  /** What the call needs, as IAM names it, e.g. `ec2:DescribeVolumes`. */
  permission: z.string(),
  /** The caller's policy is the reason; otherwise the call failed, or was not made as one before it failed. */
  denied: z.boolean(),
  error: ErrorReport,
});
export type MissingPart = z.infer<typeof MissingPart>;

export type Part<T> = { readonly known: true; readonly value: T } | MissingPart;

export function part<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('known', [z.object({ known: z.literal(true), value }), MissingPart]);
}
