/**
 * What ssh2 says of a handshake only in its debug lines: the server's name, both lists of a failed negotiation, strictness.
 *
 * The wording is that of the version package.json pins; the integration tests hold it.
 */
export class HandshakeNotes {
  /** e.g. `SSH-2.0-OpenSSH_9.2p1 Debian-2`. */
  serverIdentification: string | undefined;
  /** Whether both ends do strict key exchange, which is what stops CVE-2023-48795 (Terrapin). */
  strict = false;
  #local: string | undefined;
  #remote: { readonly kind: string; readonly list: string } | undefined;

  /** Takes one debug line of ssh2. */
  note(line: string): void {
    const ident = /^Remote ident: '(.*)'$/.exec(line);
    if (ident !== null) this.serverIdentification = ident[1];
    if (line === 'Handshake: strict KEX mode enabled') this.strict = true;
    const lists = /^Handshake: \((local|remote)\) ([^:]+): (.*)$/s.exec(line);
    if (lists === null) return;
    const [, side, kind = '', list = ''] = lists;
    if (side === 'local') this.#local = list;
    else this.#remote = { kind, list };
  }

  /** The lists compared last: where a negotiation fails, they are the ones with nothing in common. */
  get lastCompared(): { readonly kind: string; readonly ours: string; readonly theirs: string } | undefined {
    if (this.#local === undefined || this.#remote === undefined) return undefined;
    return { kind: this.#remote.kind, ours: withoutMarkers(this.#local), theirs: withoutMarkers(this.#remote.list) };
  }
}

/** Names in a key exchange list that are flags and no algorithms. */
function withoutMarkers(list: string): string {
  return list
    .split(',')
    .filter((name) => !name.startsWith('ext-info-') && !name.startsWith('kex-strict-'))
    .join(', ');
}
