/** One thing that one call tells: known, or why it is not. A denied call takes away its part and nothing else. */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';

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

/** Where the value may be undefined its key is absent on the wire, which reads the same: so the type says it is there. */
export function part<T extends z.ZodType>(value: T): z.ZodType<Part<z.output<T>>> {
  return z.discriminatedUnion('known', [z.object({ known: z.literal(true), value }), MissingPart]) as unknown as z.ZodType<Part<z.output<T>>>;
}
