/**
 * The window's end of a link: an object with the contract's methods.
 *
 * Works the same over a MessagePort, a WebSocket and in memory; knows neither Node nor the DOM. Of the contract it has the types
 * alone: the table with all its schemas would cost a window that starts more than all else it does before its first row. A name that
 * is none is the other end's to refuse.
 */
import type { ClientApi, ContractEvent, EventListener } from '../contract/contract.ts';
import type { ErrorReport } from '../contract/error.ts';
import { PosternError } from '../contract/error.ts';
import type { Said } from '../contract/say.ts';
import { remember, say } from '../contract/say.ts';
import { decodeFrame } from './frame.ts';
import type { Link } from './link.ts';
import type { TerminalStream } from './terminalStream.ts';
import { WindowStream } from './terminalStream.ts';

export type { StreamEnd, TerminalStream } from './terminalStream.ts';

/** Told of each part of a long list as it comes; the call's own answer is all of them. */
export type PartListener = (call: string, part: readonly unknown[]) => void;

interface Pending {
  readonly call: string;
  /** Of a list that comes in parts, those before the last. */
  readonly parts: unknown[][];
  resolve(value: unknown): void;
  reject(error: PosternError): void;
}

type Message =
  | { readonly id: number; readonly stream: number }
  | { readonly id: number; readonly output?: unknown; readonly error?: ErrorReport; readonly said?: SaidSentences }
  | { readonly id: number; readonly part: unknown[]; readonly said?: SaidSentences }
  | { readonly event: ContractEvent['name']; readonly payload: unknown; readonly said?: SaidSentences }
  | { readonly close: number; readonly why: 'ended' | 'taken' }
  | { readonly error: ErrorReport };

/** Sentences of a message, with what they were made of. */
type SaidSentences = readonly (readonly [string, Said])[];

/** Every call rejects with `app.link-closed` once the link is closed, and every stream ends. */
export function connectContract(link: Link): ClientApi<TerminalStream> & { onPart(listener: PartListener): () => void } {
  const pending = new Map<number, Pending>();
  const streams = new Map<number, WindowStream>();
  const listeners = new Set<EventListener>();
  const partListeners = new Set<PartListener>();
  let lastId = 0;
  let closed = false;

  const send = (call: string, input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed) {
        reject(linkClosed());
        return;
      }
      const id = ++lastId;
      pending.set(id, { call, parts: [], resolve, reject });
      link.send(JSON.stringify({ id, call, input }));
    });

  /** The stream exists from here on, in the same tick as the reply: its first bytes may be right behind. */
  const openStream = (streamId: number): TerminalStream => {
    const stream = new WindowStream(link, streamId, () => streams.delete(streamId));
    streams.set(streamId, stream);
    return stream;
  };

  const handleText = (text: string): void => {
    const message = JSON.parse(text) as Message;
    // Before anybody shows them.
    if ('said' in message) for (const [sentence, said] of message.said ?? []) remember(sentence, said);
    if ('part' in message) {
      const waiting = pending.get(message.id);
      waiting?.parts.push(message.part);
      link.send(JSON.stringify({ more: message.id }));
      if (waiting !== undefined) for (const listener of partListeners) listener(waiting.call, message.part);
    } else if ('id' in message) {
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      if ('stream' in message) waiting?.resolve(openStream(message.stream));
      else if (message.error !== undefined) waiting?.reject(new PosternError(message.error));
      else waiting?.resolve(waiting.parts.length === 0 ? message.output : [...waiting.parts, message.output as unknown[]].flat());
    } else if ('event' in message) {
      // One build, one contract: the other end was compiled with the same types.
      const event = { name: message.event, payload: message.payload } as ContractEvent;
      for (const listener of listeners) listener(event);
    } else if ('close' in message) {
      streams.get(message.close)?.end(message.why);
    }
  };

  link.onClose(() => {
    closed = true;
    for (const waiting of pending.values()) waiting.reject(linkClosed());
    pending.clear();
    for (const stream of streams.values()) stream.end('link-closed');
  });
  link.onMessage((message) => {
    if (typeof message === 'string') {
      handleText(message);
      return;
    }
    const frame = decodeFrame(message);
    // Output of an unknown stream was under way while this end closed it.
    if (frame?.kind === 'output') streams.get(frame.streamId)?.receive(frame.bytes);
  });

  /** One method a name, made when it is first used. What is waited for is asked for `then`, which no area has. */
  const areaOf = (area: string): object => {
    const methods = new Map<string, (input: unknown) => Promise<unknown>>();
    return new Proxy({}, {
      get(_target, name) {
        if (typeof name !== 'string' || name === 'then') return undefined;
        let method = methods.get(name);
        if (method === undefined) methods.set(name, (method = (input) => send(`${area}.${name}`, input)));
        return method;
      },
    });
  };
  const onEvent = (listener: EventListener): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const onPart = (listener: PartListener): (() => void) => {
    partListeners.add(listener);
    return () => void partListeners.delete(listener);
  };
  const areas = new Map<string, object>();
  const client = new Proxy({ onEvent, onPart }, {
    get(own, name) {
      if (typeof name !== 'string' || name === 'then') return undefined;
      if (name === 'onEvent' || name === 'onPart') return own[name];
      let area = areas.get(name);
      if (area === undefined) areas.set(name, (area = areaOf(name)));
      return area;
    },
  });
  // Its names are those of the type: nobody can write another.
  return client as ClientApi<TerminalStream> & { onPart(listener: PartListener): () => void };
}

function linkClosed(): PosternError {
  return new PosternError({ code: 'app.link-closed', message: say`The connection to Postern was closed.`, remedy: say`Wait until the window is connected again, then repeat it.`, retryable: true });
}
