/** The schema of an error as data. */
import * as z from 'zod';
import { errorCodes, type ErrorReport as ErrorReportType } from './error.ts';
import { Sentence } from './sentence.ts';

export const ErrorReport = z.object({
  code: z.enum(errorCodes),
  message: Sentence,
  remedy: Sentence.optional(),
  retryable: z.boolean(),
  requestId: z.string().optional(),
}) satisfies z.ZodType<ErrorReportType>;
