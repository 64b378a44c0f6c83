/** Reads a recording, of the services or of a file that the person picked, piece by piece: the window goes on meanwhile. */
import { BadCast, CastReader, type Cast } from '../../asciicast/readAsciicast.ts';
import { PosternError } from '../../contract/error.ts';
import type { StreamEnd, TerminalStream } from '../../link/client.ts';
import { i18n } from '../i18n/i18n.ts';

/** What is shown of a text log. */
export const MAX_TEXT_CHARACTERS = 4_000_000;

export type LoadedRecording = { readonly kind: 'cast'; readonly cast: Cast } | { readonly kind: 'text'; readonly text: string; readonly cut: boolean };

/** @throws BadCast */
export async function loadCast(pieces: AsyncIterable<Uint8Array>): Promise<LoadedRecording> {
  const decoder = new TextDecoder();
  const reader = new CastReader();
  for await (const piece of pieces) reader.read(decoder.decode(piece, { stream: true }));
  return { kind: 'cast', cast: reader.end() };
}

export async function loadText(pieces: AsyncIterable<Uint8Array>): Promise<LoadedRecording> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of pieces) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > MAX_TEXT_CHARACTERS) return { kind: 'text', text: text.slice(0, MAX_TEXT_CHARACTERS), cut: true };
  }
  return { kind: 'text', text, cut: false };
}

/** A picked file: an asciicast; a plain log is one by its name only. */
export async function loadFile(file: File): Promise<LoadedRecording> {
  try {
    return await loadCast(readStream(file.stream()));
  } catch (thrown) {
    if (thrown instanceof BadCast && thrown.fault === 'no-asciicast' && /\.(log|txt)$/i.test(file.name)) return loadText(readStream(file.stream()));
    throw thrown;
  }
}

async function* readStream(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/**
 * The bytes of a stream of the services; what is not taken yet holds it back.
 *
 * @throws PosternError `app.link-closed`, after what came: a part is not taken for the whole
 */
export async function* piecesOf(stream: TerminalStream): AsyncIterable<Uint8Array> {
  const waiting: { readonly bytes: Uint8Array; readonly parsed: () => void }[] = [];
  let ended: StreamEnd | undefined;
  let wake: (() => void) | undefined;
  stream.onData((bytes, parsed) => {
    waiting.push({ bytes, parsed });
    wake?.();
  });
  stream.onEnd((why) => {
    ended = why;
    wake?.();
  });
  try {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) {
        next.parsed();
        yield next.bytes;
      } else if (ended === 'link-closed') throw new PosternError({ code: 'app.link-closed', message: i18n.t('player.cutOff'), remedy: i18n.t('window.linkClosedRemedy'), retryable: true });
      else if (ended !== undefined) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stream.close();
  }
}
