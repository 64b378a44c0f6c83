/** Where Postern keeps its files: the same folder for the desktop app, the web app and the command line. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, resolve, win32 } from 'node:path';
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';

/**
 * The data folder, made (0700) where it is missing.
 *
 * `POSTERN_DATA_DIR`, else what the operating system's convention says. A folder that exists keeps its mode: it may be
 * the person's own, and every file in it is 0600 anyway.
 *
 * @param platform as `process.platform`
 * @throws PosternError `data.write-failed`
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function dataDir(environment: Readonly<Record<string, string | undefined>>, platform: string): string {
  const folder = dataDirPath(environment, platform);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new PosternError(
      { code: 'data.write-failed', message: say`The data folder ${folder} cannot be made.`, remedy: say`Make it by hand, or name another one in POSTERN_DATA_DIR.` },
      { cause },
    );
  }
  return folder;
}

function dataDirPath(environment: Readonly<Record<string, string | undefined>>, platform: string): string {
  const chosen = environment['POSTERN_DATA_DIR'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (platform === 'win32') {
    const appData = environment['APPDATA'];
    return win32.join(appData === undefined || appData === '' ? win32.join(environment['USERPROFILE'] ?? homedir(), 'AppData', 'Roaming') : appData, 'Postern');
  }
  const home = environment['HOME'] === undefined || environment['HOME'] === '' ? homedir() : environment['HOME'];
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Postern');
  const xdgDataHome = environment['XDG_DATA_HOME'];
  // The specification: a relative path is invalid and is ignored.
  return posix.join(xdgDataHome !== undefined && posix.isAbsolute(xdgDataHome) ? xdgDataHome : posix.join(home, '.local', 'share'), 'postern');
}
