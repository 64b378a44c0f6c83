/** Text that copies itself when clicked. */
import type { ReactNode } from 'react';
import { announce } from './announce.tsx';
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

export function Copyable({ value, children, mono = false, asButton = false, label }: CopyableProps) {
  const handleClick = (): void => {
    void copyText(value).then((copied) => announce(copied ? 'Copied' : 'The browser did not allow copying'));
  };
  return (
    <button type="button" className={`copyable${mono ? ' mono' : ''}${asButton ? ' as-button' : ''}`} title={`Copy ${safeText(label ?? value)}`} onClick={handleClick}>
      {children ?? safeText(value)}
    </button>
  );
}
