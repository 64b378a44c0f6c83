/**
 * What a person chose, kept in one readable file. A bad value is named and ignored alone.
 */
import * as z from 'zod';
import { AccountMark } from './account.ts';
import { RecordingSettings } from './recording.ts';
import { say } from './say.ts';
import { Sentence } from './sentence.ts';
import { Scope } from './scope.ts';
import { Shortcuts } from './shortcuts.ts';
import { Snippet } from './snippet.ts';
import { terminalLooks } from './terminalLooks.ts';

/** A user name of a host. */
export const OsUser = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.@\\-]{0,63}$/, say`a user name has letters, digits and _ . @ - only`);

/** What a rule names must all fit; one that names nothing fits every host. */
export const OsUserRule = z.object({
  osUser: OsUser,
  instanceId: z.string().optional(),
  /** The Name tag; `*` stands for anything. */
  name: z.string().optional(),
  tag: z.object({ key: z.string(), value: z.string() }).optional(),
});
export type OsUserRule = z.infer<typeof OsUserRule>;

/** Pixels of the terminal's font. */
export const FONT_SIZE_MIN = 6;
export const FONT_SIZE_MAX = 40;

export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark', 'high-contrast']).default('system'),
  /** The window's language; `system`: the first of the person's languages that Postern speaks. */
  language: z.enum(['system', 'en', 'ja']).default('system'),
  /** Profiles and regions listed. Absent: every profile that names a region. */
  scopes: z.array(Scope.pick({ profile: true, region: true })).optional(),
  terminal: z
    .object({
      fontFamily: z.string().default('"DejaVu Sans Mono", Menlo, Consolas, monospace'),
      fontSize: z.number().min(FONT_SIZE_MIN).max(FONT_SIZE_MAX).default(13),
      /** Lines kept above the screen. */
      scrollback: z.number().int().min(0).max(1_000_000).default(10_000),
      /** A paste of more characters is shown before it is sent. One of several lines, or with control characters, always is. */
      longPasteCharacters: z.number().int().min(1).max(1_000_000).default(5000),
      ...terminalLooks,
    })
    .prefault({}),
  /** How accounts are shown, by account id. */
  accounts: z.record(z.string().regex(/^\d{12}$/), AccountMark).default({}),
  /**
   * What may vouch for a host key at first contact: the instance's console output (one call to EC2), and the host itself through
   * Session Manager (a session that reads its public key files). The host can be asked in each question, too.
   */
  firstContactProof: z.enum(['off', 'console', 'console-and-session-manager']).default('console'),
  /** Who signs in on which hosts; the first that fits. No rule: guessed from the image. */
  osUsers: z.array(OsUserRule).default([]),
  /** Hosts with which algorithms that are no longer safe may be used. */
  weakAlgorithmHosts: z.array(z.object({ scopeKey: z.string(), instanceId: z.string() })).default([]),
  /** Hosts whose programs may always, or never, put text on the clipboard (OSC 52); the others are asked about each time. None may read it. */
  clipboardHosts: z.array(z.object({ scopeKey: z.string(), instanceId: z.string(), name: z.string().max(256).optional(), allow: z.enum(['always', 'never']) })).default([]),
  ssh: z
    .object({
      /** A further tab to the same host, user and way goes over the connection that is there. */
      shareConnections: z.boolean().default(true),
      /** A dropped session is opened again by itself. */
      reconnect: z.boolean().default(true),
    })
    .prefault({}),
  /** How the hosts list is arranged. */
  list: z
    .object({
      /** `place` is account, region and VPC under each other; `tag:` and a tag's key groups by its values. */
      groupBy: z.string().regex(/^(place|account|region|vpc|none|tag:.{1,128})$/).default('place'),
      /** Instance ids shown first. */
      pinned: z.array(z.string()).default([]),
      /** Filters that were saved, by name. */
      views: z.array(z.object({ name: z.string().min(1).max(60), query: z.string().max(1000), groupBy: z.string().optional() })).default([]),
    })
    .prefault({}),
  /** What a start does with the tabs of the last one. Restored tabs connect when the person says so. */
  restoreWorkspace: z.enum(['ask', 'always', 'never']).default('ask'),
  /** Keys other than the defaults, by action (`renderer/state/shortcuts.ts`); no keys: none starts it. */
  shortcuts: Shortcuts.default({}),
  /** Text that is typed often. No place for secrets. */
  snippets: z.array(Snippet).max(500).default([]),
  notifications: z
    .object({
      /** A long command that ends where nobody looks is told of. */
      commandEnded: z.boolean().default(true),
      /** What counts as long, in seconds. */
      afterSeconds: z.number().int().min(1).max(86_400).default(30),
    })
    .prefault({}),
  /** What of sessions is kept, and of which. */
  recording: RecordingSettings.prefault({}),
  history: z
    .object({
      /** Older entries are dropped, and their recordings with them. */
      keepDays: z.number().int().min(1).max(3650).default(400),
    })
    .prefault({}),
  /** Folded sections of the host panel, by name. */
  foldedSections: z.array(z.string()).default([]),
});
export type Settings = z.infer<typeof Settings>;

/** Something the person should know that no single action caused, e.g. a settings file that was kept aside. */
export const Notice = z.object({ noticeId: z.string(), severity: z.enum(['info', 'warning', 'error']), message: Sentence, remedy: Sentence.optional() });
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
