/** Marks of prompts in a terminal, the keys that go from one to another, and copying what the last command wrote. */
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { useWindowAction } from '../state/windowActions.ts';
import { announce } from '../ui/announce.tsx';
import { copyText } from '../ui/copyText.ts';
import type { CommandEnded } from './commandEnded.ts';
import { createPromptMarks, type PromptMarks } from './promptMarks.ts';
import type { TerminalParts } from './terminalParts.ts';

export interface PromptMarksProps {
  /** Whether keys belong to this terminal. */
  readonly focused: boolean;
  readonly colours: TerminalTheme;
  readonly onCommandEnded?: (ended: CommandEnded) => void;
}

/** @returns undefined until there is a terminal */
export function usePromptMarks(parts: TerminalParts | undefined, { focused, colours, onCommandEnded }: PromptMarksProps): PromptMarks | undefined {
  const { t } = useTranslation();
  const [marks, setMarks] = useState<PromptMarks>();
  const handleEnd = useEffectEvent((ended: CommandEnded) => onCommandEnded?.(ended));
  useEffect(() => {
    if (parts === undefined) return;
    const created = createPromptMarks(parts.terminal);
    const stopListening = created.onCommandEnded((ended) => handleEnd(ended));
    setMarks(created);
    return () => {
      stopListening();
      created.dispose();
      setMarks(undefined);
    };
  }, [parts]);
  useEffect(() => marks?.setColours({ prompt: colours.brightBlack, failed: colours.red }), [marks, colours]);

  const goTo = (direction: 'previous' | 'next') => () => {
    if (marks?.goTo(direction) !== true) announce(t(direction === 'previous' ? 'terminal.noPreviousPrompt' : 'terminal.noNextPrompt'));
    return true;
  };
  useWindowAction('previous-prompt', goTo('previous'), focused);
  useWindowAction('next-prompt', goTo('next'), focused);
  useWindowAction(
    'copy-last-output',
    () => {
      const text = marks?.lastOutput();
      if (text === undefined) announce(t('terminal.noOutput'));
      else void copyText(text).then((copied) => announce(t(copied ? 'terminal.outputCopied' : 'common.notCopied')));
      return true;
    },
    focused,
  );
  return marks;
}
