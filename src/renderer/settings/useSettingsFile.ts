/** What is said about the settings file, read again whenever it may be otherwise. */
import { useEffect, useState } from 'react';
import type { SettingsFile } from '../../contract/settingsFile.ts';
import type { Actions } from '../state/actions.ts';
import type { Mirror } from '../state/mirror.ts';

export function useSettingsFile({ toldSettings, notices }: Mirror, actions: Actions): SettingsFile | undefined {
  const [file, setFile] = useState<SettingsFile>();
  const { settingsFile } = actions;
  useEffect(() => {
    let current = true;
    settingsFile().then(
      (answer) => {
        if (current) setFile(answer);
      },
      // The bottom bar says that there is no connection.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [settingsFile, toldSettings, notices]);
  return file;
}
