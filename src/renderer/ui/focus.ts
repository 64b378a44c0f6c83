/** Where the focus may be moved without taking keys away from somebody who is typing. */

/** True when a text field outside `home`, a dialog, or a tab reached by keyboard has the focus. */
export function isTypingElsewhere(home: Element | null): boolean {
  const active = document.activeElement;
  if (active === null || home?.contains(active) === true) return false;
  if (active.closest('dialog') !== null) return true;
  if (active.closest('[role=tabpanel]') !== null) return false;
  return active.matches('input, textarea, select, [role=tab]:focus-visible');
}
