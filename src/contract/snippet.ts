/** Text that is typed often, kept with the settings. Never a place for secrets: it is a readable file. */
import * as z from 'zod';
import { say } from './say.ts';

/** What a parameter may be called: `{{name}}` in the text. */
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,39}$/;

export const Snippet = z.object({
  name: z.string().min(1).max(80),
  /**
   * `{{name}}` is asked for, `{{name:default}}` with a value to begin with, `{{name|sh}}` is quoted for a POSIX shell; `\{{` is two braces.
   */
  text: z.string().min(1).max(20_000),
  description: z.string().max(300).optional(),
  /** Values to choose from, by parameter. */
  choices: z.record(z.string().regex(PARAMETER_NAME), z.array(z.string().min(1).max(200)).min(1).max(50)).optional(),
  /** Offered only where one of these fits; nothing named at all: everywhere. A tag as `key=value`. */
  tags: z.array(z.string().regex(/^[^=]{1,128}=.{0,256}$/, say`a tag is key=value`)).max(50).optional(),
  accounts: z.array(z.string().regex(/^\d{12}$/, say`an account id has 12 digits`)).max(100).optional(),
  /** Name tags, instance ids or names of ~/.ssh/config; `*` stands for anything. */
  hosts: z.array(z.string().min(1).max(256)).max(100).optional(),
  /** Enter is sent behind it. */
  enter: z.boolean().default(true),
  /** It is always shown before it is sent. */
  confirm: z.boolean().default(false),
});
export type Snippet = z.infer<typeof Snippet>;
