/**
 * Accounts as the window and the command line see them: profiles and sign-ins, the prompts of calls that wait, sign-ins under way,
 * and the AWS files watched for edits.
 */
import { stat } from 'node:fs/promises';
import type { AccountPrompt, AccountProfile, Accounts, PromptReply, SignIn, SignInMethod } from '../contract/account.ts';
import type { ServiceApi } from '../contract/contract.ts';
import { PosternError, toPosternError } from '../contract/error.ts';
import { say } from '../contract/say.ts';
import { toAccountProfile } from './aws/accountProfile.ts';
import { configPaths, readConfigFiles, type ConfigFiles } from './aws/configFiles.ts';
import { createCredentials, signInKey, type Credentials } from './aws/credentials.ts';
import { createIdentityCenter, type SignInPlace } from './aws/identityCenter.ts';
import { changedProfiles } from './aws/profileChanges.ts';
import { defaultProfile, hasEnvironmentCredentials } from './aws/profiles.ts';
import { createPrompts, type Prompts } from './aws/prompts.ts';
import { signIn as signInThrough } from './aws/signInFlows.ts';
import { signInName, signInSources } from './aws/signInSource.ts';
import type { AddedAccountsStore } from './addedAccounts.ts';
import type { Clock } from './base/clock.ts';
import type { Cloud } from './base/cloud.ts';
import type { Log } from './base/log.ts';

/** How often the AWS files are looked at: a person who edits them and comes back sees it done. */
const WATCH_MS = 1500;

export type WatchedCloud = Cloud & { readonly added?: AddedAccountsStore['read'] };

export interface AccountsOptions {
  readonly clouds: () => readonly WatchedCloud[];
  readonly store: AddedAccountsStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChanged: (accounts: Accounts) => void;
  readonly onPrompts: (prompts: AccountPrompt[]) => void;
}

export type AccountsApi = ServiceApi<never>['accounts'];

export interface AccountServices {
  readonly api: AccountsApi;
  readonly prompts: Prompts;
  readonly credentials: Credentials;
  /**
   * Look at the AWS files from now on.
   *
   * @param onEdited told the profiles that were added, edited or removed
   * @param onAnswered told the profiles whose calls may go on
   */
  watch(onEdited: (profiles: ReadonlySet<string>) => void, onAnswered: (profiles: ReadonlySet<string>) => void): void;
  /**
   * Settles when `work` has settled and no prompt is left that somebody may still answer: for a program that answers prompts
   * itself and then wants the whole list.
   */
  settled(work: () => Promise<void>): Promise<void>;
  close(): void;
}

