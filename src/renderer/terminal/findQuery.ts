/** What is looked for in a terminal, checked before it is looked for. */
export interface FindQuery {
  readonly text: string;
  readonly caseSensitive: boolean;
  readonly wholeWord: boolean;
  readonly regex: boolean;
}

/** @returns why the text is no regular expression, in the words of the browser; undefined when it can be looked for */
export function problemOf({ text, regex, caseSensitive }: FindQuery): string | undefined {
  if (!regex) return undefined;
  try {
    // With the flags that the search add-on uses.
    new RegExp(text, caseSensitive ? 'g' : 'gi');
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return thrown.message.replace(/^Invalid regular expression: .*: /s, '');
  }
}
