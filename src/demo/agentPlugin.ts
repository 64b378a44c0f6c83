/**
 * What one kind of session does in an agent: its plugin. The agent around it shakes hands, keeps messages in order and ends the session.
 */
import type { Duplex, Readable } from 'node:stream';
import type { ExitStatus, TerminalSize } from '../contract/session.ts';
import type { Shell } from '../services/base/shell.ts';
import type { AgentMessage } from '../services/ssm/message.ts';
import type { HostNetwork } from './hostNetwork.ts';

export interface AgentPlugin {
  /** Takes input in order. Settles when it is dealt with; false: not ready, so it is not acknowledged and will come again. */
  deliver(message: AgentMessage): Promise<boolean>;
  /** Lives until the session is over. Throws a SessionFailure for what the person has to read. */
  run(): Promise<void>;
  /** Ends everything that belongs to the session. Safe to call twice. */
  close(): void;
}

/** What a plugin may do with the data channel. */
export interface PluginChannel {
  /** Numbered, kept until acknowledged, encrypted where the session is. Settles when the connection has taken it. */
  send(payloadType: number, payload: Uint8Array): Promise<void>;
  /** Settles at once, or when a pause ends. */
  whenRunning(): Promise<void>;
  isPaused(): boolean;
  /** Known after a handshake; empty without one. */
  readonly clientVersion: string;
  /** Aborted when the session is over. */
  readonly signal: AbortSignal;
  /** After each read: 1 ms as the official agent, or nothing. */
  pace(): Promise<void>;
  /** Most bytes of one message. */
  readonly readBytes: number;
}

/** What an agent needs of the machine it runs on. */
export interface AgentHost {
  openShell(request: ShellRequest): Promise<Shell>;
  startCommand(request: CommandRequest): Promise<Command>;
  /** Connections as a program on this machine makes them. */
  readonly network: HostNetwork;
}

export interface ShellRequest {
  readonly osUser: string;
  readonly size: TerminalSize;
  /** Absent: an interactive shell. */
  readonly command?: string | undefined;
}

export interface CommandRequest {
  readonly osUser: string;
  readonly command: string;
  /** Both outputs into one file, whose descriptor stays the caller's; absent: two pipes. */
  readonly outputFile?: number;
}

/** A program without a terminal and without input. */
export interface Command {
  /** Empty where the output goes to a file. */
  readonly output: Readable;
  readonly errorOutput: Readable;
  readonly exited: Promise<ExitStatus>;
  /** To the program itself, not to what it started. */
  signal(name: 'SIGINT' | 'SIGQUIT'): void;
  /** Ends the whole process group. Safe to call twice. */
  close(): void;
}

/** A failure whose text the person sees in `channel_closed`. */
export class SessionFailure extends Error {}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Settles when the far side has taken the bytes, or is gone, which the end of what it sends tells. */
export function writeInput(stream: Duplex, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) {
      resolve();
      return;
    }
    const handleClose = (): void => resolve();
    stream.once('close', handleClose);
    stream.write(bytes, () => {
      stream.removeListener('close', handleClose);
      resolve();
    });
  });
}

const READ_EVENTS = ['readable', 'end', 'close'] as const;

/** Between 1 and `maxBytes` bytes, or undefined at the end. */
export async function readUpTo(stream: Readable, maxBytes: number): Promise<Buffer | undefined> {
  for (;;) {
    if (stream.readableEnded || stream.destroyed) return undefined;
    const chunk: unknown = stream.read(Math.min(maxBytes, stream.readableLength));
    if (chunk instanceof Buffer && chunk.length > 0) return chunk;
    await new Promise<void>((resolve) => {
      const handle = (): void => {
        for (const name of READ_EVENTS) stream.removeListener(name, handle);
        resolve();
      };
      for (const name of READ_EVENTS) stream.on(name, handle);
    });
  }
}
