/** What a terminal shows, cell by cell, to be compared. */
import type { IBuffer } from '@xterm/xterm';

/** The parts of a buffer that both builds of xterm.js have. */
export interface ReadTerminal {
  readonly cols: number;
  readonly rows: number;
  readonly buffer: { readonly active: Pick<IBuffer, 'baseY' | 'cursorX' | 'cursorY' | 'type' | 'getLine'> };
}

/**
 * The screen, a line each: text, then every run of cells with the same attributes as `column:attributes`. The last line is the
 * cursor and the buffer. Self-contained, since it runs in the page, too.
 */
export function cellsOf(screen: ReadTerminal): string[] {
  const { active } = screen.buffer;
  const lines: string[] = [];
  for (let row = 0; row < screen.rows; row += 1) {
    const line = active.getLine(active.baseY + row);
    let words = '';
    let runs = '';
    let before = '';
    for (let column = 0; column < screen.cols; column += 1) {
      const cell = line?.getCell(column);
      if (cell === undefined) continue;
      words += cell.getWidth() === 0 ? '' : cell.getChars() || ' ';
      const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isBlink(), cell.isInverse(), cell.isInvisible(), cell.isStrikethrough(), cell.isOverline()].map(Number).map((flag) => (flag === 0 ? 0 : 1)).join('');
      const look = `${cell.getWidth()} ${cell.getFgColorMode()} ${cell.getFgColor()} ${cell.getBgColorMode()} ${cell.getBgColor()} ${flags}`;
      if (look !== before) runs += ` ${column}:${look}`;
      before = look;
    }
    lines.push(`${words.trimEnd()} |${line?.isWrapped === true ? ' wrapped' : ''}${runs}`);
  }
  lines.push(`cursor ${active.cursorX},${active.cursorY} ${active.type}`);
  return lines;
}
