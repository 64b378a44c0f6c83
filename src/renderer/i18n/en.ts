/**
 * Every text of the window in English: one object a panel, a file of its own once it is long.
 *
 * `{{name}}` is filled in; a key that ends in `_one` and `_other` is chosen by `count` (Intl.PluralRules). Values are
 * plain text, never markup. `ja.ts` has the same keys, which the compiler and test/unit/renderer/i18n.test.ts hold.
 */
export const en = {
  common: {
    cancel: 'Cancel',
    close: 'Close',
    opening: 'Opening…',
  },
} as const;
