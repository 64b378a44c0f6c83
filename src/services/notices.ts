/** What the person should know and no single action caused; each is told until it is dismissed. */
import type { Notice } from '../contract/settings.ts';

export interface Notices {
  /** A notice with an id that is there already replaces it. */
  add(notice: Notice): void;
  list(): Notice[];
  dismiss(noticeId: string): void;
}

export function createNotices(onChanged: (notices: Notice[]) => void): Notices {
  const notices = new Map<string, Notice>();
  const list = (): Notice[] => [...notices.values()];
  return {
    add(notice) {
      notices.set(notice.noticeId, notice);
      onChanged(list());
    },
    list,
    dismiss(noticeId) {
      if (notices.delete(noticeId)) onChanged(list());
    },
  };
}
