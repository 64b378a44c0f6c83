/** The theme to show: the one chosen, else what the system asks for. Sets it on the page, where the style sheets read it. */
import { useEffect } from 'react';
import type { Settings } from '../../contract/settings.ts';
import type { ShownTheme } from '../terminal/theme.ts';
import { useMedia } from './useMedia.ts';

export function useShownTheme(chosen: Settings['theme']): ShownTheme {
  const dark = useMedia('(prefers-color-scheme: dark)');
  const contrast = useMedia('(prefers-contrast: more)');
  const theme = chosen === 'system' ? (contrast ? 'high-contrast' : dark ? 'dark' : 'light') : chosen;
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return theme;
}
