/** A terminal without a session, and the player that writes into it. It answers nothing, opens nothing, and takes no keys. */
import { SearchAddon } from '@xterm/addon-search';
import { SerializeAddon } from '@xterm/addon-serialize';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useEffectEvent, useState, type RefObject } from 'react';
import type { Cast } from '../../asciicast/readAsciicast.ts';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { chosenOptions, fixedOptions } from '../terminal/terminalOptions.ts';
import { CastPlayer, type PlayerState } from './castPlayer.ts';

export interface PlayerParts {
  readonly terminal: Terminal;
  readonly search: SearchAddon;
  readonly player: CastPlayer;
}

/** Pixels; smaller cannot be read. */
const MIN_FONT_SIZE = 6;
const START: PlayerState = { playing: false, seeking: false, time: 0, duration: 0 };

export function usePlayer(container: RefObject<HTMLElement | null>, cast: Cast, settings: Settings['terminal'], theme: TerminalTheme, idleLimit: number | undefined): { readonly parts: PlayerParts | undefined; readonly state: PlayerState } {
  const [parts, setParts] = useState<PlayerParts>();
  const [state, setState] = useState(START);

  const create = useEffectEvent((element: HTMLElement) => {
    const terminal = new Terminal({
      ...fixedOptions,
      ...chosenOptions(settings, theme),
      cursorBlink: false,
      // Whatever the file asks of the terminal, there is nobody to whom an answer could go.
      disableStdin: true,
      // xterm.js would offer to open them.
      linkHandler: { activate: () => undefined },
    });
    const search = new SearchAddon();
    const screen = new SerializeAddon();
    terminal.loadAddon(search);
    terminal.loadAddon(screen);
    terminal.loadAddon(new UnicodeGraphemesAddon());
    terminal.open(element);
    terminal.attachCustomKeyEventHandler(() => false);
    const fitFont = (): void => fitFontSize(terminal, element, settings.fontSize);
    const player = new CastPlayer({ terminal, screen, cast, idleLimit, onChange: setState, onResize: fitFont, onFrame: eachFrame });
    fitFont();
    const observer = new ResizeObserver(fitFont);
    observer.observe(element);
    setParts({ terminal, search, player });
    setState(player.state);
    player.play();
    return () => {
      observer.disconnect();
      player.dispose();
      terminal.dispose();
      setParts(undefined);
    };
  });
  useEffect(() => (container.current === null ? undefined : create(container.current)), [container, cast]);

  useEffect(() => {
    if (parts !== undefined) setLooks(parts.terminal, settings, theme);
  }, [parts, settings, theme]);
  useEffect(() => parts?.player.setIdleLimit(idleLimit), [parts, idleLimit]);
  return { parts, state };
}

/** The size of the font follows from the window's. */
function setLooks(terminal: Terminal, settings: Settings['terminal'], theme: TerminalTheme): void {
  const { fontSize: _, ...options } = chosenOptions(settings, theme);
  terminal.options = { ...options, cursorBlink: false };
}

/** The recorded columns have to fit; rows may be scrolled. */
function fitFontSize(terminal: Terminal, element: HTMLElement, wished: number): void {
  const screen = element.querySelector<HTMLElement>('.xterm-screen');
  const { fontSize = wished } = terminal.options;
  if (screen === null || screen.offsetWidth === 0 || element.clientWidth === 0) return;
  const fitting = Math.floor(((fontSize * (element.clientWidth - 16)) / screen.offsetWidth) * 2) / 2;
  terminal.options.fontSize = Math.max(MIN_FONT_SIZE, Math.min(wished, fitting));
}

function eachFrame(callback: (nowMs: number) => void): () => void {
  const frame = requestAnimationFrame(callback);
  return () => cancelAnimationFrame(frame);
}
