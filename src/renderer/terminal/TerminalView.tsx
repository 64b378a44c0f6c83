/** One xterm.js terminal, joined to the session it shows. It lives as long as its tab: a reconnected tab keeps its scrollback. */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { TerminalSize } from '../../contract/session.ts';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalStream } from '../../link/client.ts';
import { isTypingElsewhere } from '../ui/focus.ts';
import { strippedText } from '../ui/safeText.ts';
import { attachTerminal } from './attach.ts';
import { handleTerminalKey, sendPaste, takeOverPaste, type AskedPaste } from './clipboard.ts';
import { FindBar } from './FindBar.tsx';
import { holdFrames, type Frames } from './frames.ts';
import { hasRealGpu } from './gpu.ts';
import { LinkDialog } from './LinkDialog.tsx';
import { toLinkTarget, type LinkTarget } from './linkTarget.ts';
import { PasteDialog } from './PasteDialog.tsx';
import { terminalTheme, type ShownTheme } from './theme.ts';

export interface TerminalViewProps {
  readonly sessionId: string;
  readonly visible: boolean;
  /** Whether a shell is there now: it is told the size then. */
  readonly connected: boolean;
  /** Whether what is typed is thrown away: the line is down, or the session is over. Nothing is sent later by surprise. */
  readonly inputClosed: boolean;
  /** Whether keys belong here: in front, and nothing asks for them. */
  readonly focused: boolean;
  readonly settings: Settings['terminal'];
  /** Show every paste before it is sent, not only those of several lines. */
  readonly askBeforePaste?: boolean;
  readonly theme: ShownTheme;
  readonly platform: string;
  readonly finding: boolean;
  readonly onFindClose: () => void;
  /** Grows with every new link: attach again. */
  readonly linkGeneration: number;
  readonly linkOpen: boolean;
  /** Whether the session ran before this window showed it, so that its output is a replay. */
  readonly alreadyRunning: boolean;
  readonly attach: (sessionId: string) => Promise<TerminalStream>;
  readonly onSize: (sessionId: string, size: TerminalSize) => void;
  readonly onTitle: (title: string) => void;
  /** There was output, or a bell, while it was hidden. */
  readonly onMark?: (mark: 'activity' | 'bell') => void;
  readonly onStreamEnd: (sessionId: string) => void;
}

interface Parts {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
  readonly search: SearchAddon;
  readonly frames: Frames;
}

/** Leaves what a program may have switched on before the line dropped: mouse, bracketed paste, hidden cursor, and so on. */
const LEAVE_MODES = '\u001b[?1000;1002;1003;1004;1006;2004l\u001b[?25h\u001b[!p\u001b[0m';
/** Sent only from the alternate screen: elsewhere it would move the cursor. */
const LEAVE_ALTERNATE_SCREEN = '\u001b[?1049l';

/** A replay has come by then: at most 1 MiB from this machine. */
const REPLAY_MS = 2000;

