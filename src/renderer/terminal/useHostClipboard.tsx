/**
 * What programs on a host may do to the clipboard by OSC 52 (threats.md row 17): never read it, and write it only where the
 * person allows it, this time or for this host.
 */
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from '../ui/announce.tsx';
import { copyText } from '../ui/copyText.ts';
import { isReplaying } from './attach.ts';
import { ClipboardDialog } from './ClipboardDialog.tsx';
import { toClipboardRequest } from './clipboardRequest.ts';
import { withoutControls } from './paste.ts';
import type { TerminalParts } from './terminalParts.ts';

export interface HostClipboard {
  readonly hostName: string;
  /** What the person decided for this host; absent: ask. */
  readonly rule?: 'always' | 'never';
  readonly onRule: (rule: 'always' | 'never') => void;
}

/** @returns the open question, to be shown with the terminal */
export function useHostClipboard(parts: TerminalParts | undefined, visible: boolean, { hostName, rule, onRule }: HostClipboard): ReactNode {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<string>();
  // A flood asks once: what comes while a question is open is dropped, and never replaces what is shown.
  const asking = useRef(false);

  const copy = (text: string): void =>
    void copyText(text).then((copied) => announce(copied ? t('hostClipboard.copied', { host: hostName, count: [...text].length }) : t('hostClipboard.notCopied', { host: hostName })));

  const handleRequest = useEffectEvent((data: string) => {
    const request = toClipboardRequest(data);
    if (rule === 'never') return;
    if (request.kind === 'too-large') announce(t('hostClipboard.tooLarge', { host: hostName }));
    if (request.kind !== 'write') return;
    const text = withoutControls(request.text);
    if (rule === 'always') copy(text);
    else if (!asking.current) {
      asking.current = true;
      setAsked(text);
    }
  });
  useEffect(() => {
    if (parts === undefined) return;
    const { terminal } = parts;
    const handler = terminal.parser.registerOscHandler(52, (data) => {
      // What was copied when it was said is not copied again when it is repeated.
      if (!isReplaying(terminal)) handleRequest(data);
      return true;
    });
    return () => handler.dispose();
  }, [parts]);

  if (asked === undefined || !visible) return undefined;
  return (
    <ClipboardDialog
      hostName={hostName}
      text={asked}
      onDecide={(decision) => {
        asking.current = false;
        setAsked(undefined);
        if (decision === 'once' || decision === 'always') copy(asked);
        if (decision === 'always' || decision === 'never') onRule(decision);
        parts?.terminal.focus();
      }}
    />
  );
}
