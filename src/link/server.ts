/**
 * The services' end of a link: checks calls, runs them, tells events and pumps streams.
 *
 * Privilege begins here: whoever holds the other end may send anything, so every name is looked up in the contract's table and
 * every input is parsed by its type. Text messages: `{id, call, input}` is answered by `{id, output}` (a stream by `{id, stream: streamId}`) or
 * `{id, error}`; `{event, payload}`; `{close: streamId, why}`, and `{close: streamId}` the other way. A long list goes in parts, `{id, part}`, each when `{more: id}` asks. `said` beside an output, error or payload: what its
 * sentences are made of. Binary messages: frame.ts.
 */
import type { Call, Event, ServiceApi, Stream } from '../contract/contract.ts';
import { contract } from '../contract/contract.ts';
import { PosternError, toPosternError } from '../contract/error.ts';
import { ErrorReport } from '../contract/errorReport.ts';
import { say, sayAll } from '../contract/say.ts';
import { sentencesIn } from '../contract/sentencesIn.ts';
import { decodeFrame } from './frame.ts';
import type { Link } from './link.ts';
import type { ServiceStream } from './streamPump.ts';
import { StreamPump } from './streamPump.ts';

/** Entries of a list in one message: some 5 ms of either end's time to write down or read. */
const PART_ENTRIES = 500;
/** Of the first part of a long list: what fits on a screen is there before anything else of it is written down. */
const FIRST_PART_ENTRIES = 100;
/** Parts under way: one is read while the next is written. */
const PARTS_AHEAD = 2;

type Method = (input: unknown) => unknown;
interface Callable {
  readonly area: string;
  readonly name: string;
  readonly entry: Call | Stream;
}

/** `area.name` of everything that may be called. A Map, because a name from outside must not reach a prototype. */
const callables = new Map<string, Callable>();
/** What events carry, by `area.name`. */
const payloads = new Map<string, Event['payload']>();
for (const [area, entries] of Object.entries(contract)) {
  for (const [name, entry] of Object.entries(entries)) {
    if (entry.kind === 'event') payloads.set(`${area}.${name}`, entry.payload);
    else callables.set(`${area}.${name}`, { area, name, entry });
  }
}

/** Serves one window until its link closes; its streams are detached then, and nothing else ends. */
export function serveLink(link: Link, services: ServiceApi<ServiceStream>): void {
  const pumps = new Map<number, StreamPump>();
  /** What is left of lists that go in parts, by the call. */
  const lists = new Map<number, { readonly entries: readonly unknown[]; readonly type: Call['output']; sent: number }>();
  let lastStreamId = 0;
  let closed = false;

  const send = (message: object): void => {
    if (!closed) link.send(JSON.stringify(message));
  };

  /** The last part is the output: the call is answered by it. */
  const sendPart = (id: number): void => {
    const list = lists.get(id);
    if (list === undefined) return;
    const part = list.entries.slice(list.sent, list.sent + (list.sent === 0 ? FIRST_PART_ENTRIES : PART_ENTRIES));
    list.sent += part.length;
    const said = sentencesIn(list.type, part);
    if (list.sent < list.entries.length) {
      send({ id, part, said });
      return;
    }
    lists.delete(id);
    send({ id, output: part, said });
  };

  const openStream = (stream: ServiceStream, id: number): void => {
    if (closed) {
      stream.destroy();
      return;
    }
    const streamId = ++lastStreamId;
    send({ id, stream: streamId });
    pumps.set(
      streamId,
      new StreamPump(link, stream, streamId, (why) => {
        pumps.delete(streamId);
        send({ close: streamId, why });
      }),
    );
  };

  const handleCall = async (id: number, name: unknown, input: unknown): Promise<void> => {
    try {
      const callable = typeof name === 'string' ? callables.get(name) : undefined;
      if (callable === undefined) throw new PosternError({ code: 'input.invalid', message: say`The contract has no call of that name.` });
      const parsed = callable.entry.input.safeParse(input);
      if (!parsed.success) throw inputError(`${callable.area}.${callable.name}`, parsed.error.issues);
      const output = methodOf(services, callable)(parsed.data);
      // The types of ServiceApi say so: a stream's method returns a stream, and it is read from in the same tick.
      if (callable.entry.kind === 'stream') openStream(output as ServiceStream, id);
      else {
        const answer = await output;
        if (Array.isArray(answer) && answer.length > PART_ENTRIES && callable.entry.kind === 'call') {
          lists.set(id, { entries: answer, type: callable.entry.output, sent: 0 });
          for (let part = 0; part < PARTS_AHEAD; part += 1) sendPart(id);
        } else send({ id, output: answer, said: callable.entry.kind === 'call' ? sentencesIn(callable.entry.output, answer) : undefined });
      }
    } catch (thrown) {
      const error = toPosternError(thrown).toReport();
      send({ id, error, said: sentencesIn(ErrorReport, error) });
    }
  };

  const handleText = (text: string): void => {
    const message = parseObject(text);
    if (typeof message?.['id'] === 'number') {
      void handleCall(message['id'], message['call'], message['input']);
    } else if (typeof message?.['more'] === 'number') {
      sendPart(message['more']);
    } else if (typeof message?.['close'] === 'number') {
      pumps.get(message['close'])?.detach();
      pumps.delete(message['close']);
    } else {
      send({ error: new PosternError({ code: 'input.invalid', message: say`A message was neither a call nor the end of a stream.` }).toReport() });
    }
  };

  const handleFrame = (bytes: Uint8Array): void => {
    const frame = decodeFrame(bytes);
    // Unknown ids are those of streams that ended while the frame was under way.
    const pump = frame === undefined ? undefined : pumps.get(frame.streamId);
    if (frame?.kind === 'input') pump?.write(frame.bytes);
    else if (frame?.kind === 'ack') pump?.acknowledge(frame.byteCount);
  };

  const stopEvents = services.onEvent(({ name, payload }) => {
    const type = payloads.get(name);
    send({ event: name, payload, said: type && sentencesIn(type, payload) });
  });
  link.onClose(() => {
    closed = true;
    stopEvents();
    for (const pump of pumps.values()) pump.detach();
    pumps.clear();
    lists.clear();
  });
  link.onMessage((message) => (typeof message === 'string' ? handleText(message) : handleFrame(message)));
}

/** The method with its own object as `this`. */
function methodOf(services: ServiceApi<ServiceStream>, { area, name }: Callable): Method {
  const methods = Reflect.get(services, area) as Readonly<Record<string, Method>>;
  return (input) => methods[name]?.(input);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Not JSON: answered like every other message that makes no sense.
    return undefined;
  }
}

/** Says where an input is wrong and what was expected, never what was given: that may be a passphrase. */
function inputError(call: string, issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): PosternError {
  const reasons = issues.slice(0, 3).map((issue) => (issue.path.length === 0 ? issue.message : say`${issue.path.join('.')}: ${issue.message}`));
  return new PosternError({ code: 'input.invalid', message: say`${call} was given a wrong input. ${sayAll(reasons, '; ')}`.slice(0, 500) });
}
