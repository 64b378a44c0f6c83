/** Every text of the window in Japanese; loaded when it is the person's language. Japanese has no plural forms: `_other` alone. */
import type { Texts } from './texts.ts';

export const ja: Texts = {
  common: {
    cancel: 'キャンセル',
    close: '閉じる',
    opening: '開いています…',
  },
};
