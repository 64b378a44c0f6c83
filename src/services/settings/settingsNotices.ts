/** What the person is told about the settings file: each thing once, and taken back when it is mended. */
import type { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Notice } from '../../contract/settings.ts';
import type { SettingsText } from './settingsText.ts';

export interface SettingsNotices {
  /** @param first nothing was read before */
  tell(read: Pick<SettingsText, 'problems' | 'syntax' | 'newer'>, first: boolean): void;
  unreadable(error: PosternError): void;
  /** It can be read again, and says what it said before. */
  readable(): void;
}

const UNREADABLE = 'settings.unreadable';

export function settingsNotices(path: string, onNotice: (notice: Notice) => void, onOver: (noticeId: string) => void): SettingsNotices {
  /** By id, what the notice was about; a line that moved is not said anew. */
  const said = new Map<string, string>();

  const sayNow = (notices: readonly (Notice & { readonly about: string })[]): void => {
    for (const noticeId of [...said.keys()]) {
      if (notices.some((notice) => notice.noticeId === noticeId)) continue;
      said.delete(noticeId);
      onOver(noticeId);
    }
    for (const { about, ...notice } of notices) {
      if (said.get(notice.noticeId) === about) continue;
      said.set(notice.noticeId, about);
      onNotice(notice);
    }
  };

  return {
    tell({ problems, syntax, newer }, first) {
      if (syntax !== undefined) {
        sayNow([
          {
            noticeId: 'settings.syntax',
            about: `${syntax.line} ${syntax.reason}`,
            severity: 'warning',
            message: first
              ? say`${path} line ${syntax.line}: ${syntax.reason}. What can be read of the file is in force, and nothing is written to it.`
              : say`${path} line ${syntax.line}: ${syntax.reason}. The settings of before stay in force, and nothing is written to the file.`,
            remedy: say`Mend that line; the settings then take effect at once.`,
          },
        ]);
        return;
      }
      sayNow([
        ...problems.map(({ path: place, name, line, kind, reason }) => ({
          noticeId: `settings.${kind}-value:${place}`,
          about: reason,
          severity: kind === 'bad' ? ('warning' as const) : ('info' as const),
          message: name === undefined ? say`"${place}" in settings.json line ${line} is ignored: ${reason}.` : say`"${name}" (${place}) in settings.json line ${line} is ignored: ${reason}.`,
          remedy: say`Correct ${path}, or choose the setting again. The line stays as it is until then.`,
        })),
        ...(newer ? [{ noticeId: 'settings.newer', about: '', severity: 'info' as const, message: say`settings.json was written by a newer Postern. What this one does not know stays in the file and has no effect.` }] : []),
      ]);
    },
    unreadable(error) {
      if (said.get(UNREADABLE) === error.message) return;
      said.set(UNREADABLE, error.message);
      onNotice({ noticeId: UNREADABLE, severity: 'warning', message: say`${error.message} The settings of before stay in force.`, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) });
    },
    readable() {
      if (said.delete(UNREADABLE)) onOver(UNREADABLE);
    },
  };
}
