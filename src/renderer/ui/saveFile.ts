/** Saves something as a file of the person's, where downloads go. */
export function saveFile(parts: readonly BlobPart[], type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has read it by then; kept, it would hold the contents until the page is closed.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
