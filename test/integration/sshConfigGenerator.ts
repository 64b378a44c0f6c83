/**
 * Configurations made from a seed, for holding our resolver against `ssh -G`: every keyword Postern follows, Host, Match, Include,
 * quotes, separators, comments, tokens and variables.
 */

export interface GeneratedConfig {
  /** File names relative to ~/.ssh, and their text. `config` is the first file read. */
  readonly files: Readonly<Record<string, string>>;
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly options: readonly string[];
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Set for `ssh` and for our resolver. */
export const generatorEnvironment: Readonly<Record<string, string>> = { POSTERN_FOLDER: '/var/keys', POSTERN_NAME: 'north' };

const hosts = ['web', 'Web', 'web1.example.com', 'db.prod.example.com', 'DB', 'bastion', '10.0.0.7', '2001:DB8::00a1', 'a-b_c.internal', '127.1'];
const users = ['alice', 'bob', 'root', 'deploy', 'ec2-user'];
const ciphers = ['aes128-ctr', 'aes256-gcm@openssh.com', '3des-cbc', 'chacha20-poly1305@openssh.com'];
const macs = ['hmac-sha2-256', 'hmac-sha1', 'umac-64-etm@openssh.com', 'hmac-md5-96'];
const kex = ['curve25519-sha256', 'diffie-hellman-group14-sha1', 'ecdh-sha2-nistp256', 'sntrup761x25519-sha512@openssh.com'];
const keyNames = ['ssh-ed25519', 'ssh-rsa', 'rsa-sha2-512', 'ecdsa-sha2-nistp256', 'ssh-dss', 'ssh-*', '*cert*', 'rsa-sha2-???'];

export function generateConfig(seed: number): GeneratedConfig {
  const random = createRandom(seed);
  const chance = (probability: number): boolean => random() < probability;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const some = <Item>(items: readonly Item[], most: number): Item[] => Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(items));
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const host = pick(hosts);

  const token = (): string => pick(['%h', '%p', '%r', '%u', '%d', '%i', '%k', '%L', '%l', '%n', '%C', '%%']);
  const path = (): string => {
    const base = pick(['~/.ssh/', '~//', '/etc/keys/', '${POSTERN_FOLDER}/', '', '~/']);
    return `${base}${pick(['id', 'key', 'x_${POSTERN_NAME}', '.hidden'])}${chance(0.5) ? `-${token()}` : ''}${chance(0.2) ? `.${token()}` : ''}`;
  };
  const quoted = (word: string): string => {
    if (chance(0.15)) return `"${word} x"`;
    if (chance(0.1)) return `'${word}'`;
    if (chance(0.1)) return `${word}\\ y`;
    return chance(0.1) ? `"${word}"` : word;
  };
  const flag = (): string => pick(['yes', 'no', 'YES', 'No', 'true', 'false', '"yes"']);
  const seconds = (): string => pick(['30', '1m', '1h30m', '2H', '1w2d', '90s', '0', 'none']);
  const algorithms = (names: readonly string[]): string => `${pick(['', '', '+', '-', '^'])}${some(names, 3).join(',')}`;
  const listen = (): string => pick(['8080', '127.0.0.1:8081', '*:8082', ':8083', '[::1]:8084', 'localhost:22', '0.0.0.0:443']);
  const connect = (): string => pick(['web:80', '[2001:db8::2]:443', '127.0.0.1:5432', 'db.internal:3306', 'h:http']);
  const jump = (): string => `${chance(0.4) ? `${pick([...users, '%r'])}@` : ''}${pick(['bastion', 'jump.example.com', '10.9.8.7', '[2001:db8::9]', '%h.hop'])}${chance(0.4) ? `:${pick(['22', '2222'])}` : ''}`;

