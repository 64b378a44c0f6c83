/**
 * The hosts of ~/.ssh/config, and what OpenSSH's files say about a host.
 */
import * as z from 'zod';
import { Sentence } from './sentence.ts';

/** Hosts of ~/.ssh/config have ids beside those of instances: `ssh:` and the name, e.g. in a session's `instanceId`. */
const CONFIG_HOST_PREFIX = 'ssh:';

export function configHostId(name: string): string {
  return `${CONFIG_HOST_PREFIX}${name}`;
}

/** The name of a host of ~/.ssh/config; undefined for the id of an instance. */
export function configHostName(hostId: string): string | undefined {
  return hostId.startsWith(CONFIG_HOST_PREFIX) ? hostId.slice(CONFIG_HOST_PREFIX.length) : undefined;
}

/** A host that a Host line names without wildcards. */
export const ConfigHost = z.object({
  /** `ssh:` and the name. */
  hostId: z.string(),
  name: z.string(),
  /** Where it stands. */
  file: z.string(),
  /** From 1. */
  line: z.number().int(),
});
export type ConfigHost = z.infer<typeof ConfigHost>;

/** A keyword and its value; `line` 0 with the file `command line`: from an option. Without a file: OpenSSH's default. */
export const ConfigValue = z.object({ keyword: z.string(), value: z.string(), file: z.string().optional(), line: z.number().int().optional() });
export type ConfigValue = z.infer<typeof ConfigValue>;

const place = { file: z.string(), line: z.number().int() };

/** What the files say about one host. */
export const ResolvedConfig = z.object({
  /** The name it was looked up by. */
  host: z.string(),
  hostName: z.string(),
  user: z.string(),
  port: z.number().int(),
  /** Every keyword with a value, as `ssh -G` prints it; what a file sets first. */
  values: z.array(ConfigValue),
  /** Keywords that Postern does not follow. */
  unsupported: z.array(z.object({ keyword: z.string(), value: z.string(), ...place })),
  /** With any of them OpenSSH would not connect, and Postern does not either. */
  errors: z.array(z.object({ message: Sentence, ...place })),
  /** `Match exec` commands, which run only after the person agreed. */
  commandsNotRun: z.array(z.object({ command: z.string(), ...place })),
  /** Algorithms it asks for that Postern would not offer by itself. */
  weakAlgorithms: z.array(z.string()),
});
export type ResolvedConfig = z.infer<typeof ResolvedConfig>;
