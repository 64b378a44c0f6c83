/** Joins a terminal to the stream of the session it shows, and again after each new link or session: its scrollback stays. */
import { useEffect, useEffectEvent, useRef } from 'react';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalStream } from '../../link/client.ts';
import { attachTerminal, isReplaying } from './attach.ts';
import { joinTerminal } from './openTerminals.ts';
import { predictEcho } from './predictedEcho.ts';
import type { TerminalParts } from './terminalParts.ts';

export interface AttachProps {
  readonly settings: Pick<Settings['terminal'], 'predictEcho' | 'screenReader'>;
  readonly visible: boolean;
  readonly sessionId: string;
  /** Grows with every new link: attach again. */
  readonly linkGeneration: number;
  readonly linkOpen: boolean;
  /** Whether the session ran before this window showed it, so that its output is a replay. */
  readonly alreadyRunning: boolean;
  readonly attach: (sessionId: string) => Promise<TerminalStream>;
  /** Another window shows the session now. */
  readonly onTaken: (sessionId: string) => void;
}

/** Leaves what a program may have switched on before the line dropped: mouse, bracketed paste, hidden cursor, and so on. */
const LEAVE_MODES = '\u001b[?1000;1002;1003;1004;1006;2004l\u001b[?25h\u001b[!p\u001b[0m';
/** Sent only from the alternate screen: elsewhere it would move the cursor. */
const LEAVE_ALTERNATE_SCREEN = '\u001b[?1049l';

/** A replay has come by then: at most 1 MiB from this machine. */
const REPLAY_MS = 2000;

/** @param onNewOutput output that is no replay */
export function useAttach(parts: TerminalParts | undefined, props: AttachProps, onNewOutput: () => void): void {
  const { sessionId, linkGeneration, linkOpen } = props;
  const shown = useRef({ sessionId: '', generation: 0 });
  const tellOutput = useEffectEvent(onNewOutput);
  const predictsEcho = useEffectEvent(() => props.settings.predictEcho && props.visible && !props.settings.screenReader);

  const startAttach = useEffectEvent((attached: TerminalParts, isStopped: () => boolean, onDetach: (detach: () => void) => void) => {
    const { terminal, frames, turn } = attached;
    const before = shown.current;
    const isNew = before.sessionId !== sessionId;
    if (isNew && before.sessionId !== '') turn.write(`${terminal.buffer.active.type === 'alternate' ? LEAVE_ALTERNATE_SCREEN : ''}${LEAVE_MODES}\r\n`);
    const replay = isNew ? before.sessionId === '' && props.alreadyRunning : before.generation !== linkGeneration;
    shown.current = { sessionId, generation: linkGeneration };
    // The keys are there before the stream is: what is typed until then waits for it.
    const typedBefore: string[] = [];
    const early = terminal.onData((text) => void typedBefore.push(text));
    void props.attach(sessionId).then(
      (stream) => {
        early.dispose();
        if (isStopped()) stream.close();
        else {
          const attachedAtMs = performance.now();
          const handleOutput = (byteCount: number): void => {
            frames.received(byteCount);
            // What a replay repeats is no news.
            if (!replay || performance.now() - attachedAtMs > REPLAY_MS) tellOutput();
          };
          const output = predictEcho(terminal, turn, () => predictsEcho() && !isReplaying(terminal));
          const detach = attachTerminal(terminal, stream, { replay, output, typedBefore, onOutput: handleOutput, onEnd: (why) => why === 'taken' && props.onTaken(sessionId) });
          const leave = joinTerminal(attached);
          onDetach(() => {
            leave();
            detach();
          });
        }
      },
      // The session's own state says why there is nothing to show.
      () => early.dispose(),
    );
  });

  useEffect(() => {
    if (parts === undefined || !linkOpen) return;
    let stopped = false;
    let detach: (() => void) | undefined;
    startAttach(
      parts,
      () => stopped,
      (stop) => {
        detach = stop;
      },
    );
    return () => {
      stopped = true;
      detach?.();
    };
  }, [parts, sessionId, linkGeneration, linkOpen]);
}
