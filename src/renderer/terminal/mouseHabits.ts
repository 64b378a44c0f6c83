/** Mouse habits as they are on a platform, unless the person chose otherwise. */
import type { Settings } from '../../contract/settings.ts';

export interface MouseHabits {
  readonly copyOnSelect: boolean;
  /** Instead of the menu; it copies where something is selected. */
  readonly rightClickPaste: boolean;
  /** `native`: the browser pastes what is selected anywhere (X11's primary selection). */
  readonly middleClickPaste: 'off' | 'native' | 'clipboard';
}

export type MouseSettings = Pick<Settings['terminal'], 'copyOnSelect' | 'rightClickPaste' | 'middleClickPaste'>;

/** @param platform `darwin`, `win32`, `linux` */
export function mouseHabits({ copyOnSelect, rightClickPaste, middleClickPaste }: MouseSettings, platform: string): MouseHabits {
  const windows = platform === 'win32';
  const linux = platform === 'linux';
  const middle = chosen(middleClickPaste, linux);
  return {
    copyOnSelect: chosen(copyOnSelect, windows),
    rightClickPaste: chosen(rightClickPaste, windows),
    middleClickPaste: !middle ? 'off' : linux ? 'native' : 'clipboard',
  };
}

function chosen(setting: MouseSettings['copyOnSelect'], ofPlatform: boolean): boolean {
  return setting === 'platform' ? ofPlatform : setting === 'on';
}
