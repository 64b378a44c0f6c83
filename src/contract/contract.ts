/**
 * THE table: every call, event and stream the window may use. A line is the whole declaration; the names, the types of
 * both ends and the run-time check follow from it.
 *
 * Three kinds only: a **call** is asked once and answered once, an **event** is told to every window and carries the whole
 * new value of what changed, a **stream** carries bytes both ways. The window subscribes first and lists second.
 */
import * as z from 'zod';
import { AccountPrompt, Accounts, AddedProfile, AddedSignIn, OfferedAccount, PromptReply, SignInMethod } from './account.ts';
import { ActionCosts, ActionKind, ActionRun, MAX_ACTION_HOSTS, Protection, RunAction } from './action.ts';
import { CreateEc2Key, Ec2KeyRef, Ec2KeyUse } from './ec2Key.ts';
import { Forward, OpenForward } from './forward.ts';
import { HistoryEntry, ListHistory } from './history.ts';
import { ConsoleOutput, ConsoleScreenshot, InstanceAccess, InstanceDetails, InstanceStorage } from './hostDetail.ts';
import { Instance } from './instance.ts';
import { GenerateKey, HostKey, ImportKey, KeyPair, SecretStoreStatus, LentAgent } from './key.ts';
import { MetricsReading, ReadMetrics } from './metrics.ts';
import { NetworkFacts } from './network.ts';
import { NetworkDetail } from './networkDetail.ts';
import { NetworkReach } from './networkReach.ts';
import { part } from './part.ts';
import { RecordedStreams, RecordingFormat, RecordingRef } from './recording.ts';
import { RoutePlan } from './route.ts';
import { say } from './say.ts';
import { Profile, Scope, ScopeStatus } from './scope.ts';
import { Answer, OpenSession, TerminalSession, TerminalSize } from './session.ts';
import { SessionPreferences } from './sessionPreferences.ts';
import { AppInfo, Notice, Settings } from './settings.ts';
import { SettingsChange } from './settingsChange.ts';
import { MAX_IMPORT_LENGTH, SettingsFile, SettingsPreview } from './settingsFile.ts';
import { ConfigHost, ResolvedConfig } from './sshConfig.ts';
import { AdministratorPassword, RemoteDesktop } from './windowsHost.ts';
import { SavedWorkspace } from './workspace.ts';

export interface Call<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> { readonly kind: 'call'; readonly input: I; readonly output: O }
export interface Event<P extends z.ZodType = z.ZodType> { readonly kind: 'event'; readonly payload: P }
export interface Stream<I extends z.ZodType = z.ZodType> { readonly kind: 'stream'; readonly input: I }

function call<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Call<I, O> { return { kind: 'call', input, output }; }
function event<P extends z.ZodType>(payload: P): Event<P> { return { kind: 'event', payload }; }
function stream<I extends z.ZodType>(input: I): Stream<I> { return { kind: 'stream', input }; }

const nothing = z.object({});
const done = z.void();
const sessionId = z.object({ sessionId: z.string() });
const instanceId = z.object({ instanceId: z.string() });
const forwardId = z.object({ forwardId: z.string() });

