/** The file that keeps the settings, and settings that come from elsewhere. */
import * as z from 'zod';
import { Sentence } from './sentence.ts';
import { SettingsChange } from './settingsChange.ts';

/** A value that is ignored alone: `bad` cannot be, `unknown` is no setting. It stays in the file. `name`: of an entry that says its own. */
export const SettingsProblem = z.object({ path: z.string(), name: z.string().optional(), line: z.number(), kind: z.enum(['bad', 'unknown']), reason: Sentence });
export type SettingsProblem = z.infer<typeof SettingsProblem>;

export const SettingsFile = z.object({
  path: z.string(),
  problems: z.array(SettingsProblem),
  /** Where it stops being JSON: until that is mended, the settings of before are in force and nothing is written. */
  syntax: z.object({ line: z.number(), reason: Sentence }).optional(),
});
export type SettingsFile = z.infer<typeof SettingsFile>;

/** Characters of a file to import. */
export const MAX_IMPORT_LENGTH = 1_000_000;

/** What an import would change, and what of it is left out. */
export const SettingsPreview = z.object({
  changes: z.array(SettingsChange.extend({ before: z.unknown().optional() })),
  problems: z.array(SettingsProblem),
});
export type SettingsPreview = z.infer<typeof SettingsPreview>;
