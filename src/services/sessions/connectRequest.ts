/** What a connect is asked for, by the window or by the command line. */
import type { RecordingFormat } from '../../contract/recording.ts';
import type { Route } from '../../contract/route.ts';
import type { OpenSession } from '../../contract/session.ts';
import type { ConfiguredConnection } from '../ssh/configuredConnection.ts';

/** What a connect is asked for. The command and the key file come from the command line only. */
export interface ConnectRequest extends OpenSession {
  /** Run this instead of a login shell, without a terminal. */
  readonly command?: string;
  /** The command is going to be given input. */
  readonly input?: true;
  /** False: a login shell without a terminal, as for a script on stdin. By Session Manager a shell always has one. */
  readonly terminal?: false;
  /** What OpenSSH's options on the command line say, beside the configuration files. */
  readonly openSsh?: OpenSshRequest;
  /** Set on the way to an instance that OpenSSH's configuration names. */
  readonly configured?: ConfiguredConnection;
  /** A shell whose connection drops is opened again in the same terminal. */
  readonly reconnect?: true;
  /** The way that worked before the connection dropped: this, or another of its kind. */
  readonly again?: Route;
  /** Record it from its first byte on, as the settings say; with `path`, into that new file. */
  readonly record?: { readonly path?: string; readonly format?: RecordingFormat };
}

export interface OpenSshRequest {
  /** Lines as `ssh -o` takes them; they beat the files. */
  readonly options?: readonly string[];
  /** What the configuration says and Postern does not do has been told elsewhere. */
  readonly toldUnheeded?: true;
  /** Hold the connection for its forwards, without a shell. */
  readonly noShell?: true;
}
