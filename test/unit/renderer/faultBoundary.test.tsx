import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { FaultBoundary } from '../../../src/renderer/ui/FaultBoundary.tsx';

test('a fault of drawing leaves what is not lost, the reason as text, and a way on', () => {
  const boundary = new FaultBoundary({ children: 'the window', reassurance: () => 'Nothing is lost.', onReload: () => undefined });
  expect(boundary.render()).toBe('the window');
  Object.assign(boundary, { state: FaultBoundary.getDerivedStateFromError(new Error('<img src=x>\u202e')) });
  const markup = renderToStaticMarkup(boundary.render());
  expect(markup).toContain('Nothing is lost.');
  expect(markup).toContain('&lt;img src=x&gt;\\u{202e}');
  expect(markup).toContain('Reload the window');
});
