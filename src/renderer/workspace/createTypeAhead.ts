/** Follows a tab from being asked for until its shell can be typed into, and gives it what the person typed meanwhile (`terminal/typeAhead.ts`). */
import { markOf } from '../state/accountMark.ts';
import type { Mirror } from '../state/mirror.ts';
import type { Store } from '../state/store.ts';
import { isWindowKey } from '../state/useShortcuts.ts';
import type { WindowState } from '../state/windowState.ts';
import { onTypable, typableTerminal } from '../terminal/openTerminals.ts';
import { startTypeAhead } from '../terminal/typeAhead.ts';

export interface AskedTab {
  /** The services have answered; to be called before the tab is shown. */
  comesAs(sessionId: string): void;
  /** There will be none: what was typed is thrown away. */
  fails(): void;
}

export interface TypeAheadParts {
  readonly page: Document;
  readonly mirror: Store<Mirror>;
  readonly window: Store<WindowState>;
}

/** @returns to be called at the moment a tab is asked for */
export function createTypeAhead({ page, mirror, window }: TypeAheadParts): (instanceId: string) => AskedTab {
  return (instanceId) => {
    const { instances, settings } = mirror.get();
    // Nothing runs on a production host that was not typed in sight of it.
    const ahead = startTypeAhead(markOf(instances.get(instanceId), settings)?.production !== true);
    const listening = new AbortController();
    let cameAs: string | undefined;
    const end = (): string => {
      listening.abort();
      return ahead.end();
    };

    const handleKey = (event: KeyboardEvent): void => {
      const atHome = event.target === page.body ? ahead.isWaiting() : cameAs !== undefined && event.target instanceof HTMLElement && event.target.dataset['opening'] === cameAs;
      if (!atHome || event.defaultPrevented || isWindowKey(event) || MODIFIERS.has(event.key)) return;
      const text = textOf(event);
      if (text === undefined) ahead.spoil();
      else {
        ahead.add(text);
        event.preventDefault();
      }
    };

    const comesAs = (sessionId: string): void => {
      ahead.comesAs(sessionId);
      cameAs = sessionId;
      const giveWhenReady = (): void => {
        if (listening.signal.aborted) return;
        const name = mirror.get().sessions.get(sessionId)?.state.name;
        // A question is answered in its own place, and what was typed before it was not meant for later.
        if ((name !== 'connecting' && name !== 'connected') || window.get().link.name !== 'open') end();
        else if (name === 'connected') {
          const terminal = typableTerminal(sessionId)?.terminal;
          if (terminal === undefined) return;
          const text = end();
          // Not as typing: a broadcast that began meanwhile must not send it on.
          if (text !== '') terminal.input(text, false);
        }
      };
      for (const stop of [mirror.subscribe(giveWhenReady), window.subscribe(giveWhenReady), onTypable(giveWhenReady)]) listening.signal.addEventListener('abort', stop);
      const options = { capture: true, signal: listening.signal };
      page.addEventListener('focusin', ({ target }) => void (target instanceof Element && target.closest(`[data-session-id="${CSS.escape(sessionId)}"]`) !== null && ahead.leave()), options);
      page.addEventListener('pointerdown', () => ahead.leave(), options);
      giveWhenReady();
    };

    page.addEventListener('keydown', handleKey, { signal: listening.signal });
    return { comesAs, fails: () => void end() };
  };
}

const MODIFIERS: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'NumLock', 'Fn']);

/** What a shell would get; undefined for keys that are no text. */
function textOf(event: KeyboardEvent): string | undefined {
  const { key, altKey, ctrlKey, metaKey, isComposing } = event;
  if (isComposing || metaKey || ((altKey || ctrlKey) && !event.getModifierState('AltGraph'))) return undefined;
  if (key === 'Enter') return '\r';
  if (key === 'Backspace') return '\u007f';
  return [...key].length === 1 ? key : undefined;
}
