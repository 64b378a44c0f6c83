/**
 * One xterm.js terminal, joined to the session it shows. It lives as long as its tab: a reconnected tab keeps its scrollback.
 *
 * Everything it does is a hook of this folder that takes the terminal's parts; what asks something gives its dialog back.
 */
import { useMemo, useRef } from 'react';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { FindBar } from './FindBar.tsx';
import { LooksHint } from './LooksHint.tsx';
import './terminal.css';
import { chosenOptions } from './terminalOptions.ts';
import type { ChosenTheme } from './themes/chooseTheme.ts';
import { useAttach, type AttachProps } from './useAttach.ts';
import { useBell } from './useBell.ts';
import { useGlyphs } from './useGlyphs.ts';
import { useGpu } from './useGpu.ts';
import { useHostClipboard, type HostClipboard } from './useHostClipboard.tsx';
import { useHiddenMarks, type HiddenMark } from './useHiddenMarks.ts';
import { useKeysAndPaste } from './useKeysAndPaste.tsx';
import { useLinks } from './useLinks.tsx';
import { useMouseHabits } from './useMouseHabits.ts';
import { useOpenTerminal } from './useOpenTerminal.ts';
import { usePromptMarks, type PromptMarksProps } from './usePromptMarks.ts';
import { useScrollBarMarks } from './useScrollBarMarks.ts';
import { useSessionFit, type SessionFitProps } from './useSessionFit.ts';
import { useTerminal } from './useTerminal.ts';

export interface TerminalViewProps extends AttachProps, SessionFitProps {
  readonly settings: Settings['terminal'];
  /** Show every paste before it is sent, not only those of several lines. */
  readonly askBeforePaste?: boolean;
  readonly hostClipboard: HostClipboard;
  readonly chosenTheme: ChosenTheme;
  readonly onCommandEnded?: PromptMarksProps['onCommandEnded'];
  readonly platform: string;
  readonly shortcuts: Settings['shortcuts'];
  readonly finding: boolean;
  readonly onFindClose: () => void;
  /** There was output, or a bell, while it was hidden. */
  readonly onMark?: (mark: HiddenMark) => void;
}

export function TerminalView(props: TerminalViewProps) {
  const { settings, platform } = props;
  const { theme, missing } = props.chosenTheme;
  const container = useRef<HTMLDivElement>(null);
  const options = useMemo(() => chosenOptions(settings, theme), [settings, theme]);
  const parts = useTerminal(container, options);
  useGpu(parts);
  useScrollBarMarks(parts, props.finding);
  useGlyphs(parts, settings);
  const pasteDialog = useKeysAndPaste(parts, platform, props.shortcuts, { askAlways: props.askBeforePaste === true, longCharacters: settings.longPasteCharacters });
  const linkDialog = useLinks(parts);
  const clipboardDialog = useHostClipboard(parts, props.visible, props.hostClipboard);
  useMouseHabits(parts, settings, platform);
  useBell(parts, settings.bell);
  usePromptMarks(parts, { focused: props.focused, colours: theme, ...(props.onCommandEnded === undefined ? {} : { onCommandEnded: props.onCommandEnded }) });
  const tellOutput = useHiddenMarks(parts, props.visible, (mark) => {
    if (mark !== 'bell' || settings.bell !== 'none') props.onMark?.(mark);
  });
  useSessionFit(parts, props);
  useAttach(parts, props, tellOutput);
  useOpenTerminal(parts, props.sessionId);

  const handleFindClose = (): void => {
    props.onFindClose();
    parts?.terminal.focus();
  };
  return (
    <div className="terminal-view" style={themeStyle(theme)}>
      {props.visible ? <LooksHint fontFamily={settings.fontFamily} missingTheme={missing} shownTheme={theme.name} /> : undefined}
      {props.finding && parts !== undefined ? <FindBar terminal={parts.terminal} colours={theme} onClose={handleFindClose} /> : undefined}
      <div ref={container} className="terminal-screen" data-testid="terminal" />
      {pasteDialog}
      {linkDialog}
      {clipboardDialog}
    </div>
  );
}

/** What terminal.css takes of the theme. */
function themeStyle({ background, brightBlack, red }: TerminalTheme): Record<`--${string}`, string> {
  return { '--terminal': background, '--prompt-mark': brightBlack, '--prompt-failed': red };
}
