/** Which profiles mean something else after the files were edited: new, gone, or another section anywhere in their chain. */
import { filled, type ConfigFiles } from './configFiles.ts';
import { roleChain, signInOf } from './roleChain.ts';

export function changedProfiles(before: readonly ConfigFiles[], after: readonly ConfigFiles[]): Set<string> {
  const old = meanings(before);
  const now = meanings(after);
  return new Set([...old.keys(), ...now.keys()].filter((profile) => old.get(profile) !== now.get(profile)));
}

function meanings(all: readonly ConfigFiles[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const files of all) {
    for (const [profile, section] of files.profiles) {
      if (found.has(profile)) continue;
      const services = filled(section['services']);
      found.set(profile, JSON.stringify([roleChain(profile, files), files.signIns.get(signInOf(profile, files) ?? ''), services === undefined ? undefined : files.services.get(services)]));
    }
  }
  return found;
}
