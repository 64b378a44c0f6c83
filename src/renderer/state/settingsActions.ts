/** Changes of the settings: shown at once, kept by the services, and taken back where those refuse. */
import type { Settings } from '../../contract/settings.ts';
import { changesBetween, type SettingsChange } from '../../contract/settingsChange.ts';
import type { Client } from './connection.ts';
import { withSettings, type Mirror } from './mirror.ts';
import type { Store } from './store.ts';

export interface SettingsActionParts {
  readonly mirror: Store<Mirror>;
  readonly services: () => Client;
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function createSettingsActions({ mirror, services, run }: SettingsActionParts) {
  const send = (changes: SettingsChange[]): Promise<boolean> => {
    if (changes.length === 0) return Promise.resolve(true);
    mirror.set((value) => withSettings({ ...value, pendingSettings: [...value.pendingSettings, changes] }));
    return run(async () => {
      const without = (value: Mirror): Mirror => ({ ...value, pendingSettings: value.pendingSettings.filter((one) => one !== changes) });
      try {
        await services().settings.change({ changes });
        // With the next frame, like the events: what was told of this change has come before the answer, and is put in first.
        mirror.setSoon(without);
      } catch (thrown) {
        mirror.set((value) => withSettings(without(value)));
        throw thrown;
      }
    });
  };
  return {
    /** Values of whole topics, of which only what differs is sent. @returns whether it was kept */
    changeSettings: (change: Partial<Settings>) => {
      const { settings } = mirror.get();
      return send(changesBetween(settings, { ...settings, ...change }));
    },
    settingsFile: async () => services().settings.file({}),
    previewSettings: async (text: string) => services().settings.preview({ text }),
    /** @returns the name of the copy, if there was something to copy and it worked */
    resetSettings: async (): Promise<string | undefined> => {
      let copy: string | undefined;
      await run(async () => void ({ copy } = await services().settings.reset({})));
      return copy;
    },
    /** Several at once, all or none. */
    sendSettings: send,
    /** One setting, e.g. `terminal.fontSize`. @param value undefined: the default */
    changeSetting: (path: string, value: unknown) => send([{ path: path.split('.'), value }]),
  };
}
