/** The inventory with its memory: what it tells is kept on the disk, and what was kept is where it begins. */
import type { AppInfo, Notice } from '../contract/settings.ts';
import type { AwsClients } from './aws/clients.ts';
import { createInventory, type Inventory } from './aws/inventory.ts';
import type { Clock } from './base/clock.ts';
import type { Cloud } from './base/cloud.ts';
import type { Log } from './base/log.ts';
import { createEstate } from './estate/estate.ts';
import type { ScopeChoice } from './scopeChoice.ts';

export interface KeptInventoryOptions {
  readonly dataDir: string;
  readonly app: AppInfo['app'];
  readonly clients: AwsClients;
  /** Made later than the inventory, which it chooses for. */
  readonly scopes: () => Pick<ScopeChoice, 'profiles'> & { cloudOf(profile: string): Promise<Pick<Cloud, 'kind'>> };
  readonly openInstances: () => readonly string[];
  /** See InventoryOptions. */
  readonly quiet: Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onNotice: (notice: Notice) => void;
}

export function createKeptInventory({ dataDir, app, clients, scopes, openInstances, quiet, clock, log, onNotice }: KeptInventoryOptions): Inventory {
  const estate = createEstate({
    dataDir,
    app,
    isKept: async (profile) => (await scopes().cloudOf(profile)).kind === 'aws',
    statuses: () => inventory.statuses(),
    instances: () => inventory.instances(),
    clock,
    onNotice,
    log,
  });
  const inventory: Inventory = createInventory({
    clients,
    clock,
    log,
    memory: estate,
    homeRegion: async (profile) => (await scopes().profiles()).find((known) => known.profile === profile)?.region,
    openInstances,
    quiet,
  });
  inventory.on((event) => estate.follow(event));
  return {
    ...inventory,
    async close() {
      // While the statuses are still those of what was read.
      await estate.close();
      await inventory.close();
    },
  };
}
