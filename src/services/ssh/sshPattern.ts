/**
 * The patterns of ssh_config and known_hosts: `*`, `?`, comma lists and `!`, as OpenSSH matches them (ssh_config(5), PATTERNS).
 */

/**
 * Whether the whole of `text` matches `pattern`. Case matters.
 *
 * Linear in the text times the pattern: a file with `*a*a*a*a*` costs nothing.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern;
      starAt = at;
      inPattern += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[at])) {
      at += 1;
      inPattern += 1;
    } else if (star !== -1) {
      starAt += 1;
      at = starAt;
      inPattern = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(inPattern));
}

/** A pattern list against a text: a negated pattern that matches beats every other one, and never matches by itself. */
export function matchPatternList(text: string, list: string): 'matched' | 'negated' | 'no-match' {
  let matched = false;
  for (const entry of list.split(',')) {
    const negated = entry.startsWith('!');
    if (!matchesPattern(text, negated ? entry.slice(1) : entry)) continue;
    if (negated) return 'negated';
    matched = true;
  }
  return matched ? 'matched' : 'no-match';
}

/** As `matchPatternList`, for host names: case does not matter. */
export function matchHostName(name: string, list: string): 'matched' | 'negated' | 'no-match' {
  return matchPatternList(asciiLower(name), asciiLower(list));
}

/** OpenSSH lowers A to Z and leaves every other character alone. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
