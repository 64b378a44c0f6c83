/** Keeps what the window showed last, so that the next start can offer it again. A page has no storage that is trusted for this. */
import { join } from 'node:path';
import type { ServiceApi } from '../contract/contract.ts';
import { SavedWorkspace } from '../contract/workspace.ts';
import type { StoreOptions } from './base/store.ts';
import { openStore } from './base/store.ts';

const WORKSPACE_DOCUMENT_VERSION = 1;

/** A file that is damaged or of a newer Postern is kept aside with a notice, and nothing is offered. */
export function createWorkspace({ dataDir, ...options }: Pick<StoreOptions<SavedWorkspace>, 'clock' | 'onNotice'> & { readonly dataDir: string }): ServiceApi<never>['workspace'] {
  const store = openStore({ ...options, path: join(dataDir, 'workspace.json'), version: WORKSPACE_DOCUMENT_VERSION, schema: SavedWorkspace });
  return {
    get: () => store.read(),
    async save(workspace) {
      await store.change(() => workspace);
    },
  };
}
