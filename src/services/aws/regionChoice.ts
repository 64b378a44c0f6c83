/** Which regions the scope `*` of a profile stands for: the enabled ones of its account, as AWS says, else as they were known. */
import { ALL_REGIONS, scopeKey, type Scope } from '../../contract/scope.ts';
import type { AnswerScanner } from './answerScanner.ts';
import type { AwsClients } from './clients.ts';
import { describe } from './ec2.ts';

/** Knows every region of the usual partition; asked where the profile names none. */
const DEFAULT_REGION = 'us-east-1';

/** What an earlier run knew. Does not reject. */
export interface RegionMemory {
  regions(profile: string): Promise<readonly string[]>;
}

export interface RegionChoice {
  /** Takes what an earlier run knew of a profile for its regions, until AWS says. @returns whether there was anything */
  recall(profile: string): Promise<boolean>;
  /** Ask for a profile's regions. @throws PosternError when AWS does not say: what was known of them stays */
  find(profile: string, signal: AbortSignal): Promise<void>;
  /** The scopes with each `*` replaced by what is known, or left where nothing is. */
  expand(scopes: readonly Scope[]): Scope[];
}

export function createRegionChoice({ clients, scanner, homeRegion = async () => undefined, memory }: { readonly clients: AwsClients; readonly scanner: AnswerScanner; readonly homeRegion?: (profile: string) => Promise<string | undefined>; readonly memory?: RegionMemory }): RegionChoice {
  const known = new Map<string, readonly string[]>();
  return {
    async recall(profile) {
      const remembered = (await memory?.regions(profile)) ?? [];
      if (remembered.length > 0) known.set(profile, remembered);
      return remembered.length > 0;
    },
    async find(profile, signal) {
      const scope = { profile, region: (await homeRegion(profile)) ?? DEFAULT_REGION };
      const found: string[] = [];
      await describe('DescribeRegions', { clients: await clients.forScope(scope), scanner, scope, signal }, (regions) => found.push(...regions));
      known.set(profile, found);
    },
    expand(scopes) {
      const expanded = scopes.flatMap((scope): Scope[] => {
        if (scope.region !== ALL_REGIONS) return [scope];
        return known.get(scope.profile)?.map((region) => ({ profile: scope.profile, region })) ?? [scope];
      });
      return [...new Map(expanded.map((scope) => [scopeKey(scope), scope])).values()];
    },
  };
}
