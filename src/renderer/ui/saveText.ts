/** Hands a text to the browser as a file to save. */
export function saveText(name: string, text: string, type = 'application/json'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has read it by then; kept, it would hold the text until the page is closed.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
