/** Waits for the keys that shall start an action. Escape gives up; keys of the shell are refused with words, those of another action are asked about. */
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { chordText, refusalOf, type Chord, type ChordRefusal } from '../../contract/chord.ts';
import { chordOf, keysText, type ActionName } from '../state/shortcuts.ts';
import { Button } from '../ui/Button.tsx';
import { useActionName } from './useActionName.ts';

export interface KeyCaptureProps {
  readonly name: ActionName;
  readonly platform: string;
  readonly bound: ReadonlyMap<string, ActionName>;
  readonly onChoose: (chord: Chord) => void;
  readonly onCancel: () => void;
}

/** Leaving gives up, and not every browser gives a pressed button the focus. */
const keepFocus = (event: MouseEvent): void => event.preventDefault();

type Pressed = { readonly chord: Chord; readonly refusal: ChordRefusal } | { readonly chord: Chord; readonly owner: ActionName };

export function KeyCapture({ name, platform, bound, onChoose, onCancel }: KeyCaptureProps) {
  const { t } = useTranslation();
  const nameOf = useActionName();
  const [pressed, setPressed] = useState<Pressed>();
  const field = useRef<HTMLButtonElement>(null);
  useEffect(() => field.current?.focus(), []);
  const handleKeyDown = (event: KeyboardEvent): void => {
    const chord = chordOf(event.nativeEvent);
    if (chord === undefined) return;
    if (chord.key === 'Tab' && !chord.ctrl && !chord.alt && !chord.meta) return;
    event.preventDefault();
    event.stopPropagation();
    if (chordText(chord) === 'Escape') {
      onCancel();
      return;
    }
    const refusal = refusalOf(chord, name);
    const owner = bound.get(chordText(chord));
    if (refusal !== undefined) setPressed({ chord, refusal });
    else if (owner !== undefined && owner !== name) setPressed({ chord, owner });
    else onChoose(chord);
  };
  return (
    <span className="key-capture" data-takes-keys onBlur={(event) => (event.currentTarget.contains(event.relatedTarget) ? undefined : onCancel())}>
      <button ref={field} type="button" className="key-field" aria-label={`${pressed === undefined ? '' : `${keysText(pressed.chord, platform)} `}${t('shortcuts.pressFor', { name: nameOf(name) })}`} onKeyDown={handleKeyDown}>
        {pressed === undefined ? t('shortcuts.press') : keysText(pressed.chord, platform)}
      </button>
      {pressed !== undefined && 'owner' in pressed ? (
        <Button look="quiet" onMouseDown={keepFocus} onClick={() => onChoose(pressed.chord)}>
          {t('shortcuts.take')}
        </Button>
      ) : undefined}
      <Button look="quiet" onMouseDown={keepFocus} onClick={onCancel}>
        {t('common.cancel')}
      </Button>
      <span className="setting-problem" role="alert">
        {pressed === undefined ? '' : 'owner' in pressed ? t('shortcuts.takenBy', { name: nameOf(pressed.owner) }) : t(`shortcuts.refused.${pressed.refusal}`)}
      </span>
    </span>
  );
}
