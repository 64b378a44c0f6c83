/** The option letters of ssh(1) as the lines of ssh_config(5) they stand for; the services read nothing else. */
import { PosternError } from '../../contract/error.ts';

export interface OpenSshFlags {
  /** -p */
  readonly port?: string;
  /** -J, for hosts that are no instances. */
  readonly jump?: string;
  /** -L, -R and -D, each as often as given. */
  readonly localForward?: readonly string[];
  readonly remoteForward?: readonly string[];
  readonly dynamicForward?: readonly string[];
  /** -A, -a */
  readonly forwardAgent?: boolean;
  /** -4, -6 */
  readonly family?: 'inet' | 'inet6';
  /** -o, each `Key=Value` or `Key Value`. They come first, as the first value wins. */
  readonly option?: readonly string[];
}

/** @throws PosternError `input.invalid` for a forward that is none */
export function toConfigLines(flags: OpenSshFlags): string[] {
  return [
    ...(flags.option ?? []),
    ...(flags.port === undefined ? [] : [`Port=${flags.port}`]),
    ...(flags.jump === undefined ? [] : [`ProxyJump=${flags.jump}`]),
    ...(flags.localForward ?? []).map((forward) => `LocalForward=${toForwardLine(forward)}`),
    ...(flags.remoteForward ?? []).map((forward) => `RemoteForward=${toForwardLine(forward)}`),
    ...(flags.dynamicForward ?? []).map((listen) => `DynamicForward=${listen}`),
    ...(flags.forwardAgent === undefined ? [] : [`ForwardAgent=${flags.forwardAgent ? 'yes' : 'no'}`]),
    ...(flags.family === undefined ? [] : [`AddressFamily=${flags.family}`]),
  ];
}

/** `[bind:]port:host:hostport` as `[bind:]port host:hostport`. */
function toForwardLine(forward: string): string {
  const fields = forward.match(/\[[^\]]*\]|[^:[\]]+|(?<=^|:)(?=:)/g) ?? [];
  if (fields.join(':') !== forward || fields.length < 3 || fields.length > 4) {
    throw new PosternError({ code: 'input.invalid', message: `"${forward}" is no forward.`, remedy: 'Write [BIND:]PORT:HOST:PORT, with brackets around an IPv6 address.' });
  }
  return `${fields.slice(0, -2).join(':')} ${fields.slice(-2).join(':')}`;
}
