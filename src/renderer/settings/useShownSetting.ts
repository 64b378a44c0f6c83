/** Shows the setting that was asked for by name: its topic, its row in view, and the keys in its control. */
import { useEffect, useEffectEvent } from 'react';
import { useStore } from '../state/store.ts';
import { settingFields, type SettingCategory } from './settingFields.ts';
import { settingSections } from './settingSections.tsx';
import { shownSetting } from './shownSetting.ts';

const whole = (place: string | undefined): string | undefined => place;

/** After a second there is nothing to wait for. */
const MAX_FRAMES = 60;

/** @param onCategory brings a topic into view */
export function useShownSetting(onCategory: (category: SettingCategory) => void): void {
  const place = useStore(shownSetting, whole);
  const show = useEffectEvent((wanted: string) => {
    const category = settingFields.find(({ path }) => path === wanted)?.category ?? settingSections.find(({ id }) => id === wanted)?.category;
    if (category !== undefined) onCategory(category);
  });
  useEffect(() => {
    if (place === undefined) return;
    show(place);
    let frame = 0;
    // Once the topic is drawn and the dialog that asked has given the keys back.
    const bringIntoView = (frames: number): void => {
      const row = document.querySelector<HTMLElement>(`[data-setting="${CSS.escape(place)}"]`);
      if ((row === null || document.querySelector('dialog[open]') !== null) && frames > 0) {
        frame = requestAnimationFrame(() => bringIntoView(frames - 1));
        return;
      }
      row?.scrollIntoView({ block: 'center' });
      (row?.querySelector<HTMLElement>('input, select, textarea') ?? row?.querySelector<HTMLElement>('button'))?.focus();
      shownSetting.set(() => undefined);
    };
    frame = requestAnimationFrame(() => bringIntoView(MAX_FRAMES));
    return () => cancelAnimationFrame(frame);
  }, [place]);
}
