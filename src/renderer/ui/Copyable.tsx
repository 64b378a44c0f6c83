/** Text that copies itself when clicked. */
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from './announce.tsx';
import { breakable } from './breakable.tsx';
import { copyText } from './copyText.ts';
import { safeText } from './safeText.ts';

export interface CopyableProps {
  /** What goes to the clipboard, exactly. */
  readonly value: string;
  /** What is shown; the value when absent. */
  readonly children?: ReactNode;
  readonly mono?: boolean;
  /** Looks like a button, for words such as `Copy public key`. */
  readonly asButton?: boolean;
  /** What the value is, for the tooltip and screen readers, e.g. `private address`. */
  readonly label?: string;
}

/** Made once for a text: a host with 750 addresses has two thousand of these, and its panel is drawn anew with every answer about it. */
export const Copyable = memo(function Copyable({ value, children, mono = false, asButton = false, label }: CopyableProps) {
  const { t } = useTranslation();
  const handleClick = (): void => {
    void copyText(value).then((copied) => announce(t(copied ? 'common.copied' : 'common.notCopied')));
  };
  return (
    <button type="button" className={`copyable${mono ? ' mono' : ''}${asButton ? ' as-button' : ''}`} title={t('common.copy', { what: safeText(label ?? value) })} onClick={handleClick}>
      {children ?? breakable(safeText(value))}
    </button>
  );
});
