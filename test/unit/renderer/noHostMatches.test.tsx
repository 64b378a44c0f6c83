import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
// The component's words.
import '../../../src/renderer/i18n/i18n.ts';
import { NoHostMatches } from '../../../src/renderer/panels/NoHostMatches.tsx';

test('a filter that finds nothing says which of its keys is none, and which state', () => {
  const text = (query: string): string => renderToStaticMarkup(<NoHostMatches query={query} />).replace(/<[^>]*>/g, '');
  expect(text('web ')).toBe('No host matches “web”. Esc clears the filter.');
  expect(text('bad:filter')).toMatch(/^No host matches “bad:filter”\. Esc clears the filter\. “bad:” is no filter key; it was searched as text \(keys: name: id: .* is:\)\.$/);
  expect(text('state:runnin')).toContain('“state:runnin” is none of pending, running,');
});
