/** Shows and hides the side panels as the window's width, the tab in front, and what there is to be read first change. */
import { useEffect } from 'react';
import type { Postern } from './postern.ts';

export interface PanelsProps {
  /** No room for the host panel beside the rest. */
  readonly narrow: boolean;
  /** The hosts list lies over the middle. */
  readonly drawer: boolean;
  readonly frontTabId: string | undefined;
  readonly frontInstanceId: string | undefined;
  /** The middle has something to say or to ask, which a drawer would hide. */
  readonly telling: boolean;
}

/** The window of a tab that was moved out begins without either and is left alone. */
export function usePanels(postern: Pick<Postern, 'window'>, { narrow, drawer, frontTabId, frontInstanceId, telling }: PanelsProps): void {
  useEffect(() => {
    if (!postern.window.get().detached) postern.window.set((value) => ({ ...value, panels: { hosts: value.panels.hosts, host: !narrow } }));
  }, [postern, narrow]);
  useEffect(() => {
    if (!drawer && !postern.window.get().detached) postern.window.set((value) => ({ ...value, panels: { ...value.panels, hosts: true } }));
  }, [postern, drawer]);
  useEffect(() => {
    if (postern.window.get().detached) return;
    if (frontTabId === undefined) postern.window.set((value) => ({ ...value, panels: { ...value.panels, hosts: !drawer || !telling } }));
    else postern.window.set((value) => ({ ...value, selectedInstanceId: frontInstanceId, ...(drawer ? { panels: { hosts: false, host: false } } : {}) }));
  }, [postern, frontTabId, frontInstanceId, drawer, telling]);
}
