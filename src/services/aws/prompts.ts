/**
 * What calls wait for a person to do: one prompt for however many calls, kept until it is answered.
 *
 * A call is never held up here. It fails at once with `PersonNeeded`; whoever works for a person that is watching waits with
 * `answered` and tries again, and everything else is read again when the prompt is gone.
 */
import { randomUUID } from 'node:crypto';
import type { AccountPrompt, SignInProgress } from '../../contract/account.ts';
import { PosternError, type ErrorCode } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

/** A call that cannot go on without a person. */
export class PersonNeeded extends PosternError {
  readonly promptId: string;

  constructor(promptId: string, report: { code: ErrorCode; message: string; remedy: string }) {
    super({ ...report, retryable: true });
    this.promptId = promptId;
  }
}

type Asked =
  | { readonly kind: 'sign-in'; readonly signIn: string; readonly startUrl: string }
  | { readonly kind: 'mfa'; readonly serial: string }
  | { readonly kind: 'consent'; readonly command: string; readonly changed: boolean };

export interface PersonRequest {
  /** The same for all calls that one answer serves. */
  readonly key: string;
  /** Who needs it. */
  readonly profile: string;
  readonly asked: Asked;
  /** What is done with the answer: an MFA code, or agreement. When it throws, the prompt stays and its attempt counts. */
  readonly act: (answer: string) => Promise<void>;
}

export interface Prompts {
  list(): AccountPrompt[];
  find(key: string): AccountPrompt | undefined;
  onChanged(listener: (prompts: AccountPrompt[]) => void): () => void;
  /** A prompt was answered; these profiles' calls may go on. */
  onAnswered(listener: (profiles: readonly string[]) => void): () => void;
  /** Ask, or join the asking. The error to fail with. */
  need(request: PersonRequest): PersonNeeded;
  /**
   * Settles when the prompt was answered. A prompt that was declined is asked again.
   *
   * @throws PersonNeeded when the person declines, PosternError `cancelled`
   */
  answered(needed: PersonNeeded, signal?: AbortSignal): Promise<void>;
  /** @throws PosternError `input.invalid` for a prompt that is not there, or what using the answer throws */
  reply(promptId: string, answer: string): Promise<void>;
  decline(promptId: string): void;
  progress(key: string, progress: SignInProgress): void;
  /** Gone: done some other way, or not needed any more. */
  settle(key: string): void;
  close(): void;
}

interface Entry {
  readonly promptId: string;
  readonly request: PersonRequest;
  readonly profiles: Set<string>;
  attempt: number;
  declined: boolean;
  progress: SignInProgress;
  waiting: { resolve(): void; reject(reason: PosternError): void }[];
}

export function createPrompts(): Prompts {
  const entries = new Map<string, Entry>();
  const listeners = new Set<(prompts: AccountPrompt[]) => void>();
  const answeredListeners = new Set<(profiles: readonly string[]) => void>();

  const list = (): AccountPrompt[] => [...entries.values()].map(toPrompt);
  const tell = (): void => listeners.forEach((listener) => listener(list()));
  const byId = (promptId: string): Entry | undefined => [...entries.values()].find((entry) => entry.promptId === promptId);

  function settle(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    for (const { resolve } of entry.waiting.splice(0)) resolve();
    tell();
    answeredListeners.forEach((listener) => listener([...entry.profiles]));
  }

  return {
    list,
    find(key) {
      const entry = entries.get(key);
      return entry === undefined ? undefined : toPrompt(entry);
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onAnswered(listener) {
      answeredListeners.add(listener);
      return () => answeredListeners.delete(listener);
    },
    need(request) {
      const known = entries.get(request.key);
      const entry = known ?? { promptId: randomUUID(), request, profiles: new Set<string>(), attempt: 1, declined: false, progress: { name: 'needed' as const }, waiting: [] };
      const isNew = request.profile !== '' && !entry.profiles.has(request.profile);
      if (isNew) entry.profiles.add(request.profile);
      if (known === undefined) entries.set(request.key, entry);
      if (known === undefined || isNew) tell();
      return toError(entry, request.profile);
    },
    answered(needed, signal) {
      const entry = byId(needed.promptId);
      // Answered between the failure and now.
      if (entry === undefined) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const waiter = { resolve: () => finish(resolve), reject: (reason: PosternError) => finish(() => reject(reason)) };
        const handleAbort = (): void => waiter.reject(new PosternError({ code: 'cancelled', message: say`It was cancelled while it waited for a sign-in.` }));
        const finish = (end: () => void): void => {
          signal?.removeEventListener('abort', handleAbort);
          entry.waiting = entry.waiting.filter((one) => one !== waiter);
          end();
        };
        entry.waiting.push(waiter);
        if (signal?.aborted === true) handleAbort();
        else signal?.addEventListener('abort', handleAbort, { once: true });
        // Only now: who answers for nobody declines within this very call.
        if (entry.declined) {
          entry.declined = false;
          tell();
        }
      });
    },
    async reply(promptId, answer) {
      const entry = byId(promptId);
      if (entry === undefined) throw new PosternError({ code: 'input.invalid', message: say`Nothing waits for this answer any more.` });
      try {
        await entry.request.act(answer);
      } catch (thrown) {
        entry.attempt += 1;
        tell();
        throw thrown;
      }
      settle(entry.request.key);
    },
    decline(promptId) {
      const entry = byId(promptId);
      if (entry === undefined) return;
      entry.declined = true;
      const [profile = ''] = entry.profiles;
      for (const { reject } of [...entry.waiting]) reject(toError(entry, profile));
      tell();
    },
    progress(key, progress) {
      const entry = entries.get(key);
      if (entry === undefined) return;
      entry.progress = progress;
      if (progress.name === 'failed') {
        const [profile = ''] = entry.profiles;
        for (const { reject } of [...entry.waiting]) reject(toError(entry, profile));
      }
      tell();
    },
    settle,
    close() {
      listeners.clear();
      answeredListeners.clear();
      for (const entry of entries.values()) for (const { reject } of [...entry.waiting]) reject(new PosternError({ code: 'cancelled', message: say`Postern is closing.` }));
      entries.clear();
    },
  };
}

function toPrompt({ promptId, request: { asked }, profiles, attempt, declined, progress }: Entry): AccountPrompt {
  const common = { promptId, profiles: [...profiles], declined };
  switch (asked.kind) {
    case 'sign-in':
      return { ...common, kind: 'sign-in', signIn: asked.signIn, startUrl: asked.startUrl, progress };
    case 'mfa':
      return { ...common, kind: 'mfa', serial: asked.serial, attempt };
    case 'consent':
      return { ...common, kind: 'consent', command: asked.command, changed: asked.changed };
  }
}

function toError({ promptId, request: { asked } }: Entry, profile: string): PersonNeeded {
  switch (asked.kind) {
    case 'sign-in':
      return new PersonNeeded(promptId, { code: 'aws.sign-in-needed', message: say`Profile ${profile} needs a sign-in to ${asked.signIn}.`, remedy: say`Sign in from the list of accounts, or run: postern login ${profile}` });
    case 'mfa':
      return new PersonNeeded(promptId, { code: 'aws.mfa-needed', message: say`Profile ${profile} needs a code of ${asked.serial}.`, remedy: say`Type the six digits your MFA device shows.` });
    case 'consent':
      return new PersonNeeded(promptId, { code: 'aws.consent-needed', message: say`Profile ${profile} gets its credentials from a command that you have not agreed to yet.`, remedy: say`Look at the command, and allow it if it is yours.` });
  }
}
