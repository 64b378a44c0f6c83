/**
 * Remembers where prompts and outputs are in a terminal whose shell tells of them, and marks them in the gutter and the scroll bar.
 *
 * Only in the normal screen: programs of the alternate one have no scrollback. The place of a line is xterm.js's marker, which moves with
 * it and is gone when the line is.
 */
import type { IDecoration, IMarker, Terminal } from '@xterm/xterm';
import type { CommandEnded } from './commandEnded.ts';
import { promptIdentifiers, readPromptSequence, type PromptEvent } from './promptSequences.ts';

export type PromptTerminal = Pick<Terminal, 'parser' | 'buffer' | 'registerMarker' | 'registerDecoration' | 'scrollToLine' | 'rows'>;

/** More are not looked for by anybody, and each is asked about with every frame. */
const PROMPTS_MAX = 1000;

interface Place {
  readonly marker: IMarker;
  readonly column: number;
}

interface Prompt {
  readonly start: IMarker;
  output?: Place;
  end?: Place;
  startedAtMs?: number;
  exitCode?: number;
  decoration?: IDecoration;
}

export interface PromptColours {
  readonly prompt: string;
  readonly failed: string;
}

export interface PromptMarks {
  /** @returns whether there was one to go to */
  goTo(direction: 'previous' | 'next'): boolean;
  /** What the last command wrote that has ended or is running; undefined where no shell told of one. */
  lastOutput(): string | undefined;
  onCommandEnded(listener: (ended: CommandEnded) => void): () => void;
  setColours(colours: PromptColours): void;
  dispose(): void;
}

export function createPromptMarks(terminal: PromptTerminal, nowMs: () => number = () => performance.now()): PromptMarks {
  const prompts: Prompt[] = [];
  const listeners = new Set<(ended: CommandEnded) => void>();
  let colours: PromptColours = { prompt: '#808080', failed: '#c00000' };
  /** The one that was gone to, until the screen is scrolled otherwise. */
  let visited: { readonly marker: IMarker; readonly viewportY: number } | undefined;

  const handlers = promptIdentifiers.map((identifier) =>
    terminal.parser.registerOscHandler(identifier, (text) => {
      const event = readPromptSequence(identifier, text);
      if (event !== undefined && terminal.buffer.active.type === 'normal') take(event);
      // Other uses of iTerm2's identifier, such as pictures, are somebody else's.
      return event !== undefined || identifier !== 1337;
    }),
  );

  function take(event: PromptEvent): void {
    const last = prompts.at(-1);
    switch (event.kind) {
      case 'prompt-start':
      case 'mark':
        // Drawn again in its place, as shells do when the window changes.
        if (last !== undefined && last.output === undefined && !last.start.isDisposed && last.start.line === cursorLine()) return;
        addPrompt();
        return;
      case 'input-start':
        if (last === undefined || last.end !== undefined) addPrompt();
        return;
      case 'output-start':
        if (last === undefined || last.end !== undefined) addPrompt();
        setOutput(prompts.at(-1));
        return;
      case 'command-end':
        if (last?.output !== undefined && last.end === undefined) endCommand(last, event.exitCode);
    }
  }

  const cursorLine = (): number => terminal.buffer.active.baseY + terminal.buffer.active.cursorY;
  const place = (): Place => ({ marker: terminal.registerMarker(0), column: terminal.buffer.active.cursorX });

  function addPrompt(): void {
    const prompt: Prompt = { start: terminal.registerMarker(0) };
    prompts.push(prompt);
    decorate(prompt);
    prompt.start.onDispose(() => forget(prompt));
    if (prompts.length > PROMPTS_MAX) prompts[0]?.start.dispose();
  }

  function setOutput(prompt: Prompt | undefined): void {
    if (prompt === undefined) return;
    prompt.output?.marker.dispose();
    prompt.output = place();
    prompt.startedAtMs = nowMs();
  }

  function endCommand(prompt: Prompt, exitCode: number | undefined): void {
    prompt.end = place();
    if (exitCode !== undefined) prompt.exitCode = exitCode;
    decorate(prompt);
    const ended = { exitCode, durationMs: nowMs() - (prompt.startedAtMs ?? nowMs()) };
    for (const listener of listeners) listener(ended);
  }

  function forget(prompt: Prompt): void {
    const index = prompts.indexOf(prompt);
    if (index !== -1) prompts.splice(index, 1);
    prompt.decoration?.dispose();
    prompt.output?.marker.dispose();
    prompt.end?.marker.dispose();
  }

  function decorate(prompt: Prompt): void {
    const failed = prompt.exitCode !== undefined && prompt.exitCode !== 0;
    prompt.decoration?.dispose();
    const decoration = terminal.registerDecoration({ marker: prompt.start, width: 1, overviewRulerOptions: { color: failed ? colours.failed : colours.prompt, position: failed ? 'full' : 'left' } });
    if (decoration === undefined) return;
    prompt.decoration = decoration;
    decoration.onRender((element) => {
      element.classList.add('prompt-mark');
      element.classList.toggle('ended', prompt.end !== undefined);
      element.classList.toggle('failed', failed);
    });
  }

  return {
    goTo(direction) {
      const { viewportY, baseY } = terminal.buffer.active;
      const stays = visited !== undefined && !visited.marker.isDisposed && visited.viewportY === viewportY ? visited.marker.line : undefined;
      const lines = prompts.map(({ start }) => start.line);
      const from = stays ?? (direction === 'previous' && viewportY === baseY ? cursorLine() : viewportY);
      const line = direction === 'previous' ? lines.findLast((one) => one < from) : lines.find((one) => one > from);
      const prompt = prompts.find(({ start }) => start.line === line);
      if (line === undefined || prompt === undefined) return false;
      terminal.scrollToLine(line);
      visited = { marker: prompt.start, viewportY: terminal.buffer.active.viewportY };
      for (const one of prompts) one.decoration?.element?.classList.toggle('visited', one === prompt);
      return true;
    },
    lastOutput() {
      const prompt = prompts.findLast(({ output }) => output !== undefined && !output.marker.isDisposed);
      if (prompt?.output === undefined) return undefined;
      const end = prompt.end === undefined || prompt.end.marker.isDisposed ? { line: cursorLine(), column: terminal.buffer.active.cursorX } : { line: prompt.end.marker.line, column: prompt.end.column };
      return textBetween(terminal, { line: prompt.output.marker.line, column: prompt.output.column }, end);
    },
    onCommandEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setColours(next) {
      colours = next;
      for (const prompt of prompts) decorate(prompt);
    },
    dispose() {
      for (const handler of handlers) handler.dispose();
      for (const prompt of prompts.splice(0)) prompt.start.dispose();
      listeners.clear();
    },
  };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** Lines that were wrapped are one again; without the empty line that an end at column 0 would leave. */
function textBetween({ buffer }: Pick<Terminal, 'buffer'>, start: Position, end: Position): string {
  let text = '';
  for (let at = start.line; at <= end.line; at += 1) {
    const line = buffer.normal.getLine(at);
    if (line === undefined) break;
    const wrapsOn = buffer.normal.getLine(at + 1)?.isWrapped === true;
    const part = line.translateToString(!wrapsOn, at === start.line ? start.column : 0, at === end.line ? end.column : undefined);
    text += at > start.line && !line.isWrapped ? `\n${part}` : part;
  }
  return text.replace(/\n$/, '');
}