export function createAccounts({ clouds, store, clock, log, onChanged, onPrompts }: AccountsOptions): AccountServices {
  const prompts = createPrompts();
  const identityCenter = createIdentityCenter({ clock });
  const credentials = createCredentials({ prompts, identityCenter, agreed: store.agreed, clock });
  const underway = new Map<string, { readonly method: SignInMethod; readonly controller: AbortController; readonly done: Promise<void> }>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let tellEdited: (profiles: ReadonlySet<string>) => void = () => undefined;

  prompts.onChanged((list) => {
    onPrompts(list);
    // Whatever asks, or was answered, also changes what is signed in.
    tell().catch((cause: unknown) => log.warn('the accounts could not be listed', { cause }));
  });

  async function places(): Promise<SignInPlace[]> {
    const found = new Map<string, SignInPlace>();
    for (const cloud of clouds()) {
      const files = await readConfigFiles(cloud);
      for (const [name, source] of signInSources(files)) if (!found.has(name)) found.set(name, { cloud, files, source });
    }
    return [...found.values()];
  }

  async function placeOf(name: string): Promise<SignInPlace> {
    const place = (await places()).find(({ source }) => signInName(source) === name);
    if (place === undefined) throw new PosternError({ code: 'aws.profile-not-found', message: say`There is no sign-in called ${name}.`, remedy: say`Check the sso-session sections of ~/.aws/config.` });
    return place;
  }

  async function list(): Promise<Accounts> {
    const profiles = new Map<string, AccountProfile>();
    for (const cloud of clouds()) {
      const files = await readConfigFiles(cloud);
      const names = new Set(files.profiles.keys());
      const fromEnvironment = hasEnvironmentCredentials(cloud) ? defaultProfile(cloud) : undefined;
      if (fromEnvironment !== undefined) names.add(fromEnvironment);
      for (const name of names) if (!profiles.has(name)) profiles.set(name, toAccountProfile(name, files, name === fromEnvironment));
    }
    const signIns = await Promise.all(
      (await places()).map(async (place): Promise<SignIn> => {
        const { name, expiresAtMs } = await identityCenter.state(place);
        const { source, files } = place;
        return { signIn: signInName(source), startUrl: source.startUrl, region: source.region, added: files.added.has(signInName(source)), state: name, ...(expiresAtMs === undefined ? {} : { expiresAt: new Date(expiresAtMs).toISOString() }) };
      }),
    );
    return { profiles: [...profiles.values()], signIns };
  }

  const tell = async (): Promise<void> => onChanged(await list());

  async function signIn({ signIn: name, method }: { signIn: string; method: SignInMethod }): Promise<void> {
    const place = await placeOf(name);
    const key = signInKey(place.cloud, place.source);
    const before = underway.get(key);
    if (before?.method === method) return before.done;
    before?.controller.abort();
    const controller = new AbortController();
    const done = run(place, key, method, controller).finally(() => {
      if (underway.get(key)?.controller === controller) underway.delete(key);
    });
    underway.set(key, { method, controller, done });
    await done;
  }

  async function run(place: SignInPlace, key: string, method: SignInMethod, controller: AbortController): Promise<void> {
    prompts.need({ key, profile: '', asked: { kind: 'sign-in', signIn: signInName(place.source), startUrl: place.source.startUrl }, act: async () => undefined });
    prompts.progress(key, { name: 'starting', method });
    try {
      await signInThrough({
        place,
        method,
        clock,
        onPage: ({ url, userCode, expiresAtMs }) => prompts.progress(key, { name: 'waiting', method, url, ...(userCode === undefined ? {} : { userCode }), expiresAt: new Date(expiresAtMs).toISOString() }),
        signal: controller.signal,
      });
      prompts.settle(key);
    } catch (thrown) {
      const error = toPosternError(thrown);
      // Another way was chosen meanwhile: that one tells how it goes.
      if (underway.get(key)?.controller === controller) {
        if (error.code === 'cancelled') leave(key);
        else prompts.progress(key, { name: 'failed', error: error.toReport() });
      }
      throw thrown;
    }
  }

  /** Given up: calls that wait still need it, otherwise it is forgotten. */
  function leave(key: string): void {
    prompts.progress(key, { name: 'needed' });
    const prompt = prompts.find(key);
    if (prompt?.profiles.length === 0) prompts.settle(key);
    else if (prompt !== undefined) prompts.decline(prompt.promptId);
  }

  /** A sign-in made by the AWS CLI, or by another Postern, serves the calls that wait here. */
  async function lookForSignIns(): Promise<void> {
    if (!prompts.list().some(({ kind }) => kind === 'sign-in')) return;
    for (const place of await places()) {
      const key = signInKey(place.cloud, place.source);
      if (prompts.find(key) === undefined || underway.has(key)) continue;
      if ((await identityCenter.state(place)).name !== 'signed-in') continue;
      prompts.settle(key);
    }
  }

  let stamp: string | undefined;
  let files: readonly ConfigFiles[] = [];
  let looking = false;
  async function lookAtFiles(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      await lookForSignIns();
      const now = await stampOf(clouds());
      if (now === stamp) return;
      const isFirst = stamp === undefined;
      stamp = now;
      await reread(isFirst);
    } catch (cause) {
      log.warn('the AWS config files could not be looked at', { cause });
    } finally {
      looking = false;
    }
  }

  async function reread(quietly = false): Promise<void> {
    const before = files;
    files = await Promise.all(clouds().map((cloud) => readConfigFiles(cloud)));
    if (quietly) return;
    const changed = changedProfiles(before, files);
    for (const profile of changed) credentials.forget(profile);
    if (changed.size > 0) tellEdited(changed);
    await tell();
  }

  return {
    prompts,
    credentials,
    watch(onEdited, onAnswered) {
      tellEdited = onEdited;
      prompts.onAnswered((profiles) => {
        if (profiles.length > 0) onAnswered(new Set(profiles));
      });
      void lookAtFiles();
      timer = setInterval(() => void lookAtFiles(), WATCH_MS);
      timer.unref();
    },
    async settled(work) {
      for (;;) {
        await work();
        if (prompts.list().every(({ declined }) => declined)) return;
        await new Promise<void>((resolve) => {
          const stop = prompts.onChanged((now) => {
            if (!now.every(({ declined }) => declined)) return;
            stop();
            resolve();
          });
        });
        // Whoever was answered is read again by then.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close() {
      clearInterval(timer);
      for (const { controller } of underway.values()) controller.abort();
      prompts.close();
    },
    api: {
      list,
      prompts: async () => prompts.list(),
      signIn,
      async cancelSignIn({ signIn: name }) {
        const place = await placeOf(name);
        underway.get(signInKey(place.cloud, place.source))?.controller.abort();
      },
      async reply({ promptId, reply }: PromptReply) {
        if (reply.kind === 'decline') prompts.decline(promptId);
        else await prompts.reply(promptId, reply.kind === 'mfa' ? reply.code : '');
      },
      async offered({ signIn: name }) {
        const place = await placeOf(name);
        const found = await identityCenter.offered(place);
        if (found !== undefined) return found;
        throw new PosternError({ code: 'aws.sign-in-needed', message: say`Listing the accounts of ${name} needs a sign-in.`, remedy: say`Sign in first.`, retryable: true });
      },
      async add({ profiles }) {
        for (const { signIn: name } of profiles) await placeOf(name);
        const taken = new Set((await Promise.all(clouds().map((cloud) => readConfigFiles({ ...cloud, added: async () => ({ profiles: [], signIns: [] }) })))).flatMap(({ profiles: inFiles }) => [...inFiles.keys()]));
        const clash = profiles.find(({ profile }) => taken.has(profile));
        if (clash !== undefined) throw new PosternError({ code: 'input.invalid', message: say`A profile "${clash.profile}" is in the AWS config files already.`, remedy: say`Choose another name.` });
        await store.addProfiles(profiles);
        await reread();
      },
      async addSignIn(added) {
        const known = (await places()).find(({ source }) => signInName(source) === added.signIn);
        if (known !== undefined && !known.files.added.has(added.signIn)) throw new PosternError({ code: 'input.invalid', message: say`A sign-in "${added.signIn}" is in the AWS config files already.`, remedy: say`Choose another name.` });
        await store.addSignIn(added);
        await reread();
      },
      async remove({ profile }) {
        await store.remove(profile);
        await reread();
      },
    },
  };
}

/** Changes whenever a file is written, replaced, made or removed. */
async function stampOf(clouds: readonly WatchedCloud[]): Promise<string> {
  const paths = clouds.flatMap((cloud) => Object.values(configPaths(cloud)));
  const stamps = await Promise.all(
    paths.map(async (path) => {
      try {
        const { ino, size, mtimeMs } = await stat(path);
        return `${path} ${ino} ${size} ${mtimeMs}`;
      } catch {
        return `${path} -`;
      }
    }),
  );
  return stamps.join('\n');
}
