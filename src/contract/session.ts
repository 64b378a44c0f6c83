/**
 * What a tab shows: a terminal session, its state, and the questions it asks a person.
 */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';
import { LiveRecording } from './recording.ts';
import { MAX_BASTIONS, Route, RouteKind } from './route.ts';
import { Sentence } from './sentence.ts';

/** Character cells. */
export const TerminalSize = z.object({ columns: z.number().int().min(1).max(2000), rows: z.number().int().min(1).max(2000) });
export type TerminalSize = z.infer<typeof TerminalSize>;

/** RFC 4254 section 6.10. Both absent when the far end told neither. */
export const ExitStatus = z.object({ exitCode: z.number().int().optional(), signal: z.string().optional() });
export type ExitStatus = z.infer<typeof ExitStatus>;

export const StepName = z.enum([
  'choosing-route',
  'starting-session',
  'opening-transport',
  'checking-host-key',
  'authenticating',
  'starting-shell',
]);
export type StepName = z.infer<typeof StepName>;

/** One line of the connect progress. `durationMs` is absent while the step runs. */
export const ConnectStep = z.object({
  step: StepName,
  /** What is being done to what, e.g. `TCP to 203.0.113.9 port 22`. */
  detail: Sentence.optional(),
  durationMs: z.number().optional(),
  outcome: z.enum(['running', 'done', 'failed']),
});
export type ConnectStep = z.infer<typeof ConnectStep>;

export const Question = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('host-key'),
    questionId: z.string(),
    instanceId: z.string(),
    /** Where it answered, e.g. `203.0.113.9 port 22`. */
    address: Sentence,
    /** SSH name, e.g. `ssh-ed25519`. */
    algorithm: z.string(),
    /** `SHA256:` and 43 base64 characters. */
    fingerprint: z.string(),
    /** Why nothing proves the key, one sentence for each source that was asked. */
    unprovenBecause: z.array(Sentence).optional(),
    /** Whether the host itself can be asked through Session Manager. */
    canAskHost: z.boolean().optional(),
  }),
  /** `canRemember`: it can be kept in the keychain, for a file that stays where it is. */
  z.object({ kind: z.literal('passphrase'), questionId: z.string(), keyName: Sentence, attempt: z.number().int(), canRemember: z.boolean().optional() }),
  /** Which keys of the person's SSH agent the host may use, if any: asked once for each host. */
  z.object({ kind: z.literal('forward-agent'), questionId: z.string(), host: z.string(), keys: z.array(z.object({ keyPairId: z.string(), keyName: z.string(), fingerprint: z.string() })) }),
  z.object({
    kind: z.literal('keyboard-interactive'),
    questionId: z.string(),
    name: z.string(),
    instructions: z.string(),
    prompts: z.array(z.object({ prompt: Sentence, echo: z.boolean() })),
    /** Who asks, when it is a bastion on the way. */
    bastion: z.string().optional(),
  }),
  /** Which of several keys, or none found: the person picks a keychain key. */
  z.object({ kind: z.literal('choose-key'), questionId: z.string(), osUser: z.string(), keyName: z.string().optional(), keyPairIds: z.array(z.string()), bastion: z.string().optional() }),
  /** A command of ~/.ssh/config, before its first run: asked once for exactly this command. */
  z.object({
    kind: z.literal('run-command'),
    questionId: z.string(),
    purpose: z.enum(['proxy-command', 'match-exec']),
    /** Of the host it is for. */
    host: z.string(),
    /** As it would be run, with every name filled in. */
    command: z.string(),
    /** Where it stands, e.g. `/home/me/.ssh/config line 4`; absent: on the command line. */
    place: Sentence.optional(),
  }),
]);
export type Question = z.infer<typeof Question>;

/** Travels inward only; the text in it may be secret. */
export const Answer = z.object({
  sessionId: z.string(),
  questionId: z.string(),
  reply: z.discriminatedUnion('kind', [
    /** `askHost`: neither yet; read the keys from the host itself first. */
    z.object({ kind: z.literal('host-key'), accept: z.boolean(), askHost: z.boolean().optional() }),
    z.object({ kind: z.literal('passphrase'), passphrase: z.string(), remember: z.boolean().optional() }),
    /** None: it may not. */
    z.object({ kind: z.literal('forward-agent'), keyPairIds: z.array(z.string()) }),
    z.object({ kind: z.literal('keyboard-interactive'), responses: z.array(z.string()) }),
    z.object({ kind: z.literal('choose-key'), keyPairId: z.string() }),
    z.object({ kind: z.literal('run-command'), allow: z.boolean() }),
    z.object({ kind: z.literal('cancel') }),
  ]),
});
export type Answer = z.infer<typeof Answer>;

