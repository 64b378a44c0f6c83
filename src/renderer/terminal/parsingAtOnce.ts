/**
 * A terminal whose next write can be parsed before it returns, in a turn that is taken for it.
 *
 * xterm.js parses by a timer of its own, except for the first write after somebody typed (src/common/input/WriteBuffer.ts of 6.0.0). There
 * is no public way to say so; a later version that has no such thing parses by its timer, as ever.
 */
import type { Terminal } from '@xterm/xterm';
import type { WritableTerminal } from './outputTurns.ts';

export function parsingAtOnce(terminal: Pick<Terminal, 'write'>): WritableTerminal {
  const buffer = ['_core', '_writeBuffer'].reduce<unknown>((owner, name) => (typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined), terminal);
  return {
    write: (data, parsed) => terminal.write(data, parsed),
    parseNextAtOnce: () => {
      if (isWriteBuffer(buffer)) buffer.handleUserInput();
    },
  };
}

function isWriteBuffer(value: unknown): value is { handleUserInput(): void } {
  return typeof value === 'object' && value !== null && 'handleUserInput' in value && typeof value.handleUserInput === 'function';
}
