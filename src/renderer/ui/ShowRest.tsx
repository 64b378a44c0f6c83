/** The button under the beginning of a list. It leaves with its press, so the focus goes to the first item that it brought. */
import type { MouseEvent } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';

/** What lists of the panels are made of: `LongList`, `Facts`. */
const ITEMS = 'li, dl';

/** @param count items that are not shown */
export function ShowRest({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  const { t } = useTranslation();
  const handleClick = ({ currentTarget }: MouseEvent<HTMLElement>): void => {
    const around = currentTarget.closest('section, dialog') ?? document.body;
    const before = new Set(around.querySelectorAll(ITEMS));
    flushSync(onShow);
    for (const item of around.querySelectorAll<HTMLElement>(ITEMS)) {
      if (before.has(item)) continue;
      // By a program only: Tab goes on to what can be used in it.
      item.tabIndex = -1;
      item.focus();
      return;
    }
  };
  return (
    <Button look="quiet" onClick={handleClick}>
      {t('network.showAll', { count })}
    </Button>
  );
}
