/** Records one session into one file: as an asciicast or as a plain text log, of output, of input, or of both. */
import { StringDecoder } from 'node:string_decoder';
import type { PosternError } from '../../contract/error.ts';
import type { RecordedStreams, RecordingFormat } from '../../contract/recording.ts';
import type { TerminalSize } from '../../contract/session.ts';
import { TerminalText } from '../../asciicast/terminalText.ts';
import { castEventLine, castHeaderLine } from '../../asciicast/writeAsciicast.ts';
import { isoTime, type Clock } from '../base/clock.ts';
import { EchoGuard } from './echoGuard.ts';
import { openRecordingFile, type RecordingFile, type RecordingFileOptions } from './recordingFile.ts';

export interface RecorderOptions {
  readonly path: string;
  readonly format: RecordingFormat;
  readonly kept: RecordedStreams;
  /** Text logs: the time before each line. */
  readonly timestamps: boolean;
  readonly maxBytes: number;
  readonly title: string;
  readonly size: TerminalSize;
  readonly clock: Clock;
  /** It stopped by itself: the disk refused, or the limit was reached (`limit`). What was written stays. */
  readonly onStopped: (why: PosternError | 'limit') => void;
  readonly openFile?: RecordingFileOptions['openFile'];
}

export interface Recorded {
  readonly durationMs: number;
  /** Why it is not all there. */
  readonly error?: PosternError;
}

export interface Recorder {
  output(bytes: Uint8Array): void;
  input(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  mark(label: string): void;
  /** Settles once the file is whole on the disk, or the disk has refused. */
  end(): Promise<Recorded>;
}

/** What a format makes of the events; each answer is whole lines, or nothing. */
interface Writer {
  output(text: string, atMs: number): string;
  input(text: string, atMs: number): string;
  resize(size: TerminalSize, atMs: number): string;
  /** Also what Postern says itself. */
  mark(label: string, atMs: number): string;
  end(): string;
}

export function startRecorder(options: RecorderOptions): Recorder {
  const { clock, kept, maxBytes } = options;
  const startedAtMs = clock.now();
  const guard = new EchoGuard();
  const printed = new StringDecoder('utf8');
  const typed = new StringDecoder('utf8');
  let stopped = false;
  let lastMs = 0;
  let missedBytes = 0;
  let failure: PosternError | undefined;
  let ending: Promise<Recorded> | undefined;
  const { header, writer } = options.format === 'asciicast' ? castWriter(options, startedAtMs) : textWriter(options, startedAtMs);
  const file: RecordingFile = openRecordingFile({
    path: options.path,
    ...(options.openFile === undefined ? {} : { openFile: options.openFile }),
    onFailed(error) {
      failure = error;
      if (stopped) return;
      stopped = true;
      options.onStopped(error);
    },
  });
  if (header !== '') file.append(header);

  /** A clock that is set back must not turn a recording back. */
  const sinceStart = (): number => (lastMs = Math.max(lastMs, clock.now() - startedAtMs));

  /** @param bytes of the session's, told when they are missing */
  function write(lines: string, bytes: number): void {
    if (stopped || lines === '') return;
    if (missedBytes > 0) {
      const note = writer.mark(`Postern: ${missedBytes} bytes are missing here, because the disk did not keep up`, lastMs);
      if (!file.append(note)) {
        missedBytes += bytes;
        return;
      }
      missedBytes = 0;
    }
    if (file.takenBytes + Buffer.byteLength(lines) > maxBytes) {
      stopped = true;
      options.onStopped('limit');
      return;
    }
    if (!file.append(lines)) missedBytes += bytes;
  }

  function writeInput(given: readonly string[], atMs: number): void {
    if (kept !== 'output' && given.length > 0) write(writer.input(given.join(''), atMs), 0);
  }

  return {
    output(bytes) {
      if (stopped || ending !== undefined) return;
      const atMs = sinceStart();
      const text = printed.write(bytes);
      if (text === '') return;
      if (kept !== 'input') write(writer.output(text, atMs), bytes.byteLength);
      if (kept !== 'output') writeInput(guard.printed(text), atMs);
    },
    input(bytes) {
      if (stopped || ending !== undefined || kept === 'output') return;
      const atMs = sinceStart();
      writeInput(guard.typed(typed.write(bytes), clock.now()), atMs);
    },
    resize(size) {
      if (ending === undefined) write(writer.resize(size, sinceStart()), 0);
    },
    mark(label) {
      if (ending === undefined) write(writer.mark(label, sinceStart()), 0);
    },
    end() {
      return (ending ??= (async () => {
        const durationMs = stopped ? lastMs : sinceStart();
        if (!stopped) {
          writeInput(guard.end(), durationMs);
          write(writer.end(), 0);
        }
        stopped = true;
        await file.end();
        return { durationMs, ...(failure === undefined ? {} : { error: failure }) };
      })());
    },
  };
}

function castWriter({ title, size }: RecorderOptions, startedAtMs: number): { readonly header: string; readonly writer: Writer } {
  return {
    header: castHeaderLine({ columns: size.columns, rows: size.rows, startedAtMs, title, terminal: 'xterm-256color' }),
    writer: {
      output: (text, atMs) => castEventLine(atMs, 'o', text),
      input: (text, atMs) => castEventLine(atMs, 'i', text),
      resize: ({ columns, rows }, atMs) => castEventLine(atMs, 'r', `${columns}x${rows}`),
      mark: (label, atMs) => castEventLine(atMs, 'm', label),
      end: () => '',
    },
  };
}

function textWriter({ timestamps, title }: RecorderOptions, startedAtMs: number): { readonly header: string; readonly writer: Writer } {
  let lines = '';
  const line = (text: string, atMs: number): string => `${timestamps ? `${isoTime({ now: () => startedAtMs + atMs })} ` : ''}${text}\n`;
  const text = new TerminalText({
    onLine: (printed) => (lines += line(printed.text, printed.startedAt)),
    onFullScreen: (atMs) => (lines += line('[a full-screen program]', atMs)),
  });
  const take = (): string => {
    const taken = lines;
    lines = '';
    return taken;
  };
  return {
    header: `# ${title}, from ${isoTime({ now: () => startedAtMs })}\n`,
    writer: {
      output(printed, atMs) {
        text.write(printed, atMs);
        return take();
      },
      input: (typed, atMs) => line(`[typed] ${typed.replaceAll(/\r\n?|\n/g, '⏎')}`, atMs),
      resize: () => '',
      mark: (label, atMs) => line(`[mark] ${label}`, atMs),
      end() {
        text.end();
        return take();
      },
    },
  };
}
