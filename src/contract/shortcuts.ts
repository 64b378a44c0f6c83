/** The schema of the person's own keys. Apart from `chord.ts`: whoever only reads a key press loads no schemas. */
import * as z from 'zod';
import { parseChord, refusalOf } from './chord.ts';
import { say } from './say.ts';

/** Keys by action. What an action may not have is named by its place. */
export const Shortcuts = z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), z.array(z.string().max(40)).max(4)).superRefine((shortcuts, context) => {
  for (const [action, texts] of Object.entries(shortcuts)) {
    for (const [index, text] of texts.entries()) {
      const chord = parseChord(text);
      if (chord === undefined) context.addIssue({ code: 'custom', path: [action, index], message: say`these are no keys; write them as Ctrl+Shift+T` });
      else if (refusalOf(chord, action) !== undefined) context.addIssue({ code: 'custom', path: [action, index], message: say`these keys belong to the remote shell, to typing, or to copy and paste` });
    }
  }
});
