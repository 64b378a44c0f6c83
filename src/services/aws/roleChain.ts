/** The sections a profile's credentials come through: itself, its source profile, that one's, and so on. */
import { filled, type ConfigFiles, type Section } from './configFiles.ts';

export function roleChain(profile: string, files: ConfigFiles): readonly Section[] {
  const seen = new Set<string>();
  const chain: Section[] = [];
  for (let name: string | undefined = profile; name !== undefined && !seen.has(name); ) {
    seen.add(name);
    const section: Section | undefined = files.profiles.get(name);
    if (section === undefined) break;
    chain.push(section);
    name = filled(section['source_profile']);
  }
  return chain;
}

/** The sign-in at the end of a profile's chain, by its name. */
export function signInOf(profile: string, files: ConfigFiles): string | undefined {
  const last = roleChain(profile, files).at(-1);
  return filled(last?.['sso_session']) ?? filled(last?.['sso_start_url']);
}
