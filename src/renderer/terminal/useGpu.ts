/** Frames by WebGL where there is a GPU; when its context is lost, xterm.js goes on with the DOM. */
import type { Terminal } from '@xterm/xterm';
import { useEffect } from 'react';
import { hasRealGpu } from './gpu.ts';
import type { TerminalParts } from './terminalParts.ts';

export function useGpu(parts: TerminalParts | undefined): void {
  useEffect(() => {
    if (parts === undefined || !hasRealGpu()) return;
    let gone = false;
    void drawByGpu(parts.terminal, () => gone);
    return () => {
      gone = true;
    };
  }, [parts]);
}

async function drawByGpu(terminal: Terminal, isGone: () => boolean): Promise<void> {
  const { WebglAddon } = await import('@xterm/addon-webgl');
  if (isGone()) return;
  try {
    const webgl = new WebglAddon();
    webgl.onContextLoss(() => webgl.dispose());
    terminal.loadAddon(webgl);
  } catch (cause) {
    console.warn('The terminal is drawn without WebGL', cause);
  }
}
