/** The menu of the right mouse button over text and text fields; a page of Electron has none by itself. */
import type { ContextMenuParams, MenuItemConstructorOptions } from 'electron';

/** @returns nothing where nothing could be done; pasting goes through the page's own paste event, and so its questions */
export function contextMenu({ editFlags, isEditable, selectionText }: Pick<ContextMenuParams, 'isEditable' | 'selectionText'> & { readonly editFlags: Pick<ContextMenuParams['editFlags'], 'canCopy' | 'canPaste' | 'canSelectAll'> }): MenuItemConstructorOptions[] {
  const copy: MenuItemConstructorOptions[] = selectionText !== '' || editFlags.canCopy ? [{ role: 'copy', enabled: editFlags.canCopy }] : [];
  const paste: MenuItemConstructorOptions[] = isEditable ? [{ role: 'paste', enabled: editFlags.canPaste }, { role: 'selectAll', enabled: editFlags.canSelectAll }] : [];
  return [...copy, ...paste];
}
