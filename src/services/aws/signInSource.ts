/** Which Identity Center a profile signs in to: an `[sso-session]`, or the older form that names the start URL in the profile itself. */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { filled, type ConfigFiles, type Section } from './configFiles.ts';

export interface SignInSource {
  /** The session's name; absent in the older form. */
  readonly name?: string;
  readonly startUrl: string;
  /** Where Identity Center is; a profile's own region may be another. */
  readonly region: string;
  /** `sso_registration_scopes`; absent: none were asked for. */
  readonly scopes?: readonly string[];
}

/** What a person calls it, and what the contract knows it by. */
export function signInName({ name, startUrl }: SignInSource): string {
  return name ?? startUrl;
}

/** @throws PosternError `data.unreadable` when the section names no complete Identity Center */
export function signInSourceOf(profile: string, section: Section, files: ConfigFiles): SignInSource | undefined {
  const name = filled(section['sso_session']);
  if (name !== undefined) {
    const session = files.signIns.get(name);
    if (session === undefined) throw incomplete(say`Profile ${profile} names the sso-session ${name}, which is not in ${files.configFile}.`, say`Add [sso-session ${name}] to the file.`);
    return sessionSource(name, session);
  }
  const startUrl = filled(section['sso_start_url']);
  const region = filled(section['sso_region']);
  if (startUrl === undefined) return undefined;
  if (region === undefined) throw incomplete(say`Profile ${profile} has a start URL but no sso_region.`, say`Add the line "sso_region = ..." to it.`);
  return { startUrl, region };
}

/** @throws PosternError `data.unreadable` */
export function sessionSource(name: string, session: Section): SignInSource {
  const startUrl = filled(session['sso_start_url']);
  const region = filled(session['sso_region']);
  if (startUrl === undefined || region === undefined) throw incomplete(say`The sso-session ${name} has no ${startUrl === undefined ? 'sso_start_url' : 'sso_region'}.`, say`Add the line to [sso-session ${name}].`);
  const scopes = (filled(session['sso_registration_scopes']) ?? '').split(',').flatMap((scope) => filled(scope) ?? []);
  return { name, startUrl, region, ...(scopes.length === 0 ? {} : { scopes }) };
}

/** Every sign-in of the files by name, also those no profile uses; incomplete ones are left out. */
export function signInSources(files: ConfigFiles): Map<string, SignInSource> {
  const found = new Map<string, SignInSource>();
  const take = (read: () => SignInSource | undefined): void => {
    try {
      const source = read();
      if (source !== undefined) found.set(signInName(source), source);
    } catch (thrown) {
      // Said when the profile is used.
      if (!(thrown instanceof PosternError)) throw thrown;
    }
  };
  for (const [name, session] of files.signIns) take(() => sessionSource(name, session));
  for (const [profile, section] of files.profiles) take(() => signInSourceOf(profile, section, files));
  return found;
}

function incomplete(message: string, remedy: string): PosternError {
  return new PosternError({ code: 'data.unreadable', message, remedy });
}
