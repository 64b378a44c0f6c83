/** What names a scope, apart from its schemas: a command that lists hosts does without those. */

/** Region of a scope that stands for every region the profile's account has enabled. */
export const ALL_REGIONS = '*';

/** One text for a scope, to key maps and lists by. */
export function scopeKey({ profile, region }: { readonly profile: string; readonly region: string }): string {
  return `${profile}/${region}`;
}
