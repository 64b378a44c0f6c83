/** Which setting the settings view is asked to show, by its path or its section's id; it takes the request when it has done so. */
import { createStore } from '../state/store.ts';

export const shownSetting = createStore<string | undefined>(undefined);

export function showSetting(place: string): void {
  shownSetting.set(() => place);
}
