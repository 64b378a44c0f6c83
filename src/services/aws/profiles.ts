/** Lists the profiles a cloud offers, and the region each of them points to. */
import type { PosternError } from '../../contract/error.ts';
import type { Profile } from '../../contract/scope.ts';
import type { Cloud } from '../base/cloud.ts';
import { filled, readConfigFiles, type ConfigSource } from './configFiles.ts';

export type ProfileSource = ConfigSource & Pick<Cloud, 'kind'>;

/**
 * The profiles of the config and credentials files, and the one that exists in the environment only. A section's
 * `postern_regions = a,b` (Postern's own key) gives one entry a region.
 *
 * @throws PosternError `data.unreadable` when a file is malformed and no profile at all was found
 */
export async function listProfiles(cloud: ProfileSource): Promise<Profile[]> {
  const { profiles, problems } = await readProfiles(cloud);
  const [problem] = problems;
  if (profiles.length === 0 && problem !== undefined) throw problem;
  return profiles;
}

/** As `listProfiles`, with what was malformed beside what could be read. */
export async function readProfiles(cloud: ProfileSource): Promise<{ profiles: Profile[]; problems: readonly PosternError[] }> {
  const { profiles: sections, problems } = await readConfigFiles(cloud);
  const demo = cloud.kind === 'demo';
  const byDefault = defaultProfile(cloud);
  const names = new Set(sections.keys());
  if (hasEnvironmentCredentials(cloud)) names.add(byDefault);
  const profiles = [...names].flatMap((profile): Profile[] => {
    const section = sections.get(profile);
    const regions = (filled(section?.['postern_regions']) ?? '').split(',').flatMap((region) => filled(region) ?? []);
    if (regions.length > 0) return regions.map((region) => ({ profile, region, demo }));
    const region = filled(section?.['region']) ?? (profile === byDefault ? environmentRegion(cloud) : undefined);
    return [{ profile, ...(region === undefined ? {} : { region }), demo }];
  });
  return { profiles, problems };
}

/** The profile that is meant when none is named. */
export function defaultProfile({ environment }: Pick<Cloud, 'environment'>): string {
  return filled(environment['AWS_PROFILE']) ?? 'default';
}

function environmentRegion({ environment }: Pick<Cloud, 'environment'>): string | undefined {
  return filled(environment['AWS_REGION']) ?? filled(environment['AWS_DEFAULT_REGION']);
}

/** Whether the environment alone gives credentials: keys, a web identity, or a container's. They belong to the profile `default`. */
export function hasEnvironmentCredentials({ kind, environment }: Pick<Cloud, 'kind' | 'environment'>): boolean {
  if (kind !== 'aws' || filled(environment['AWS_PROFILE']) !== undefined) return false;
  return (
    (filled(environment['AWS_ACCESS_KEY_ID']) !== undefined && filled(environment['AWS_SECRET_ACCESS_KEY']) !== undefined) ||
    filled(environment['AWS_WEB_IDENTITY_TOKEN_FILE']) !== undefined ||
    filled(environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']) !== undefined ||
    filled(environment['AWS_CONTAINER_CREDENTIALS_FULL_URI']) !== undefined
  );
}
