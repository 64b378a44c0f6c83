/** `postern ls`, decided: what an app read in the last minute is printed at once, else AWS is asked; `--offline` asks nobody. */
import { PosternError } from '../../contract/error.ts';
import { openKnownEstate, type KnownEstate } from '../../services/knownEstate.ts';
import { openSshHome } from '../../services/openSshHome.ts';
import { listSshConfigHosts } from '../../services/ssh/sshConfigHosts.ts';
import { listCommand, liveSource, type ListSource } from './listCommand.ts';
import type { CommonOptions } from './run.ts';
import { runCommand } from './run.ts';

/** An app that runs reads on; what only a command read is asked for again, or a script that waits for a change would not see it. */
const FRESH_MS = 60_000;

export interface ListOptions extends CommonOptions {
  readonly json?: true;
  /** Print what was last known, however old. */
  readonly offline?: true;
  /** Ask AWS, however young what is known. */
  readonly refresh?: true;
}

/** @returns the exit status */
export async function listAction(query: readonly string[], options: ListOptions): Promise<number> {
  const json = options.json === true;
  const known = options.demo === true || options.refresh === true ? undefined : await openKnownEstate({ environment: process.env, profiles: options.profile ?? [], regions: options.region ?? [] });
  try {
    if (options.offline === true) {
      if (known === undefined || known.statuses.length === 0) throw new PosternError({ code: 'instance.not-found', message: 'Nothing is known yet of the chosen profiles and regions.', remedy: 'Run "postern ls" once while AWS can be reached.' });
      tellAges(known);
      return await listCommand(knownSource(known, options), query, json);
    }
    if (known !== undefined && isFresh(known)) {
      const status = await listCommand(knownSource(known, options), query, json).catch(unlessUnreadable);
      if (status !== undefined) return status;
    }
  } finally {
    known?.close();
  }
  return runCommand('cli', options, (running) => listCommand(liveSource(running), query, json));
}

/** A time that has not come yet is no young one: the clock was set back. */
function isFresh({ appReadAt }: KnownEstate): boolean {
  const ageMs = appReadAt === undefined ? Number.NaN : Date.now() - Date.parse(appReadAt);
  return ageMs >= 0 && ageMs < FRESH_MS;
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new PosternError({ code: 'data.unreadable', message: 'What was last known cannot be read.', remedy: 'Run "postern ls" once while AWS can be reached.' }, { cause });
  }
}

/** The file turned out to be damaged before anything was printed: AWS is asked instead. */
function unlessUnreadable(thrown: unknown): undefined {
  if (thrown instanceof PosternError && thrown.code === 'data.unreadable') return undefined;
  throw thrown;
}

function knownSource(known: KnownEstate, options: ListOptions): ListSource {
  const { home, localUser, configFiles, systemFolder } = openSshHome(process.env, options.configFile);
  return {
    configHosts: () => listSshConfigHosts({ configFiles, home, localUser, ...(systemFolder === undefined ? {} : { systemFolder }) }),
    instances: async (needs) => readable(() => known.instances(needs)),
    statuses: async () => known.statuses,
    network: async () => known.network(),
  };
}

function tellAges({ statuses }: KnownEstate): void {
  const oldest = statuses.flatMap(({ refreshedAt }) => refreshedAt ?? []).toSorted()[0];
  if (oldest !== undefined) process.stderr.write(`postern: as AWS told it, the longest ago at ${oldest}.\n`);
}