export function TerminalView(props: TerminalViewProps) {
  const { sessionId, visible, focused, settings, theme, platform, linkGeneration, linkOpen } = props;
  const container = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts>(undefined);
  const shown = useRef({ sessionId: '', generation: 0 });
  const [paste, setPaste] = useState<AskedPaste>();
  const [link, setLink] = useState<LinkTarget>();
  const handleTitle = useEffectEvent((title: string) => props.onTitle(strippedText(title.slice(0, 400), 60)));
  const handleSize = useEffectEvent((size: TerminalSize) => props.onSize(sessionId, size));

  const marked = useRef(false);
  const tellHidden = useEffectEvent((mark: 'activity' | 'bell') => {
    if (visible || (mark === 'activity' && marked.current)) return;
    marked.current = true;
    props.onMark?.(mark);
  });

  const asksAlways = useEffectEvent(() => props.askBeforePaste === true);

  // The terminal is made once; what changes later is set by the effects below.
  const createTerminal = useEffectEvent((element: HTMLElement) => {
    const terminal = new Terminal({
      allowProposedApi: true,
      // A running animation makes Chromium hold back what arrives after a key until the next frame: the echo shows one frame (17 ms)
      // later, measured by bench/echo.ts. A program that asks for a blinking cursor still gets one.
      cursorBlink: false,
      fontFamily: settings.fontFamily,
      fontSize: settings.fontSize,
      // DejaVu Sans Mono's underscore is clipped at 1.0 (stack.md 28).
      lineHeight: 1.15,
      scrollback: settings.scrollback,
      theme: terminalTheme(theme),
      // Window reports and operations stay off; a title report would echo text a host chose.
      windowOptions: {},
      linkHandler: { activate: (_event, text) => setLink(toLinkTarget(text)) },
    });
    const fit = new FitAddon();
    const search = new SearchAddon();
    terminal.loadAddon(fit);
    terminal.loadAddon(search);
    terminal.loadAddon(new UnicodeGraphemesAddon());
    terminal.open(element);
    void drawByGpu(terminal);
    terminal.onTitleChange(handleTitle);
    terminal.onBell(() => tellHidden('bell'));
    terminal.onResize(({ cols, rows }) => handleSize({ columns: cols, rows }));
    terminal.attachCustomKeyEventHandler((event) => handleTerminalKey(terminal, event, platform));
    const stopPaste = takeOverPaste(element, terminal, setPaste, asksAlways);
    const frames = holdFrames(terminal);
    parts.current = { terminal, fit, search, frames };
    let frame = 0;
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (element.offsetParent !== null) fit.fit();
      });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      stopPaste();
      frames.dispose();
      terminal.dispose();
      parts.current = undefined;
    };
  });
  useEffect(() => (container.current === null ? undefined : createTerminal(container.current)), []);

  useEffect(() => {
    const current = parts.current;
    if (current === undefined) return;
    setOptions(current.terminal, settings, theme);
    if (container.current?.offsetParent !== null) current.fit.fit();
  }, [settings, theme]);

  useEffect(() => {
    if (parts.current !== undefined) setInputClosed(parts.current.terminal, props.inputClosed);
  }, [props.inputClosed]);

  useEffect(() => {
    parts.current?.frames.setVisible(visible);
    if (visible) {
      marked.current = false;
      parts.current?.fit.fit();
    }
  }, [visible]);

  useEffect(() => {
    if (focused && !isTypingElsewhere(container.current?.closest('[role=tabpanel]') ?? null)) parts.current?.terminal.focus();
  }, [focused]);

  useEffect(() => {
    const terminal = parts.current?.terminal;
    if (props.connected && terminal !== undefined) handleSize({ columns: terminal.cols, rows: terminal.rows });
  }, [sessionId, props.connected]);

  const startAttach = useEffectEvent((isStopped: () => boolean, onDetach: (detach: () => void) => void) => {
    const current = parts.current;
    if (current === undefined) return;
    const { terminal, frames } = current;
    const before = shown.current;
    const isNew = before.sessionId !== sessionId;
    if (isNew && before.sessionId !== '') terminal.write(`${terminal.buffer.active.type === 'alternate' ? LEAVE_ALTERNATE_SCREEN : ''}${LEAVE_MODES}\r\n`);
    const replay = isNew ? before.sessionId === '' && props.alreadyRunning : before.generation !== linkGeneration;
    shown.current = { sessionId, generation: linkGeneration };
    void props.attach(sessionId).then(
      (stream) => {
        if (isStopped()) stream.close();
        else {
          const attachedAtMs = performance.now();
          const handleOutput = (byteCount: number): void => {
            frames.received(byteCount);
            // What a replay repeats is no news.
            if (!replay || performance.now() - attachedAtMs > REPLAY_MS) tellHidden('activity');
          };
          onDetach(attachTerminal(terminal, stream, { replay, onOutput: handleOutput, onEnd: () => props.onStreamEnd(sessionId) }));
        }
      },
      // The session's own state says why there is nothing to show.
      () => undefined,
    );
  });

  useEffect(() => {
    if (!linkOpen) return;
    let stopped = false;
    let detach: (() => void) | undefined;
    startAttach(
      () => stopped,
      (stop) => {
        detach = stop;
      },
    );
    return () => {
      stopped = true;
      detach?.();
    };
  }, [sessionId, linkGeneration, linkOpen]);

  const handlePasteDecision = (send: boolean): void => {
    const terminal = parts.current?.terminal;
    if (send && paste !== undefined && terminal !== undefined) sendPaste(terminal, paste.text);
    setPaste(undefined);
    terminal?.focus();
  };

  return (
    <div className="terminal-view">
      {props.finding && parts.current !== undefined ? (
        <FindBar
          search={parts.current.search}
          onClose={() => {
            props.onFindClose();
            parts.current?.terminal.focus();
          }}
        />
      ) : undefined}
      <div ref={container} className="terminal-screen" data-testid="terminal" />
      {paste === undefined ? undefined : <PasteDialog paste={paste} onDecide={handlePasteDecision} />}
      {link === undefined ? undefined : <LinkDialog target={link} onClose={() => setLink(undefined)} />}
    </div>
  );
}

function setOptions(terminal: Terminal, { fontFamily, fontSize, scrollback }: Settings['terminal'], theme: ShownTheme): void {
  terminal.options = { fontFamily, fontSize, scrollback, theme: terminalTheme(theme) };
}

function setInputClosed(terminal: Terminal, closed: boolean): void {
  terminal.options.disableStdin = closed;
}

/** Frames by WebGL where there is a GPU; when its context is lost, xterm.js goes on with the DOM. */
async function drawByGpu(terminal: Terminal): Promise<void> {
  if (!hasRealGpu()) return;
  const { WebglAddon } = await import('@xterm/addon-webgl');
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch (cause) {
    console.warn('The terminal is drawn without WebGL', cause);
  }
}
