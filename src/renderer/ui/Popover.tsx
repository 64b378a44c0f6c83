/** A button that opens a small panel under itself, on the browser's own popover: Escape, a click elsewhere and a change of the window's size close it. */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

export interface PopoverProps {
  readonly label: string;
  readonly button: ReactNode;
  readonly className?: string;
  readonly children: (close: () => void) => ReactNode;
}

export function Popover({ label, button, className, children }: PopoverProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  // What is inside costs nothing while it is closed.
  const [open, setOpen] = useState(false);
  const place = (): void => {
    const box = opener.current?.getBoundingClientRect();
    if (box === undefined || panel.current === null) return;
    panel.current.style.insetBlockStart = `${Math.round(Math.max(8, Math.min(box.bottom + 4, window.innerHeight - panel.current.offsetHeight - 8)))}px`;
    panel.current.style.insetInlineStart = `${Math.round(Math.max(8, Math.min(box.left, window.innerWidth - panel.current.offsetWidth - 8)))}px`;
  };
  useEffect(() => {
    if (!open) return undefined;
    // The button moves, or goes.
    const close = (): void => panel.current?.hidePopover();
    window.addEventListener('resize', close);
    return () => window.removeEventListener('resize', close);
  }, [open]);
  return (
    <>
      <button ref={opener} type="button" className={className ?? 'icon-button'} aria-label={label} title={label} popoverTarget={id}>
        {button}
      </button>
      <div ref={panel} id={id} popover="auto" className="popover" aria-label={label} role="dialog" onBeforeToggle={(event) => setOpen(event.newState === 'open')} onToggle={(event) => { if (event.newState === 'open') place(); }}>
        {open ? children(() => panel.current?.hidePopover()) : undefined}
      </div>
    </>
  );
}
