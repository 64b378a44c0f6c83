/** Which profiles and regions are listed, from what was chosen and what the files have. Pure. */
import { PosternError } from '../contract/error.ts';
import { say } from '../contract/say.ts';
import type { Profile, Scope } from '../contract/scope.ts';
import { defaultProfile } from './aws/profiles.ts';
import type { Cloud } from './base/cloud.ts';

/** @param kept as in the settings @returns also whether the choice says anything about these profiles: else the list follows the files */
export function startingScopes(kept: readonly Scope[] | undefined, known: readonly Profile[]): { readonly scopes: readonly Scope[]; readonly follows: boolean } {
  const names = new Set(known.map((profile) => profile.profile));
  const usable = kept?.filter((scope) => names.has(scope.profile)) ?? [];
  // A choice that names only profiles of another cloud (the demo's, or the person's own) says nothing about this one.
  const follows = kept !== undefined && (kept.length === 0 || usable.length > 0);
  return { scopes: follows ? usable : ownScopes(known), follows };
}

/**
 * Profiles by name and regions by code; without profiles, the one the AWS tools would take, else every one.
 *
 * @throws PosternError `aws.profile-not-found`, `aws.no-region`, `aws.no-profile`
 */
export function namedScopes(profileNames: readonly string[], regions: readonly string[], known: readonly Profile[], clouds: readonly Cloud[]): Scope[] {
  const named = profileNames.length > 0 ? profileNames : regionsOnly(known, clouds);
  return named.flatMap((profile): Scope[] => {
    const entries = known.filter((candidate) => candidate.profile === profile);
    if (entries.length === 0) throw profileNotFound(profile);
    if (regions.length > 0) return regions.map((region) => ({ profile, region }));
    const own = ownScopes(entries);
    if (own.length === 0) throw new PosternError({ code: 'aws.no-region', message: say`The profile "${profile}" names no region.`, remedy: say`Give one with --region, or add "region = ..." to its section in ~/.aws/config.` });
    return own;
  });
}

/** With regions but no profiles given: the profile the AWS tools would take, else every one. */
function regionsOnly(known: readonly Profile[], clouds: readonly Cloud[]): string[] {
  const names = [...new Set(known.map((profile) => profile.profile))];
  if (names.length === 0) throw new PosternError({ code: 'aws.no-profile', message: say`No AWS profile was found.`, remedy: say`Add one with "aws configure", or try the built-in cloud with --demo.` });
  const byDefault = clouds.map(defaultProfile).find((name) => names.includes(name));
  return byDefault === undefined ? names : [byDefault];
}

export function ownScopes(profiles: readonly Profile[]): Scope[] {
  return profiles.flatMap(({ profile, region }) => (region === undefined ? [] : [{ profile, region }]));
}

export function profileNotFound(profile: string): PosternError {
  return new PosternError({ code: 'aws.profile-not-found', message: say`There is no profile "${profile}" in the AWS config files.`, remedy: say`Check its name in ~/.aws/config and ~/.aws/credentials.` });
}
