/** Waits for something only as long as there is somebody who waits. */

/** When it settles, or when the signal is aborted; nothing of the waiting is left on the signal. @param work must not reject */
export async function unlessAborted(work: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
