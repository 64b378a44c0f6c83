/**
 * A session that runs one command without a terminal. Session-manager-protocol.md, section 5, NonInteractiveCommands.
 *
 * Plain: both outputs go to one file, which is sent once the command has ended. With `separateOutputStream`: each output is sent as it comes,
 * under its own payload type, without pauses, and the exit code follows.
 */
import { closeSync, createReadStream, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ExitStatus } from '../contract/session.ts';
import { FlagPayload, PayloadType } from '../services/ssm/message.ts';
import { decodeFlag } from '../services/ssm/messagePayloads.ts';
import type { AgentMessage } from '../services/ssm/message.ts';
import { SessionFailure, readUpTo, textOf } from './agentPlugin.ts';
import type { AgentPlugin, Command, PluginChannel } from './agentPlugin.ts';
import type { ResolvedSession, SessionProperties } from './sessionDocuments.ts';
import { cutAtCharacter } from './utf8Boundary.ts';

export interface CommandPluginOptions {
  readonly channel: PluginChannel;
  /** @param outputFile both outputs into this descriptor; undefined: apart */
  readonly startCommand: (command: string, outputFile: number | undefined) => Promise<Command>;
  /** Before an error of starting is told. */
  readonly errorDelay: () => Promise<void>;
  readonly knowsTerminateFlag: boolean;
}

export interface CommandSettings {
  readonly command: string;
  readonly separate: boolean;
  readonly outputPrefix: string;
  readonly errorPrefix: string;
}

const INTERRUPT = 0x03;
const QUIT = 0x1c;
const PREFIX = /^[0-9a-zA-Z\r\n_:-]{0,30}$/;
/** What Go says of a process that a signal ended. */
const EXIT_CODE_OF_SIGNAL = -1;
const NEW_LINE = 0x0a;

/**
 * What the document says for Linux, as every demo host with an agent runs it.
 *
 * @throws SessionFailure in the agent's words
 */
export function readCommandSettings({ kind, properties }: Pick<ResolvedSession, 'kind' | 'properties'>): CommandSettings {
  const linux = properties['linux'];
  const settings: SessionProperties = typeof linux === 'object' ? linux : {};
  const text = (name: string): string => (typeof settings[name] === 'string' ? settings[name] : '');
  if (text('commands').trim() === '') throw new SessionFailure(`Commands cannot be empty for session type ${kind}`);
  const separate = settings['separateOutputStream'];
  // A text, too: documents put parameters in as texts.
  const isSeparate = separate === true || (typeof separate === 'string' && separate.toLowerCase() === 'true');
  for (const name of ['stdOutSeparatorPrefix', 'stdErrSeparatorPrefix'] as const) {
    if (isSeparate && !PREFIX.test(text(name))) throw new SessionFailure(`invalid ${name.replace('Out', 'out').replace('Err', 'err')} ${text(name)}`);
  }
  return { command: text('commands'), separate: isSeparate, outputPrefix: text('stdOutSeparatorPrefix'), errorPrefix: text('stdErrSeparatorPrefix') };
}

export function createCommandPlugin(options: CommandPluginOptions, settings: CommandSettings): AgentPlugin {
  const { channel } = options;
  let command: Command | undefined;
  let closed = false;

  const start = async (outputFile: number | undefined): Promise<Command> => {
    try {
      command = await options.startCommand(settings.command, outputFile);
    } catch (error) {
      const text = `Unable to start command: ${textOf(error)}\n`;
      await options.errorDelay();
      await channel.send(PayloadType.stdErr, Buffer.from(text));
      if (settings.separate) await channel.send(PayloadType.exitCode, Buffer.from('EXIT_CODE: 1'));
      throw new SessionFailure(text);
    }
    if (closed) command.close();
    return command;
  };

  const sendFile = async (path: string): Promise<void> => {
    const file = createReadStream(path);
    let held: Buffer = Buffer.alloc(0);
    for (;;) {
      if (channel.isPaused()) await channel.whenRunning();
      const chunk = await readUpTo(file, channel.readBytes - held.length);
      if (chunk === undefined) return;
      const cut = cutAtCharacter(Buffer.concat([held, chunk]));
      held = cut.held;
      if (cut.ready.length > 0) await channel.send(PayloadType.output, cut.ready);
      await channel.pace();
    }
  };

  const runPlain = async (): Promise<void> => {
    const path = join(tmpdir(), `postern-demo-output-${randomUUID()}`);
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      const started = await start(descriptor).finally(() => closeSync(descriptor));
      await started.exited;
      if (!closed) await sendFile(path);
    } finally {
      rmSync(path, { force: true });
    }
  };

  /** A pause ends it early: the agent takes it for a lost channel, and reads no more. */
  const sendPipe = async (pipe: Readable, payloadType: number, prefix: Buffer): Promise<void> => {
    let held: Buffer = Buffer.alloc(0);
    let needsPrefix = prefix.length > 0;
    while (!channel.isPaused()) {
      const chunk = await readUpTo(pipe, channel.readBytes - prefix.length);
      if (chunk === undefined) return;
      const cut = cutAtCharacter(Buffer.concat([held, ...(needsPrefix ? [prefix] : []), chunk]));
      needsPrefix = prefix.length > 0 && chunk.at(-1) === NEW_LINE;
      held = cut.held;
      if (cut.ready.length > 0) await channel.send(payloadType, cut.ready);
    }
  };

  const runSeparate = async (): Promise<void> => {
    const started = await start(undefined);
    await Promise.all([sendPipe(started.output, PayloadType.output, Buffer.from(settings.outputPrefix)), sendPipe(started.errorOutput, PayloadType.stdErr, Buffer.from(settings.errorPrefix))]);
    const exitStatus = await started.exited;
    if (!closed && !channel.isPaused()) await channel.send(PayloadType.exitCode, Buffer.from(`EXIT_CODE: ${exitCodeOf(exitStatus)}`));
  };

  return {
    deliver(message: AgentMessage) {
      const control = message.payloadType === PayloadType.output ? message.payload.find((byte) => byte === INTERRUPT || byte === QUIT) : undefined;
      const terminates = message.payloadType === PayloadType.flag && decodeFlag(message.payload) === FlagPayload.terminateSession && options.knowsTerminateFlag;
      // All else is ignored, whenever it comes.
      if (control === undefined && !terminates) return Promise.resolve(true);
      if (command === undefined) return Promise.resolve(false);
      if (control !== undefined) command.signal(control === INTERRUPT ? 'SIGINT' : 'SIGQUIT');
      if (terminates) {
        closed = true;
        command.close();
      }
      return Promise.resolve(true);
    },
    run: settings.separate ? runSeparate : runPlain,
    close() {
      closed = true;
      command?.close();
    },
  };
}

function exitCodeOf(status: ExitStatus): number {
  return status.exitCode ?? EXIT_CODE_OF_SIGNAL;
}