export const contract = {
  app: {
    info: call(nothing, AppInfo),
    infoChanged: event(AppInfo),
    /** Start the built-in demo cloud beside whatever is there and list its scopes. */
    startDemo: call(nothing, done),
    notices: call(nothing, z.array(Notice)),
    noticesChanged: event(z.array(Notice)),
    dismissNotice: call(z.object({ noticeId: z.string() }), done),
  },
  settings: {
    get: call(nothing, Settings),
    /** All of them or none. What another window or an editor changed meanwhile stays. */
    change: call(z.object({ changes: z.array(SettingsChange).min(1).max(500) }), done),
    /** Where they are kept, and what in there is ignored. */
    file: call(nothing, SettingsFile),
    /** What taking over the text of another settings file would change. */
    preview: call(z.object({ text: z.string().max(MAX_IMPORT_LENGTH) }), SettingsPreview),
    /** Back to all defaults; the answer names the copy of what was there. */
    reset: call(nothing, z.object({ copy: z.string().optional() })),
    changed: event(Settings),
  },
  workspace: {
    /** Of the window that changed it last; empty at first. */
    get: call(nothing, SavedWorkspace),
    save: call(SavedWorkspace, done),
  },
  scopes: {
    profiles: call(nothing, z.array(Profile)),
    list: call(nothing, z.array(ScopeStatus)),
    /** Choose what is listed; kept in the settings. */
    select: call(z.object({ scopes: z.array(Scope) }), done),
    /** Read some of the chosen scopes again. Returned at once, the rest is told. */
    refresh: call(z.object({ scopes: z.array(Scope) }), done),
    /** Stop reading these: what has arrived stays, and so does what was known before. */
    cancel: call(z.object({ scopes: z.array(Scope) }), done),
    /** The config files were edited, or profiles were added. */
    profilesChanged: event(z.array(Profile)),
    changed: event(z.array(ScopeStatus)),
  },
  accounts: {
    /** Profiles by kind, and the Identity Centers they sign in to. */
    list: call(nothing, Accounts),
    changed: event(Accounts),
    /** What calls wait for, one for however many calls. */
    prompts: call(nothing, z.array(AccountPrompt)),
    promptsChanged: event(z.array(AccountPrompt)),
    /** Begin to sign in; how it goes is told as a prompt. Returns when the person has signed in or it has failed. */
    signIn: call(z.object({ signIn: z.string(), method: SignInMethod }), done),
    /** Give up a sign-in under way. */
    cancelSignIn: call(z.object({ signIn: z.string() }), done),
    reply: call(PromptReply, done),
    /** The accounts and roles a sign-in gives, asked of Identity Center. */
    offered: call(z.object({ signIn: z.string() }), z.array(OfferedAccount)),
    /** Keep profiles of Postern's own and list them; no AWS file is touched. */
    add: call(z.object({ profiles: z.array(AddedProfile).min(1) }), done),
    addSignIn: call(AddedSignIn, done),
    /** Forget one that was added. */
    remove: call(z.object({ profile: z.string() }), done),
  },
  instances: {
    list: call(z.object({ refresh: z.boolean().default(false) }), z.array(Instance)),
    /** Instances that are new or differ, whole. */
    changed: event(z.array(Instance)),
    /** Ids of instances that are in no chosen scope any more. */
    removed: event(z.array(z.string())),
    /** What a window shows right now: its status is kept fresh for the next minute. Say it again while it is shown; `watcher` tells windows apart. */
    watch: call(z.object({ watcher: z.string().max(64), instanceIds: z.array(z.string()).max(500) }), done),
    /** Sections of the host panel, asked of AWS when they are opened. What is denied is missing in the answer, and named. */
    details: call(instanceId, InstanceDetails),
    access: call(instanceId, InstanceAccess),
    storage: call(instanceId, InstanceStorage),
  },
  actions: {
    /** What it would cost each host, before it is done. */
    costs: call(z.object({ kind: ActionKind, instanceIds: z.array(z.string()).min(1).max(MAX_ACTION_HOSTS) }), z.array(ActionCosts)),
    /** Returned at once; the rest is told. What needs a typed name is refused without it. */
    run: call(RunAction, ActionRun),
    list: call(nothing, z.array(ActionRun)),
    /** Host by host, until each is done or has failed. */
    changed: event(ActionRun),
    /** Switches one protection; the answer is what AWS then says. */
    protect: call(z.object({ instanceId: z.string(), which: z.enum(['termination', 'stop']), on: z.boolean() }), part(Protection)),
  },
  ec2Keys: {
    /** The private half is made here and goes into the keychain; EC2 gets the public half. */
    create: call(CreateEc2Key, KeyPair),
    import: call(Ec2KeyRef.extend({ keyPairId: z.string() }), done),
    use: call(Ec2KeyRef, Ec2KeyUse),
    delete: call(Ec2KeyRef.extend({ typedName: z.string() }), done),
  },
  windows: {
    /** Decrypted with the key in the keychain, which stays there. */
    password: call(z.object({ instanceId: z.string(), keyPairId: z.string().optional() }), AdministratorPassword),
    /** A tunnel to Remote Desktop, and the system's client where the app may start it. */
    openRemoteDesktop: call(z.object({ instanceId: z.string() }), RemoteDesktop),
  },
  history: {
    list: call(ListHistory, z.array(HistoryEntry)),
    /** One entry, whole: it began, went on or ended. */
    changed: event(HistoryEntry),
    /** Drops entries that are over, with their recordings. */
    remove: call(z.object({ entryIds: z.array(z.string()).min(1).max(1000) }), done),
    removed: event(z.array(z.string())),
  },
  recordings: {
    /** Of a session that is open; how it goes is told with the session. Absent: as the settings say. */
    start: call(sessionId.extend({ format: RecordingFormat.optional(), kept: RecordedStreams.optional() }), done),
    stop: call(sessionId, done),
    /** A mark in the recording, to be jumped to. */
    mark: call(sessionId.extend({ label: z.string().max(200) }), done),
    /** The file, which stays where it is. */
    content: stream(RecordingRef),
    /** Shows it in the system's file manager, where that can be started. */
    show: call(RecordingRef, z.object({ shown: z.boolean() })),
    remove: call(RecordingRef, done),
  },
  metrics: {
    /** Billed by CloudWatch for each metric: asked only while somebody looks. */
    read: call(ReadMetrics, MetricsReading),
  },
  console: {
    output: call(instanceId, ConsoleOutput),
    screenshot: call(instanceId, ConsoleScreenshot),
  },
  network: {
    list: call(nothing, z.array(NetworkFacts)),
    /** One scope's facts, whole. */
    changed: event(NetworkFacts),
    /** What packets of a VPC pass: read now, or at most five minutes ago. */
    detail: call(z.object({ scope: Scope, vpcId: z.string(), refresh: z.boolean().default(false) }), NetworkDetail),
    /** What that says about one instance. */
    reach: call(z.object({ instanceId: z.string(), refresh: z.boolean().default(false) }), NetworkReach),
    /** Ask the internet for the person's public address, and judge by it from now on. The only call that goes neither to AWS's APIs nor to a host. */
    lookUpAddress: call(z.object({ instanceId: z.string() }), done),
  },
  routes: {
    plan: call(z.object({ instanceId: z.string() }), z.array(RoutePlan)),
  },
  sshConfig: {
    /** The hosts that ~/.ssh/config names without wildcards. */
    hosts: call(nothing, z.array(ConfigHost)),
    /** What OpenSSH's files say about a host or an instance; absent for an instance that they do not name. Runs no command. */
    resolve: call(z.object({ hostId: z.string() }), ResolvedConfig.optional()),
    changed: event(z.array(ConfigHost)),
  },
  sessions: {
    open: call(OpenSession, TerminalSession),
    list: call(nothing, z.array(TerminalSession)),
    answer: call(Answer, done),
    resize: call(sessionId.extend({ size: TerminalSize }), done),
    /** Ends the session; a session that has already ended is forgotten. */
    close: call(sessionId, done),
    /** Try a dropped session now instead of when its wait is over. */
    reconnectNow: call(sessionId, done),
    /** Give a dropped session up; it stays listed as failed. */
    stopReconnecting: call(sessionId, done),
    /** The machine woke, or its network changed: dropped sessions are tried now, live connections must show that they live. */
    wake: call(nothing, done),
    changed: event(TerminalSession),
    /** A session that was closed and forgotten. */
    removed: event(sessionId),
    /** Up to 1 MiB of scrollback, then live bytes. The newest attach takes the stream over. */
    terminal: stream(sessionId),
  },
  sessionManager: {
    /** Of the instance's account and region. */
    preferences: call(z.object({ instanceId: z.string() }), SessionPreferences),
  },
  forwards: {
    /** Returned at once, `opening`; the rest is told. */
    open: call(OpenForward, Forward),
    list: call(nothing, z.array(Forward)),
    /** Once more, on the same local port. */
    restart: call(forwardId, done),
    /** Ends its connections and sessions, and forgets it. */
    close: call(forwardId, done),
    /** At most once a second while bytes move. */
    changed: event(Forward),
    removed: event(forwardId),
  },
  keys: {
    list: call(nothing, z.array(KeyPair)),
    generate: call(GenerateKey, KeyPair),
    import: call(ImportKey, KeyPair),
    remove: call(z.object({ keyPairId: z.string() }), done),
    /** Paths of key files whose passphrases are kept in the keychain. */
    passphrases: call(nothing, z.array(z.string())),
    forgetPassphrase: call(z.object({ path: z.string() }), done),
    /** Hosts that may use the person's SSH agent; one that is revoked is asked about again. */
    lentAgents: call(nothing, z.array(LentAgent)),
    revokeAgent: call(z.object({ hostId: z.string() }), done),
    changed: event(z.array(KeyPair)),
  },
  secrets: {
    status: call(nothing, SecretStoreStatus),
    /** Make or open the passphrase-encrypted file, for machines without a keychain. */
    useFile: call(z.object({ passphrase: z.string().min(8, say`use at least 8 characters`) }), done),
    changed: event(SecretStoreStatus),
  },
  hostKeys: {
    list: call(nothing, z.array(HostKey)),
    forget: call(z.object({ instanceId: z.string(), scopeKey: z.string() }), done),
    changed: event(z.array(HostKey)),
  },
} as const;

