/**
 * Which profiles and regions are listed: what the person chose, kept in the settings, else every profile's own region.
 */
import { scopeKey, type Profile, type Scope } from '../contract/scope.ts';
import type { Notice, Settings } from '../contract/settings.ts';
import { sameValue } from '../contract/settingsChange.ts';
import { readProfiles } from './aws/profiles.ts';
import type { WatchedCloud } from './accounts.ts';
import { namedScopes, ownScopes, profileNotFound, startingScopes } from './chosenScopes.ts';
import type { Cloud } from './base/cloud.ts';
import type { SettingsService } from './settings/settings.ts';

/** What the demo cloud calls its profile; a choice of it kept from an earlier run is not missing. */
const DEMO_PROFILE = 'demo';

export interface ScopeChoice {
  /** Of all clouds; a name belongs to the first cloud that has it. */
  profiles(): Promise<Profile[]>;
  /** @throws PosternError `aws.profile-not-found` */
  cloudOf(profile: string): Promise<Cloud>;
  /** Starts the listing at the first call; later calls change nothing. */
  chosen(): Promise<void>;
  /** Lists these from now on and keeps the choice. */
  choose(scopes: readonly Scope[]): Promise<void>;
  /** Lists all of a cloud's scopes beside what is listed, without keeping the choice. */
  add(cloud: Cloud): Promise<void>;
  /** The files were edited or profiles added: where nothing was chosen, the list follows. @returns all profiles of now */
  reread(): Promise<Profile[]>;
  /** The settings say so now, by whomever they were changed: listed, unless that is what is kept anyway. */
  keptChanged(kept: Settings['scopes']): void;
  /** Lists these beside what is listed; a choice that is kept is kept with them. */
  include(scopes: readonly Scope[]): Promise<void>;
  /** Lists profiles by name and regions by code, without keeping the choice. See LocalApi.select. */
  selectNamed(profiles: readonly string[], regions: readonly string[]): Promise<void>;
}

export interface ScopeChoiceOptions {
  readonly clouds: () => readonly WatchedCloud[];
  readonly settings: Pick<SettingsService, 'get' | 'change'>;
  readonly select: (scopes: readonly Scope[]) => void;
  readonly onNotice: (notice: Notice) => void;
}

export function createScopeChoice({ clouds, settings, select, onNotice }: ScopeChoiceOptions): ScopeChoice {
  let listed: readonly Scope[] = [];
  let choosing: Promise<void> | undefined;
  /** As last seen in the settings; undefined where this run's list does not follow them. */
  let lastKept: { readonly scopes: Settings['scopes'] } | undefined;
  /** Whether nothing was chosen, so that every profile is listed. */
  let followsFiles = false;

  const list = (scopes: readonly Scope[]): void => {
    listed = scopes;
    select(scopes);
  };

  async function profiles(): Promise<Profile[]> {
    const found: Profile[] = [];
    for (const cloud of clouds()) {
      const { profiles: here, problems } = await readProfiles(cloud);
      const taken = new Set(found.map((profile) => profile.profile));
      found.push(...here.filter((profile) => !taken.has(profile.profile)));
      for (const problem of problems) {
        onNotice({ noticeId: problem.message, severity: 'warning', message: problem.message, ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }) });
      }
    }
    return found;
  }

  /** Profiles that somebody named and no file has: a misspelt AWS_PROFILE, or one that was chosen and is gone. */
  function sayMissing(names: ReadonlySet<string>, kept: readonly Pick<Scope, 'profile'>[]): void {
    const own = clouds().filter((cloud) => cloud.kind === 'aws');
    // The demo alone knows nothing of the person's profiles.
    if (own.length === 0) return;
    const named = own.flatMap(({ environment }) => environment['AWS_PROFILE'] || []);
    for (const profile of new Set([...named, ...kept.map((scope) => scope.profile)])) {
      if (names.has(profile) || profile === DEMO_PROFILE) continue;
      const { message, remedy } = profileNotFound(profile);
      onNotice({ noticeId: `profile-missing:${profile}`, severity: 'warning', message, ...(remedy === undefined ? {} : { remedy }) });
    }
  }

  async function chooseAtStart(): Promise<void> {
    const [{ scopes: kept }, known] = await Promise.all([settings.get(), profiles()]);
    lastKept = { scopes: kept };
    const names = new Set(known.map((profile) => profile.profile));
    sayMissing(names, kept ?? []);
    const { scopes, follows } = startingScopes(kept, known);
    followsFiles = !follows;
    list(scopes);
  }

  async function choose(scopes: readonly Scope[]): Promise<void> {
    choosing = Promise.resolve();
    followsFiles = false;
    list(scopes);
    const [current, known] = await Promise.all([settings.get(), profiles()]);
    const names = new Set(known.map((profile) => profile.profile));
    const ofOthers = current.scopes?.filter((scope) => !names.has(scope.profile)) ?? [];
    lastKept = { scopes: [...ofOthers, ...scopes.map(({ profile, region }) => ({ profile, region }))] };
    await settings.change([{ path: ['scopes'], value: lastKept.scopes }]);
  }

  return {
    profiles,
    async cloudOf(profile) {
      for (const cloud of clouds()) {
        const { profiles: here } = await readProfiles(cloud);
        if (here.some((candidate) => candidate.profile === profile)) return cloud;
      }
      throw profileNotFound(profile);
    },
    chosen: () => (choosing ??= chooseAtStart()),
    choose,
    keptChanged(kept) {
      if (lastKept === undefined || sameValue(lastKept.scopes, kept)) return;
      lastKept = { scopes: kept };
      choosing = chooseAtStart();
      // Whoever asks for the list next is told.
      choosing.catch(() => undefined);
    },
    async reread() {
      const known = await profiles();
      if (choosing === undefined) return known;
      await choosing;
      if (followsFiles) list(ownScopes(known));
      return known;
    },
    async include(scopes) {
      await (choosing ??= chooseAtStart());
      const more = scopes.filter((scope) => !listed.some((one) => scopeKey(one) === scopeKey(scope)));
      if (followsFiles) list([...listed, ...more]);
      else if (more.length > 0) await choose([...listed, ...more]);
    },
    async add(cloud) {
      await (choosing ??= chooseAtStart());
      const { profiles: here } = await readProfiles(cloud);
      list([...listed, ...ownScopes(here)]);
    },
    async selectNamed(profileNames, regions) {
      const known = await profiles();
      const scopes = namedScopes(profileNames, regions, known, clouds());
      choosing = Promise.resolve();
      followsFiles = false;
      lastKept = undefined;
      list(scopes);
    },
  };
}
