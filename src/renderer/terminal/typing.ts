/**
 * What a person typed into a terminal, apart from what the terminal says by itself (device attributes, cursor position, focus) and
 * from what the mouse makes of it.
 *
 * xterm.js tells both by `onData`. It knows the difference (`coreService.onUserInput` comes right before what a person did), but keeps
 * it to itself: 6.0.0, src/common/services/CoreService.ts. test/unit/renderer/typing.test.ts holds that it still does.
 */
import type { Terminal } from '@xterm/xterm';

interface WithCore {
  readonly _core: {
    readonly coreService: {
      readonly onUserInput: (listener: () => void) => { dispose(): void };
      triggerDataEvent: (text: string, byPerson?: boolean) => void;
    };
  };
}

/** Reports of the mouse (SGR) count as a person's, and mean nothing in another terminal. */
const MOUSE_REPORT = /^\u001b\[<\d+;\d+;\d+[Mm]$/;

export function listenToTyping(terminal: Pick<Terminal, 'onData'>, listener: (text: string) => void): () => void {
  let byPerson = false;
  const { coreService } = (terminal as unknown as WithCore)._core;
  const telling = coreService.onUserInput(() => {
    byPerson = true;
  });
  const data = terminal.onData((text) => {
    const typed = byPerson && isTyping(text);
    byPerson = false;
    if (typed) listener(text);
  });
  return () => {
    telling.dispose();
    data.dispose();
  };
}

/** What `take` takes of a person's input goes no further: neither to the session nor to anybody who listens to the terminal. */
export function divertTyping(terminal: Pick<Terminal, 'onData'>, take: (text: string) => boolean): () => void {
  const { coreService } = (terminal as unknown as WithCore)._core;
  const trigger = coreService.triggerDataEvent;
  coreService.triggerDataEvent = (text, byPerson) => {
    if (byPerson !== true || !take(text)) trigger.call(coreService, text, byPerson);
  };
  return () => {
    coreService.triggerDataEvent = trigger;
  };
}

/** Whether a person's input was typed or pasted, and not made of what the mouse did; asked while it is told. */
export function isTyping(text: string): boolean {
  return !MOUSE_REPORT.test(text) && !isPointing();
}

/** Whether a person's input comes from the clipboard; asked while it is told. */
export function isPasting(): boolean {
  return typeof ClipboardEvent !== 'undefined' && globalThis.event instanceof ClipboardEvent;
}

/** The wheel moves the cursor in a full-screen program, and a click may, too: arrow keys that nobody typed. */
function isPointing(): boolean {
  return typeof MouseEvent !== 'undefined' && globalThis.event instanceof MouseEvent && globalThis.event.type !== 'click';
}
