/** What a person types as the place of a theme rule. */
import { ThemeRule } from '../../../contract/terminalTheme.ts';

/** @param where an account id, or `key=value` of a tag */
export function toRule(where: string, theme: string): ThemeRule | undefined {
  const text = where.trim();
  const at = text.indexOf('=');
  const parsed = ThemeRule.safeParse(at > 0 ? { tag: { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() }, theme } : { accountId: text.replaceAll('-', ''), theme });
  return parsed.success ? parsed.data : undefined;
}
