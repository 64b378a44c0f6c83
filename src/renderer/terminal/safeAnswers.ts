/**
 * Answers the questions that programs ask a terminal without repeating anything that the program chose (threats.md row 15).
 *
 * What a terminal answers is typed into the shell. xterm.js 6.0.0 repeats the number of any mode it is asked for (DECRQM), and
 * any colour a program has set before it asked (OSC 4, 10, 11, 12). Here a mode has to be one that exists, and colours are the
 * theme's. What is left are facts of the terminal itself: its kind, its modes, and where its cursor and its margins are.
 */
import type { ITheme, Terminal } from '@xterm/xterm';

/** ANSI modes (ECMA-48 section 7) that are asked for. */
const ANSI_MODES = new Set([2, 4, 12, 20]);

/** DEC private modes that xterm, or a terminal known to programs, has. What xterm.js lacks of them it answers with `not recognised`. */
const PRIVATE_MODES = new Set([
  1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 18, 19, 25, 30, 35, 38, 40, 41, 42, 44, 45, 46, 47, 66, 67, 69, 80, 95, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1010, 1011, 1014, 1015, 1016,
  1034, 1035, 1036, 1037, 1039, 1040, 1041, 1042, 1043, 1044, 1045, 1046, 1047, 1048, 1049, 1050, 1051, 1052, 1053, 1060, 1061, 1070, 2004, 2005, 2026, 2027, 2028, 2029, 2030, 2031, 2048, 5522, 7727, 8452, 9001,
]);

const ANSI_COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'brightBlack', 'brightRed', 'brightGreen', 'brightYellow', 'brightBlue', 'brightMagenta', 'brightCyan', 'brightWhite'] as const;
/** What OSC 10, 11 and 12 are about; further values in the same sequence are about the next one (xterm's ctlseqs). */
const SPECIAL_COLORS = ['foreground', 'background', 'cursor'] as const;

const ST = '\u001b\\';

/** What answering takes of a terminal. */
export interface AnsweringTerminal {
  readonly parser: Pick<Terminal['parser'], 'registerCsiHandler' | 'registerOscHandler'>;
  readonly options: { readonly theme?: ITheme };
  input(data: string, wasUserInput: boolean): void;
}

/** As long as the terminal lives. */
export function answerSafely(terminal: AnsweringTerminal): void {
  const { parser } = terminal;
  // `true`: dealt with here. The answer of xterm.js itself comes after `false`.
  const isUnknown = (modes: ReadonlySet<number>) => (parameters: readonly (number | number[])[]) => !modes.has(Number(parameters[0]));
  parser.registerCsiHandler({ intermediates: '$', final: 'p' }, isUnknown(ANSI_MODES));
  parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, isUnknown(PRIVATE_MODES));

  const answerColors = (answers: readonly (string | undefined)[]): boolean => {
    for (const answer of answers) if (answer !== undefined) terminal.input(answer, false);
    return true;
  };
  const theme = (): ITheme => terminal.options.theme ?? {};
  parser.registerOscHandler(4, (data) => data.includes('?') && answerColors(indexedColorAnswers(data, theme())));
  for (const first of [0, 1, 2]) parser.registerOscHandler(10 + first, (data) => data.includes('?') && answerColors(specialColorAnswers(data, first, theme())));
}

/** `index;?` pairs. Colours that the same sequence would set are left as they are. */
function indexedColorAnswers(data: string, theme: ITheme): (string | undefined)[] {
  const values = data.split(';');
  return values.flatMap((value, at) => {
    const index = values[at - 1] ?? '';
    if (at % 2 === 0 || value !== '?' || !/^\d{1,3}$/.test(index)) return [];
    return [answerOf(`4;${Number(index)}`, indexedColor(Number(index), theme))];
  });
}

function specialColorAnswers(data: string, first: number, theme: ITheme): (string | undefined)[] {
  return data.split(';').map((value, at) => {
    const name = SPECIAL_COLORS[first + at];
    return value === '?' && name !== undefined ? answerOf(String(10 + first + at), theme[name]) : undefined;
  });
}

/** @param color as the theme has it; one that is not written in hexadecimal digits is not told */
function answerOf(what: string, color: string | undefined): string | undefined {
  const digits = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})(?:[\da-f]{2})?$/i.exec(color ?? '')?.slice(1);
  return digits === undefined ? undefined : `\u001b]${what};rgb:${digits.map((pair) => pair.toLowerCase().repeat(2)).join('/')}${ST}`;
}

/** The 16 of the theme, the 6x6x6 cube, and the 24 greys, as xterm has them. */
function indexedColor(index: number, theme: ITheme): string | undefined {
  const name = ANSI_COLORS[index];
  if (name !== undefined) return theme[name];
  if (index > 255) return undefined;
  if (theme.extendedAnsi?.[index - 16] !== undefined) return theme.extendedAnsi[index - 16];
  const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);
  const levels = index < 232 ? [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6].map(level) : Array.from({ length: 3 }, () => 8 + 10 * (index - 232));
  return `#${levels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
