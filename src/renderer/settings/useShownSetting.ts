/** Shows the setting that was asked for by name: its topic, its row in view, and the keys in its control. */
import { useEffect, useEffectEvent } from 'react';
import { useStore } from '../state/store.ts';
import { settingFields, type SettingCategory } from './settingFields.ts';
import { settingSections } from './settingSections.tsx';
import { shownSetting } from './shownSetting.ts';

const whole = (place: string | undefined): string | undefined => place;

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
    // Once the topic is drawn.
    const frame = requestAnimationFrame(() => {
      const row = document.querySelector<HTMLElement>(`[data-setting="${CSS.escape(place)}"]`);
      row?.scrollIntoView({ block: 'center' });
      row?.querySelector<HTMLElement>('input, select, textarea, button')?.focus();
      shownSetting.set(() => undefined);
    });
    return () => cancelAnimationFrame(frame);
  }, [place]);
}
