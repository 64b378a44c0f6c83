/**
 * Which profiles and regions are listed: what the person chose, kept in the settings, else every profile's own region.
 */
import { PosternError } from '../contract/error.ts';
import { say } from '../contract/say.ts';
import { scopeKey, type Profile, type Scope } from '../contract/scope.ts';
import type { Notice } from '../contract/settings.ts';
import { defaultProfile, readProfiles } from './aws/profiles.ts';
import type { WatchedCloud } from './accounts.ts';
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
    const names = new Set(known.map((profile) => profile.profile));
    sayMissing(names, kept ?? []);
    const usable = kept?.filter((scope) => names.has(scope.profile)) ?? [];
    // A choice that names only profiles of another cloud (the demo's, or the person's own) says nothing about this one.
    const follows = kept !== undefined && (kept.length === 0 || usable.length > 0);
    followsFiles = !follows;
    list(follows ? usable : ownScopes(known));
  }

  async function choose(scopes: readonly Scope[]): Promise<void> {
    choosing = Promise.resolve();
    followsFiles = false;
    list(scopes);
    const [current, known] = await Promise.all([settings.get(), profiles()]);
    const names = new Set(known.map((profile) => profile.profile));
    const ofOthers = current.scopes?.filter((scope) => !names.has(scope.profile)) ?? [];
    await settings.change([{ path: ['scopes'], value: [...ofOthers, ...scopes.map(({ profile, region }) => ({ profile, region }))] }]);
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
      const named = profileNames.length > 0 ? profileNames : regionsOnly(known, clouds());
      const scopes = named.flatMap((profile): Scope[] => {
        const entries = known.filter((candidate) => candidate.profile === profile);
        if (entries.length === 0) throw profileNotFound(profile);
        if (regions.length > 0) return regions.map((region) => ({ profile, region }));
        const own = ownScopes(entries);
        if (own.length === 0) throw new PosternError({ code: 'aws.no-region', message: say`The profile "${profile}" names no region.`, remedy: say`Give one with --region, or add "region = ..." to its section in ~/.aws/config.` });
        return own;
      });
      choosing = Promise.resolve();
      followsFiles = false;
      list(scopes);
    },
  };
}

/** With regions but no profiles given: the profile the AWS tools would take, else every one. */
function regionsOnly(known: readonly Profile[], clouds: readonly Cloud[]): string[] {
  const names = [...new Set(known.map((profile) => profile.profile))];
  if (names.length === 0) throw new PosternError({ code: 'aws.no-profile', message: say`No AWS profile was found.`, remedy: say`Add one with "aws configure", or try the built-in cloud with --demo.` });
  const byDefault = clouds.map(defaultProfile).find((name) => names.includes(name));
  return byDefault === undefined ? names : [byDefault];
}

function ownScopes(profiles: readonly Profile[]): Scope[] {
  return profiles.flatMap(({ profile, region }) => (region === undefined ? [] : [{ profile, region }]));
}

function profileNotFound(profile: string): PosternError {
  return new PosternError({ code: 'aws.profile-not-found', message: say`There is no profile "${profile}" in the AWS config files.`, remedy: say`Check its name in ~/.aws/config and ~/.aws/credentials.` });
}
