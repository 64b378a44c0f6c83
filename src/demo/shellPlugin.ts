/**
 * A session with a terminal: a shell, or one interactive command. Session-manager-protocol.md, section 5.
 */
import { FlagPayload, PayloadType } from '../services/ssm/message.ts';
import { decodeFlag, decodeSize } from '../services/ssm/messagePayloads.ts';
import type { TerminalSize } from '../contract/session.ts';
import type { Shell } from '../services/base/shell.ts';
import { SessionFailure, readUpTo, textOf, writeInput } from './agentPlugin.ts';
import type { AgentPlugin, PluginChannel } from './agentPlugin.ts';
import { cutAtCharacter } from './utf8Boundary.ts';

export interface ShellPluginOptions {
  readonly channel: PluginChannel;
  readonly openShell: (size: TerminalSize) => Promise<Shell>;
  /** From the start of the terminal to the first read of its output. */
  readonly firstOutputDelay: () => Promise<void>;
  /** Typed into the shell as soon as it is there. */
  readonly profile?: string | undefined;
  readonly knowsTerminateFlag: boolean;
}

const INITIAL_SIZE: TerminalSize = { columns: 80, rows: 24 };

export function createShellPlugin(options: ShellPluginOptions): AgentPlugin {
  const { channel } = options;
  let shell: Shell | undefined;
  let closed = false;

  const sendOutput = async (source: Shell['stream']): Promise<void> => {
    let held: Buffer = Buffer.alloc(0);
    for (;;) {
      if (channel.isPaused()) await channel.whenRunning();
      const chunk = await readUpTo(source, channel.readBytes - held.length);
      if (chunk === undefined) return;
      const cut = cutAtCharacter(held.length === 0 ? chunk : Buffer.concat([held, chunk]));
      held = cut.held;
      if (cut.ready.length > 0) await channel.send(PayloadType.output, cut.ready);
      await channel.pace();
    }
  };

  return {
    async deliver(message) {
      if (shell === undefined) return false;
      switch (message.payloadType) {
        case PayloadType.output:
          await writeInput(shell.stream, message.payload);
          break;
        case PayloadType.size: {
          const size = decodeSize(message.payload);
          if (size !== undefined) shell.resize(size);
          break;
        }
        case PayloadType.flag:
          if (decodeFlag(message.payload) === FlagPayload.terminateSession && options.knowsTerminateFlag) shell.close();
          break;
        default:
      }
      return true;
    },
    async run() {
      const started = await options.openShell(INITIAL_SIZE).catch(async (error: unknown) => {
        const text = `Unable to start command: ${textOf(error)}\n`;
        await options.firstOutputDelay();
        await channel.send(PayloadType.stdErr, Buffer.from(text));
        throw new SessionFailure(text);
      });
      if (closed) started.close();
      shell = started;
      if (options.profile !== undefined) await writeInput(started.stream, Buffer.from(`${options.profile}\n`));
      await options.firstOutputDelay();
      await sendOutput(started.stream);
      await started.exited;
    },
    close() {
      closed = true;
      shell?.close();
    },
  };
}
