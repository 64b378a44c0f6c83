/** What a bell does in the terminal itself; that a hidden tab rang is marked by useHiddenMarks. */
import { useEffect } from 'react';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalParts } from './terminalParts.ts';

/** A program that rings without end is one ring in this time. */
const BELL_MS = 250;
const TONE_HERTZ = 880;
const TONE_VOLUME = 0.08;

export function useBell(parts: TerminalParts | undefined, bell: Settings['terminal']['bell']): void {
  useEffect(() => {
    if (parts === undefined || bell === 'none' || bell === 'mark') return;
    let lastMs = -BELL_MS;
    const ringing = parts.terminal.onBell(() => {
      const nowMs = performance.now();
      if (nowMs - lastMs < BELL_MS) return;
      lastMs = nowMs;
      if (bell === 'visual') flash(parts.element);
      else playTone();
    });
    return () => ringing.dispose();
  }, [parts, bell]);
}

/** One change of colour, no flicker: reduced motion has nothing against it (WCAG 2.3.1). */
function flash(element: HTMLElement): void {
  element.dataset['bell'] = '';
  setTimeout(() => delete element.dataset['bell'], BELL_MS);
}

let audio: AudioContext | undefined;

function playTone(): void {
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const now = audio.currentTime;
  tone.frequency.value = TONE_HERTZ;
  volume.gain.setValueAtTime(TONE_VOLUME, now);
  volume.gain.exponentialRampToValueAtTime(0.0001, now + BELL_MS / 1000);
  tone.connect(volume).connect(audio.destination);
  tone.start(now);
  tone.stop(now + BELL_MS / 1000);
}
