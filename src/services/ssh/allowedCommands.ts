/** Which commands of ~/.ssh/config the person has let run: a ProxyCommand or a `Match exec` is asked about before its first run. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Store } from '../base/store.ts';

/** `allowedCommands.json` in the data folder: hashes only, for a command may name hosts and hold passwords. */
export const AllowedCommandDocument = z.object({ sha256: z.array(z.string()).default([]) });
export type AllowedCommandDocument = z.infer<typeof AllowedCommandDocument>;
export const ALLOWED_COMMAND_DOCUMENT_VERSION = 1;

export interface AllowedCommands {
  /** Whether exactly this command was allowed before; else asks, and keeps a yes. */
  allows(argv: readonly string[], ask: () => Promise<boolean>): Promise<boolean>;
}

export function createAllowedCommands(store: Store<AllowedCommandDocument>): AllowedCommands {
  return {
    async allows(argv, ask) {
      const hash = createHash('sha256').update(JSON.stringify(argv)).digest('hex');
      if ((await store.read()).sha256.includes(hash)) return true;
      if (!(await ask())) return false;
      await store.change(({ sha256 }) => ({ sha256: [...new Set([...sha256, hash])] }));
      return true;
    },
  };
}