  const makers: readonly (() => string)[] = [
    () => `AddKeysToAgent${sep()}${pick(['yes', 'no', 'ask', 'confirm', 'confirm 5m', '1h', '90'])}`,
    () => `AddressFamily${sep()}${pick(['any', 'inet', 'inet6', 'INET'])}`,
    () => `BatchMode${sep()}${flag()}`,
    () => `BindAddress${sep()}${pick(['10.0.0.1', '::1', '"a b"'])}`,
    () => `CertificateFile${sep()}${quoted(path())}`,
    () => `Ciphers${sep()}${algorithms(ciphers)}`,
    () => `ClearAllForwardings${sep()}${pick(['no', 'no', 'no', 'yes'])}`,
    () => `Compression${sep()}${pick(['yes', 'no', 'YES'])}`,
    () => `ConnectTimeout${sep()}${seconds()}`,
    () => `DynamicForward${sep()}${listen()}`,
    () => `ExitOnForwardFailure${sep()}no`,
    () => `ForwardAgent${sep()}${pick(['yes', 'no', '/run/agent-%u', '$SOME_SOCK', '~/agent.${POSTERN_NAME}'])}`,
    () => `GatewayPorts${sep()}${flag()}`,
    () => `GlobalKnownHostsFile${sep()}${pick(['none', '/etc/a /etc/b', '"/etc/with space"', '~/x %h'])}`,
    () => `HashKnownHosts${sep()}${flag()}`,
    () => `HostKeyAlgorithms${sep()}${algorithms(keyNames)}`,
    () => `HostKeyAlias${sep()}${pick(['Alias-One', 'i-0123456789', 'same'])}`,
    () => `HostName${sep()}${pick(['%h.example.org', '10.1.2.3', 'Real.Example.COM', '%h', '::1', 'x%%y', '2001:DB8:0::1', '10.257', '"%h.q"'])}`,
    () => `IdentitiesOnly${sep()}${flag()}`,
    () => `IdentityAgent${sep()}${pick(['none', 'SSH_AUTH_SOCK', '$OTHER_SOCK', '~/.agent/%h.sock', '${POSTERN_FOLDER}/s-%C', '"/tmp/a b"'])}`,
    () => `IdentityFile${sep()}${quoted(path())}`,
    () => `IdentityFile${sep()}${quoted(path())}`,
    () => `KbdInteractiveAuthentication${sep()}${flag()}`,
    () => `ChallengeResponseAuthentication${sep()}${flag()}`,
    () => `KexAlgorithms${sep()}${algorithms(kex)}`,
    () => `LocalForward${sep()}${listen()} ${connect()}`,
    () => `LocalForward${sep()}${pick(['/run/l-%h.sock', '${POSTERN_FOLDER}/l.sock'])} ${pick(['/run/r-%r.sock', 'web:80'])}`,
    () => `LocalForward${sep()}${listen()} /run/remote.%p`,
    () => `LogLevel${sep()}${pick(['QUIET', 'info', 'Debug', 'DEBUG1', 'debug3', 'VERBOSE', 'error', 'fatal'])}`,
    () => `MACs${sep()}${algorithms(macs)}`,
    () => `NumberOfPasswordPrompts${sep()}${pick(['0', '1', '5'])}`,
    () => `PasswordAuthentication${sep()}${flag()}`,
    () => `Port${sep()}${pick(['22', '2222', '022', 'ssh', '65535'])}`,
    () => `PreferredAuthentications${sep()}${pick(['publickey,password', 'keyboard-interactive', '"a,b"'])}`,
    () => `ProxyCommand${sep()}${pick(['none', 'nc -X connect %h %p', 'sh -c "exec ssh -W [%h]:%p hop" # kept', 'NONE', "nc 'a b' %n"])}`,
    () => `ProxyJump${sep()}${pick(['none', jump(), jump(), `${jump()},${jump()}`, `${jump()},${jump()},${jump()}`, 'ssh://carol@hop.example.com:2022', `${jump()} # note`])}`,
    () => `PubkeyAcceptedAlgorithms${sep()}${algorithms(keyNames)}`,
    () => `PubkeyAcceptedKeyTypes${sep()}${algorithms(keyNames)}`,
    () => `PubkeyAuthentication${sep()}${pick(['yes', 'no', 'unbound', 'host-bound', 'True'])}`,
    () => `RemoteCommand${sep()}${pick(['none', 'echo %h %u "%n"', 'tmux new -A -s %r', 'uptime # not a comment'])}`,
    () => `RemoteForward${sep()}${pick(['0', '9000', '*:9001', '/run/x.sock'])} ${connect()}`,
    () => `RemoteForward${sep()}${pick(['9100', '127.0.0.1:9101'])}`,
    () => `RequestTTY${sep()}${pick(['yes', 'no', 'force', 'auto', 'FORCE'])}`,
    () => `SendEnv${sep()}${some(['LANG', 'LC_*', 'FOO', 'BAR_?', '-LC_*', '-F*', '-*'], 3).join(' ')}`,
    () => `ServerAliveCountMax${sep()}${pick(['0', '3', '7'])}`,
    () => `ServerAliveInterval${sep()}${seconds()}`,
    () => `SetEnv${sep()}${some(['A=1', 'B="two words"', 'A=3', 'C=', '"D=x y"'], 3).join(' ')}`,
    () => `StrictHostKeyChecking${sep()}${pick(['yes', 'no', 'ask', 'accept-new', 'off', 'true'])}`,
    () => `TCPKeepAlive${sep()}${flag()}`,
    () => `KeepAlive${sep()}${flag()}`,
    () => `User${sep()}${pick([...users, '"first last"'])}`,
    () => `UserKnownHostsFile${sep()}${pick(['none', path(), `${path()} ${path()}`, '"~/known hosts" /etc/k-%k'])}`,
    () => `VisualHostKey${sep()}${flag()}`,
    () => `CanonicalizeMaxDots${sep()}0`,
    // Known and not followed by us: they must not disturb the rest.
    () => `ForwardX11${sep()}yes`,
    () => `ControlPath${sep()}~/.ssh/cm-%C`,
    () => `IgnoreUnknown${sep()}Zz*,use*`,
  ];
  function sep(): string {
    return pick([' ', ' ', ' ', '\t', ' = ', '=', '   ', '= ']);
  }
  const keywordCase = (line: string): string => {
    const end = line.search(/[\s=]/);
    if (chance(0.1)) return line.slice(0, end).toUpperCase() + line.slice(end);
    return chance(0.1) ? line.slice(0, end).toLowerCase() + line.slice(end) : line;
  };
  const pattern = (): string => pick([host, '*', 'web*', '?eb', '*.example.com', 'db*', '10.0.0.?', '*.org', 'nothing', host.slice(0, 2) + '*', '*' + host.slice(-2)]);
  const hostLine = (): string => `Host${sep()}${some([pattern, () => `!${pattern()}`, pattern, () => `"${pattern()}"`], 3).map((make) => make()).join(' ')}`;
  const criterion = (): string => {
    const not = chance(0.2) ? '!' : '';
    return pick([
      () => `${not}host ${pattern()},${pattern()}`,
      () => `${not}originalhost${pick([' ', '='])}${pattern()}`,
      () => `${not}user ${pick(users)},${chance(0.3) ? '!' : ''}${pick(users)}*`,
      () => `${not}localuser ${pick(['root', 'nobody', '*', '!root,*'])}`,
      () => `${not}host "!${pattern()},*"`,
      () => `${not}exec "${pick(['true', 'false', 'test %h = web', 'test %p = 22', 'test "x%r" = xroot'].slice(0, 4))}"`,
      () => `${not}${pick(['final', 'canonical'])}`,
    ])();
  };
  const matchLine = (): string => {
    if (chance(0.1)) return `Match${sep()}${pick(['all', 'canonical all', 'final all', '!all'])}`;
    return `Match${sep()}${Array.from({ length: 1 + upTo(1) }, criterion).join(' ')}${chance(0.1) ? ' # why' : ''}`;
  };

