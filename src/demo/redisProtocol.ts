/**
 * Redis's wire protocol, version 2, as far as a demo needs it. Texts are latin1, so that bytes pass unchanged.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
const MAX_COMMAND_BYTES = 1024 * 1024;

/** Finds commands in what arrives: arrays of bulk strings, or plain lines typed by a person. */
export class RespReader {
  failed = false;
  #text = '';

  *read(text: string): Generator<readonly string[]> {
    this.#text += text;
    for (;;) {
      const command = this.#next();
      if (command === undefined) break;
      if (command.length > 0) yield command;
    }
    if (this.#text.length > MAX_COMMAND_BYTES) this.failed = true;
  }

  #next(): readonly string[] | undefined {
    if (this.failed) return undefined;
    const line = /^([^\r\n]*)\r?\n/.exec(this.#text);
    if (line === null) return undefined;
    const count = /^\*(\d{1,5})$/.exec(line[1] ?? '');
    if (count === null) {
      this.#text = this.#text.slice(line[0].length);
      return (line[1] ?? '').split(' ').filter((word) => word !== '');
    }
    const words: string[] = [];
    let rest = this.#text.slice(line[0].length);
    for (let index = 0; index < Number(count[1]); index += 1) {
      const head = /^\$(\d{1,7})\r\n/.exec(rest);
      if (head === null) {
        this.failed = rest.includes('\n');
        return undefined;
      }
      const length = Number(head[1]);
      if (rest.length < head[0].length + length + 2) return undefined;
      words.push(rest.slice(head[0].length, head[0].length + length));
      rest = rest.slice(head[0].length + length + 2);
    }
    this.#text = rest;
    return words;
  }
}

const bulk = (text: string | undefined): string => (text === undefined ? '$-1\r\n' : `$${text.length}\r\n${text}\r\n`);

export function answerCommand(texts: Map<string, string>, [name = '', ...words]: readonly string[]): string {
  const [first = '', second = ''] = words;
  switch (name.toUpperCase()) {
    case 'PING':
      return words.length === 0 ? '+PONG\r\n' : bulk(first);
    case 'ECHO':
      return bulk(first);
    case 'SET':
      texts.set(first, second);
      return '+OK\r\n';
    case 'GET':
      return bulk(texts.get(first));
    case 'DEL':
      return `:${words.filter((key) => texts.delete(key)).length}\r\n`;
    case 'EXISTS':
      return `:${words.filter((key) => texts.has(key)).length}\r\n`;
    case 'DBSIZE':
      return `:${texts.size}\r\n`;
    case 'INFO':
      return bulk('# Server\r\nredis_version:0.0.0\r\nredis_mode:postern-demo\r\n');
    case 'COMMAND':
      return '*0\r\n';
    case 'CLIENT':
    case 'SELECT':
    case 'QUIT':
      return '+OK\r\n';
    default:
      return `-ERR unknown command '${name.replaceAll(/[\r\n]/g, ' ')}'\r\n`;
  }
}