export type Contract = typeof contract;
type Entry = Call | Event | Stream;
type Area = Record<string, Entry>;
type KeysOf<A extends Area, K extends Entry['kind']> = { [N in keyof A]: A[N]['kind'] extends K ? N : never }[keyof A];

/** `area.name` of every entry of a kind, e.g. `sessions.open`. */
export type NameOf<K extends Entry['kind']> = { [A in keyof Contract]: Contract[A] extends Area ? `${A & string}.${KeysOf<Contract[A], K> & string}` : never }[keyof Contract];

export type Payload<E> = E extends Event<infer P> ? z.output<P> : never;

/** What the services provide: every call and stream as a method, and one listener for all events. `D` is the service's own stream type. */
export type ServiceApi<D> = {
  [A in keyof Contract]: {
    [N in keyof Contract[A] as Contract[A][N] extends Event ? never : N]: Contract[A][N] extends Call<infer I, infer O>
      ? (input: z.output<I>) => Promise<z.output<O>>
      : Contract[A][N] extends Stream<infer I>
        ? (input: z.output<I>) => D
        : never;
  };
} & { onEvent(listener: EventListener): () => void };

export type EventName = NameOf<'event'>;
export type EventPayload<N extends EventName> = N extends `${infer A}.${infer E}` ? (A extends keyof Contract ? (E extends keyof Contract[A] ? Payload<Contract[A][E]> : never) : never) : never;
/** One event as told: its name and its payload, kept together so that a switch on the name narrows the payload. */
export type ContractEvent = { [N in EventName]: { readonly name: N; readonly payload: EventPayload<N> } }[EventName];
export type EventListener = (event: ContractEvent) => void;

/** What the window holds: the same methods, where a stream is opened by a promise. `S` is the window's own stream type. */
export type ClientApi<S> = {
  [A in keyof Contract]: {
    [N in keyof Contract[A] as Contract[A][N] extends Event ? never : N]: Contract[A][N] extends Call<infer I, infer O>
      ? (input: z.input<I>) => Promise<z.output<O>>
      : Contract[A][N] extends Stream<infer I>
        ? (input: z.input<I>) => Promise<S>
        : never;
  };
} & { onEvent(listener: EventListener): () => void };
