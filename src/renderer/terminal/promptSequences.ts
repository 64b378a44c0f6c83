/**
 * What a shell says about its prompts and commands, in the forms that are in use: OSC 133 (FinalTerm, most shells), OSC 633
 * (VS Code's shell integration) and iTerm2's mark.
 *
 * All of it is chosen by the host: nothing but a letter and a number is taken, and nothing is shown or sent back.
 *
 * @see https://gitlab.freedesktop.org/Per_Bothner/specifications/blob/master/proposals/semantic-prompts.md
 * @see https://code.visualstudio.com/docs/terminal/shell-integration#_supported-escape-sequences
 */
export type PromptEvent =
  | { readonly kind: 'prompt-start' | 'input-start' | 'output-start' | 'mark' }
  /** `exitCode` is absent where the shell did not tell, or the line was empty. */
  | { readonly kind: 'command-end'; readonly exitCode?: number };

/** Their identifiers, for registerOscHandler. */
export const promptIdentifiers = [133, 633, 1337] as const;
export type PromptIdentifier = (typeof promptIdentifiers)[number];

/** @returns undefined for everything else that these identifiers are used for */
export function readPromptSequence(identifier: PromptIdentifier, text: string): PromptEvent | undefined {
  if (identifier === 1337) return text === 'SetMark' ? { kind: 'mark' } : undefined;
  const [letter, first] = text.split(';', 2);
  switch (letter) {
    case 'A':
      return { kind: 'prompt-start' };
    case 'B':
      return { kind: 'input-start' };
    case 'C':
      return { kind: 'output-start' };
    case 'D':
      return { kind: 'command-end', ...(first !== undefined && /^-?\d{1,10}$/.test(first) ? { exitCode: Number(first) } : {}) };
    default:
      return undefined;
  }
}
