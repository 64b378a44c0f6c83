/**
 * Opens a channel on a live connection and starts a login shell, in a terminal or without, or a command in it.
 */
import type { Client, ClientChannel } from 'ssh2';
import type { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { TerminalSize } from '../../contract/session.ts';
import type { Shell } from '../base/shell.ts';
import { toChannelShell } from './channelShell.ts';
import { HeldShell, modesOfShell } from './ssh2Internals.ts';
import { cancelled, connectionLost, notStarted } from './sshErrors.ts';
import type { TerminalWindows } from './terminalWindow.ts';

/** What every terminal of Postern calls itself. */
const TERMINAL_TYPE = 'xterm-256color';

export interface ShellRequest {
  readonly size: TerminalSize;
  /** Run this, with stderr kept apart, instead of a login shell in a terminal. */
  readonly command?: string;
  /** False: the login shell has no terminal either; it ends with its input and keeps stderr apart. */
  readonly terminal?: false;
  /** Asked of the server, which takes those that its AcceptEnv names. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ShellHost {
  readonly client: Client;
  /** Named in errors. */
  readonly host: string;
  /** How long the server may take to start it. */
  readonly timeoutMs: number;
  readonly onEnd: (listener: (error: PosternError | undefined) => void) => () => void;
  /** A channel that is open already. */
  readonly spare?: SpareShell | undefined;
  readonly terminalWindows?: TerminalWindows | undefined;
}

/** A session channel opened before anybody wants it: the next shell in a terminal is one round trip away instead of two. */
export interface SpareShell {
  readonly held: HeldShell;
  /** Told when its shell has started, or cannot. */
  handleChannel: ((cause: Error | undefined, channel: ClientChannel) => void) | undefined;
}

/** Where the server opens no further channel there is none, and nobody is told. */
export function openSpareShell(client: Client, onRefused: () => void): SpareShell {
  const held = new HeldShell();
  const spare: SpareShell = { held, handleChannel: undefined };
  client.shell({ term: TERMINAL_TYPE, width: 0, height: 0, modes: held.modes }, (cause, channel) => {
    if (spare.handleChannel === undefined) onRefused();
    else spare.handleChannel(cause, channel);
  });
  return spare;
}

/** @throws PosternError `ssh.protocol` when the server will not, `ssh.connection-lost`, `cancelled` */
export function startShell({ client, host, timeoutMs, onEnd, spare, terminalWindows }: ShellHost, { size, command, terminal, env }: ShellRequest, signal: AbortSignal): Promise<Shell> {
  const hasTerminal = command === undefined && terminal !== false;
  const environment = env === undefined ? {} : { env: { ...env } };
  return new Promise((resolve, reject) => {
    let waiting = true;
    /** The first outcome counts; a channel that opens after it is closed again. */
    const settle = (outcome: () => void): void => {
      if (!waiting) return;
      waiting = false;
      clearTimeout(timer);
      signal.removeEventListener('abort', handleAbort);
      stopListening();
      outcome();
    };
    const handleAbort = (): void => settle(() => reject(cancelled(host)));
    const stopListening = onEnd((error) => settle(() => reject(error ?? cancelled(host))));
    const timer = setTimeout(() => settle(() => reject(connectionLost(host, say`no shell within ${timeoutMs / 1000} s`))), timeoutMs);
    signal.addEventListener('abort', handleAbort, { once: true });

    const handleChannel = (cause: Error | undefined, channel: ClientChannel): void => {
      if (cause !== undefined) settle(() => reject(notStarted(host, command === undefined ? say`a shell` : say`the command`, cause)));
      else if (waiting) settle(() => resolve(toChannelShell(channel, { hasTerminal, onConnectionEnd: onEnd, ...(hasTerminal && terminalWindows !== undefined ? { window: terminalWindows.of(channel) } : {}) })));
      else channel.close();
    };
    if (signal.aborted) return handleAbort();
    try {
      if (command !== undefined) client.exec(command, environment, handleChannel);
      else if (terminal === false) client.shell(false, environment, handleChannel);
      else if (spare !== undefined) {
        spare.handleChannel = handleChannel;
        spare.held.ask(size.rows, size.columns);
      } else client.shell({ term: TERMINAL_TYPE, cols: size.columns, rows: size.rows, width: 0, height: 0, modes: modesOfShell() }, environment, handleChannel);
    } catch (cause) {
      // ssh2 throws "Not connected" where the transport has just gone.
      settle(() => reject(connectionLost(host, say`the host closed it`, cause)));
    }
  });
}
