/**
 * What a person chose, kept in one readable file. A bad value is named and ignored alone.
 */
import * as z from 'zod';
import { Scope } from './scope.ts';

export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark', 'high-contrast']).default('system'),
  /** The window's language; `system`: the first of the person's languages that Postern speaks. */
  language: z.enum(['system', 'en', 'ja']).default('system'),
  /** Profiles and regions listed. Absent: every profile that names a region. */
  scopes: z.array(Scope.pick({ profile: true, region: true })).optional(),
  terminal: z
    .object({
      fontFamily: z.string().default('"DejaVu Sans Mono", Menlo, Consolas, monospace'),
      fontSize: z.number().min(6).max(40).default(13),
      /** Lines kept above the screen. */
      scrollback: z.number().int().min(0).max(1_000_000).default(10_000),
    })
    .prefault({}),
  /** Folded sections of the host panel, by name. */
  foldedSections: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof Settings>;

/** Something the person should know that no single action caused, e.g. a settings file that was kept aside. */
export const Notice = z.object({ noticeId: z.string(), severity: z.enum(['info', 'warning', 'error']), message: z.string(), remedy: z.string().optional() });
export type Notice = z.infer<typeof Notice>;

export const AppInfo = z.object({
  version: z.string(),
  /** Whether the demo cloud runs in this process. */
  demo: z.boolean(),
  /** Whether `app.startDemo` would work. */
  demoAvailable: z.boolean(),
  /** Which app holds the services. */
  app: z.enum(['electron', 'web', 'cli']),
  /** `darwin`, `win32`, `linux`: decides shortcut names and mouse habits. */
  platform: z.string(),
});
export type AppInfo = z.infer<typeof AppInfo>;