/** A way in that dropped and is tried again: a new shell follows in the same terminal. */
export const Reconnecting = z.object({
  /** From 1. */
  attempt: z.number().int(),
  /** When it is tried, as an ISO time; absent while it is being tried. */
  at: z.string().optional(),
});
export type Reconnecting = z.infer<typeof Reconnecting>;

/** The line dropped. With `reconnecting` the shell is lost and a new one is sought; without, the shell itself comes back. */
export const Resuming = z.object({ name: z.literal('resuming'), since: z.string(), reason: Sentence, reconnecting: Reconnecting.optional() });

export const SessionState = z.discriminatedUnion('name', [
  z.object({ name: z.literal('connecting'), step: StepName }),
  /** `resuming`: asked while a dropped session reconnects. */
  z.object({ name: z.literal('asking'), step: StepName, question: Question, resuming: Resuming.optional() }),
  z.object({ name: z.literal('connected') }),
  Resuming,
  z.object({ name: z.literal('closed'), exit: ExitStatus, reason: Sentence.optional() }),
  z.object({ name: z.literal('failed'), error: ErrorReport, step: StepName.optional() }),
]);
export type SessionState = z.infer<typeof SessionState>;

export const OpenSession = z.object({
  /** Of an instance, or of a host of ~/.ssh/config (`ssh:` and its name): see sshConfig.ts. */
  instanceId: z.string(),
  /** Absent: guessed from the image. */
  osUser: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.@\\-]{0,63}$/).optional(),
  /** Absent: the best route by known facts. */
  via: RouteKind.optional(),
  /** Bastions to go through by their instance ids, the nearest first; means `via: 'jump'`. Absent: one is found. */
  through: z.array(z.string()).min(1).max(MAX_BASTIONS).optional(),
  /** Absent: the keychain key that matches the instance's EC2 key pair, then the others. */
  keyPairId: z.string().optional(),
  /** Let the host use the person's SSH agent. Which keys is asked once for each host. */
  forwardAgent: z.boolean().optional(),
  size: TerminalSize,
});
export type OpenSession = z.infer<typeof OpenSession>;

/** When the far side ends a session by itself, as ISO times. Absent: there is no such limit, or it cannot be known. */
export const SessionLimits = z.object({
  /** Unless something is typed before; moves with what is typed, and is up to 5 seconds early. */
  idleEndsAt: z.string().optional(),
  /** Whatever happens. */
  endsAt: z.string().optional(),
});
export type SessionLimits = z.infer<typeof SessionLimits>;

/** What an SSH connection agreed on. */
export const SessionSecurity = z.object({
  /** Key exchange, e.g. `curve25519-sha256`. */
  kex: z.string(),
  hostKeyAlgorithm: z.string(),
  cipher: z.string(),
  /** Whether what is recorded today stays secret from the quantum computers of tomorrow. */
  postQuantum: z.boolean(),
});
export type SessionSecurity = z.infer<typeof SessionSecurity>;

export const TerminalSession = z.object({
  sessionId: z.string(),
  instanceId: z.string(),
  /** The instance's Name tag when the session was opened. */
  instanceName: z.string().optional(),
  /** Absent for a Session Manager shell: the service decides. */
  osUser: z.string().optional(),
  /** Absent until it is chosen. */
  route: Route.optional(),
  state: SessionState,
  /** Algorithms in use that are no longer safe, allowed for this host by the person. */
  weakAlgorithms: z.array(z.string()).optional(),
  /** Of the connection to the host itself, not to bastions before it. Absent: it is no SSH, or not connected yet. */
  security: SessionSecurity.optional(),
  /** The person's SSH agent is lent to the host; how often it signed for it. */
  agentForwarding: z.object({ signatures: z.number().int(), refused: z.number().int() }).optional(),
  /** Milliseconds to the host and back, as last measured. */
  roundTripMs: z.number().optional(),
  /** Absent: it is not recorded. */
  recording: LiveRecording.optional(),
  steps: z.array(ConnectStep),
  openedAt: z.string(),
  limits: SessionLimits.optional(),
});
export type TerminalSession = z.infer<typeof TerminalSession>;
