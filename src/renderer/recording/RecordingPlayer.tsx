/** Plays a recording: the terminal as it was, and what a person does with time. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cast } from '../../asciicast/readAsciicast.ts';
import type { Settings } from '../../contract/settings.ts';
import type { TerminalTheme } from '../../contract/terminalTheme.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import { copyText } from '../ui/copyText.ts';
import { safeText } from '../ui/safeText.ts';
import { CastSearch } from './CastSearch.tsx';
import { clockText } from './clockText.ts';
import { usePlayer } from './usePlayer.ts';

export interface RecordingPlayerProps {
  readonly cast: Cast;
  readonly settings: Settings['terminal'];
  readonly theme: TerminalTheme;
}

const speeds = [0.5, 1, 1.5, 2, 4, 8, 16] as const;
/** Seconds; none: as it was. */
const idleLimits = [undefined, 0.5, 1, 2, 5, 10] as const;
const JUMP_SECONDS = 5;

export function RecordingPlayer({ cast, settings, theme }: RecordingPlayerProps) {
  const { t } = useTranslation();
  const container = useRef<HTMLDivElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const [speed, setSpeed] = useState(1);
  const [idleLimit, setIdleLimit] = useState<number | undefined>(cast.idleLimit);
  const { parts, state } = usePlayer(container, cast, settings, theme, idleLimit);
  const player = parts?.player;
  useEffect(() => player?.setSpeed(speed), [player, speed]);
  const marks = player?.marks() ?? [];

  const toggle = (): void => (state.playing ? player?.pause() : player?.play());
  const jump = (seconds: number): void => void player?.seek(state.time + seconds);
  const changeSpeed = (step: 1 | -1): void => setSpeed(speeds[Math.min(speeds.length - 1, Math.max(0, speeds.findIndex((one) => one === speed) + step))] ?? 1);
  const nextMark = (): void => {
    const next = marks.find(({ time }) => time > state.time + 0.01) ?? marks[0];
    if (next !== undefined) void player?.seek(next.time);
  };
  const copy = (): void => {
    const terminal = parts?.terminal;
    if (terminal === undefined) return;
    const text = terminal.hasSelection() ? terminal.getSelection() : screenText(terminal);
    void copyText(text).then((copied) => announce(t(copied ? 'common.copied' : 'common.notCopied')));
  };

  const handleKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || (event.target instanceof HTMLElement && event.target.matches('input:not([type=range]), select'))) return;
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'c') copy();
    else if (ctrlKey || metaKey || altKey) return;
    else if (key === ' ' && !(event.target instanceof HTMLButtonElement)) toggle();
    else if (key === 'ArrowLeft' || key === 'ArrowRight') {
      if (shiftKey) void player?.step(key === 'ArrowLeft' ? -1 : 1);
      else jump(key === 'ArrowLeft' ? -JUMP_SECONDS : JUMP_SECONDS);
    } else if (key === ',' || key === '.') void player?.step(key === ',' ? -1 : 1);
    else if (key === 'Home') void player?.seek(0);
    else if (key === 'End') void player?.seek(state.duration);
    else if (key === '<' || key === '>') changeSpeed(key === '<' ? -1 : 1);
    else if (key === 'm') nextMark();
    else if (key === '/') searchField.current?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the whole player, as in every player
    <section className="recording-player" aria-label={t('player.label')} onKeyDown={handleKey} data-state={state.playing ? 'playing' : 'paused'} data-seeking={state.seeking}>
      {cast.cutShort || cast.badLines > 0 ? <p className="note">{[cast.cutShort ? t('player.cutShort') : '', cast.badLines > 0 ? t('player.badLines', { count: cast.badLines }) : ''].join(' ')}</p> : undefined}
      <div className="player-screen" ref={container} data-testid="player-screen" style={{ background: theme.background }} />
      <div className="player-seek">
        <input
          type="range"
          aria-label={t('player.position')}
          aria-valuetext={t('player.timeOf', { time: clockText(state.time), duration: clockText(state.duration) })}
          min={0}
          max={Math.max(state.duration, 0.001)}
          step="any"
          value={state.time}
          onChange={(event) => void player?.seek(Number(event.target.value))}
        />
        <div className="player-marks" aria-hidden="true">
          {marks.map(({ time, label }, index) => (
            <button type="button" tabIndex={-1} key={`${index} ${time}`} title={label === '' ? clockText(time) : `${clockText(time)} ${safeText(label)}`} style={{ insetInlineStart: `${(100 * time) / Math.max(state.duration, 0.001)}%` }} onClick={() => void player?.seek(time)} />
          ))}
        </div>
      </div>
      <div className="player-controls">
        <Button look="primary" className="player-play" title={`${t(state.playing ? 'player.pause' : 'player.play')} (${t('player.space')})`} onClick={toggle}>
          {t(state.playing ? 'player.pause' : 'player.play')}
        </Button>
        <Button title={`${t('player.stepBack')} (,)`} aria-label={t('player.stepBack')} onClick={() => void player?.step(-1)}>
          ◂
        </Button>
        <Button title={`${t('player.stepOn')} (.)`} aria-label={t('player.stepOn')} onClick={() => void player?.step(1)}>
          ▸
        </Button>
        <span className="player-time mono" data-testid="player-time">
          {clockText(state.time)} / {clockText(state.duration)}
        </span>
        <label title="< >">
          <span>{t('player.speed')}</span>
          <select value={speed} onChange={(event) => setSpeed(Number(event.target.value))}>
            {speeds.map((one) => (
              <option key={one} value={one}>
                {one}×
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{t('player.idle')}</span>
          <select value={idleLimit ?? ''} onChange={(event) => setIdleLimit(event.target.value === '' ? undefined : Number(event.target.value))}>
            {[...new Set([...idleLimits, cast.idleLimit])].map((one) => (
              <option key={one ?? ''} value={one ?? ''}>
                {one === undefined ? t('player.idleNone') : t('player.idleSeconds', { seconds: one })}
              </option>
            ))}
          </select>
        </label>
        {marks.length === 0 ? undefined : (
          <Button title="m" onClick={nextMark}>
            {t('player.nextMark')}
          </Button>
        )}
        <Button onClick={copy}>{t('player.copy')}</Button>
        <span className="spacer" />
        {parts === undefined ? undefined : <CastSearch field={searchField} cast={cast} parts={parts} />}
      </div>
    </section>
  );
}

function screenText({ buffer: { active }, rows }: { readonly buffer: { readonly active: { readonly baseY: number; getLine(y: number): { translateToString(trimRight: boolean): string } | undefined } }; readonly rows: number }): string {
  return Array.from({ length: rows }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '').join('\n').trimEnd();
}
