/** What is looked for in a terminal, checked before it is looked for. */
import { toRegExp, type SearchPattern } from '../outputSearch/matcher.ts';

export type FindQuery = Required<SearchPattern>;

/** @returns why the text is no regular expression, in the words of the browser; undefined when it can be looked for */
export function problemOf(query: FindQuery): string | undefined {
  if (!query.regex) return undefined;
  try {
    toRegExp({ ...query, wholeWord: false });
    toRegExp(query);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return thrown.message.replace(/^Invalid regular expression: .*: /s, '');
  }
}