  const files: Record<string, string> = {};
  let fileCount = 0;
  const block = (depth: number): string[] => {
    const lines: string[] = [];
    for (let left = upTo(6); left >= 0; left -= 1) {
      if (chance(0.08) && depth < 2) {
        fileCount += 1;
        const number = fileCount;
        if (chance(0.3)) {
          files[`d${number}/10.conf`] = fileText(depth + 1);
          files[`d${number}/9.conf`] = fileText(depth + 1);
          files[`d${number}/.hidden.conf`] = 'Port 1\n';
          lines.push(`Include ${pick([`d${number}/*.conf`, `~/.ssh/d${number}/*`, `d${number}/[19]*.conf nowhere/*`])}`);
        } else {
          files[`inc${number}`] = fileText(depth + 1);
          lines.push(`Include ${pick([`inc${number}`, `"inc${number}"`, `~/.ssh/inc${number}`, `missing inc${number}`, `inc${number}?`, `?nc${number}`])}`);
        }
      }
      const indent = pick(['', '  ', '\t', '    ']);
      const ending = pick(['', '', '', ' ', '\r', '\t']);
      lines.push(`${indent}${keywordCase(pick(makers)())}${ending}`);
      if (chance(0.1)) lines.push(pick(['', '# a comment "', '   #x', '\t']));
    }
    return lines;
  };
  function fileText(depth: number): string {
    const lines: string[] = chance(0.5) ? block(depth) : [];
    for (let left = upTo(3); left >= 0; left -= 1) lines.push(keywordCase(chance(0.55) ? hostLine() : matchLine()), ...block(depth));
    if (chance(0.4)) lines.push('Host *', ...block(depth));
    return `${lines.join('\n')}${chance(0.9) ? '\n' : ''}`;
  }
  files['config'] = `${chance(0.1) ? 'CanonicalizeHostname yes\nCanonicalizeMaxDots 0\nCanonicalDomains none\n' : ''}${fileText(0)}`;
  return {
    files,
    host,
    ...(chance(0.3) ? { user: pick(users) } : {}),
    ...(chance(0.15) ? { port: 2200 } : {}),
    options: chance(0.2) ? [pick(['Compression=yes', 'IdentityFile /given/key', 'ProxyJump hop', 'ServerAliveInterval 7'])] : [],
  };
}
