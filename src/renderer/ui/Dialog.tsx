/** A modal dialog on the browser's own <dialog>: it keeps the focus inside, Escape closes it, and the rest is inert. */
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons, right-aligned; the first one that is `autoFocus` gets the focus. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
  /** Whether what had the focus before gets it again. Absent: always. */
  readonly returnsFocus?: (before: HTMLElement) => boolean;
}

/** What had the focus before a dialog that left it nowhere, such as the palette that opens the next dialog. */
let leftBefore: HTMLElement | undefined;

export function Dialog({ title, onClose, children, footer, wide = false, returnsFocus }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const returns = useEffectEvent((before: HTMLElement) => returnsFocus?.(before) ?? true);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const before = document.activeElement === document.body ? leftBefore : document.activeElement;
    leftBefore = undefined;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog.close();
      if (!(before instanceof HTMLElement) || !before.isConnected) return;
      // The browser has given it back already, when it could.
      if (returns(before)) before.focus();
      else {
        before.blur();
        leftBefore = before;
      }
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="dialog-body">
        <h2>{title}</h2>
        {children}
      </div>
      {footer === undefined ? undefined : <div className="dialog-footer">{footer}</div>}
    </dialog>
  );
}
