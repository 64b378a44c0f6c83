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
    if (known?.appReadAt !== undefined && Date.now() - Date.parse(known.appReadAt) < FRESH_MS) return await listCommand(knownSource(known, options), query, json);
  } finally {
    known?.close();
  }
  return runCommand('cli', options, (running) => listCommand(liveSource(running), query, json));
}

function knownSource(known: KnownEstate, options: ListOptions): ListSource {
  const { home, localUser, configFiles, systemFolder } = openSshHome(process.env, options.configFile);
  return {
    configHosts: () => listSshConfigHosts({ configFiles, home, localUser, ...(systemFolder === undefined ? {} : { systemFolder }) }),
    instances: async (needs) => known.instances(needs),
    statuses: async () => known.statuses,
    network: async () => known.network(),
  };
}

function tellAges({ statuses }: KnownEstate): void {
  const oldest = statuses.flatMap(({ refreshedAt }) => refreshedAt ?? []).toSorted()[0];
  if (oldest !== undefined) process.stderr.write(`postern: as AWS told it, the longest ago at ${oldest}.\n`);
}
