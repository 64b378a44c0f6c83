import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { connectContract } from '../../../../src/link/client.ts';
import { linkPair } from '../../../../src/link/link.ts';
import { serveLink } from '../../../../src/link/server.ts';
import { loadText, piecesOf } from '../../../../src/renderer/recording/loadRecording.ts';
import { createPretendServices } from '../../link/pretendServices.ts';

/** A window that asks its services for a recording. */
function createWindow() {
  const [window, host] = linkPair();
  const file = new PassThrough();
  serveLink(host, createPretendServices({ 'recordings.content': () => file }).services);
  return { file, host, content: () => connectContract(window).recordings.content({ entryId: 'e1', recordingId: 'r1' }) };
}

test('a recording is whole when the services ended it', async () => {
  const { file, content } = createWindow();
  file.write('one ');
  const loading = loadText(piecesOf(await content()));
  file.end('two');
  expect(await loading).toEqual({ kind: 'text', text: 'one two', cut: false });
});

test('a recording whose link closes in the middle is an error that says what to do, not a shorter recording', async () => {
  const { file, host, content } = createWindow();
  file.write('one ');
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const piece of piecesOf(await content())) {
      seen.push(new TextDecoder().decode(piece));
      host.close();
    }
  };
  await expect(read()).rejects.toMatchObject({
    code: 'app.link-closed',
    message: 'The connection to Postern was closed before the whole recording was read.',
    remedy: 'Wait until the bottom bar says it is back.',
    retryable: true,
  });
  expect(seen).toEqual(['one ']);
});
