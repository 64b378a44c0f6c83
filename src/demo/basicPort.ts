/**
 * A port session that carries one connection at a time, raw: SSH, and forwards of old agents or clients. Session-manager-protocol.md, section 6.3.
 *
 *   connected --(remote end, or the client's DisconnectToPort)--> waiting --(data of the client)--> connected     forwards only
 *   connected --(remote end)--> over                                                                             SSH
 */
import type { Duplex } from 'node:stream';
import { FlagPayload, PayloadType } from '../services/ssm/message.ts';
import { decodeFlag } from '../services/ssm/messagePayloads.ts';
import { readUpTo, writeInput } from './agentPlugin.ts';
import type { AgentPlugin, PluginChannel } from './agentPlugin.ts';
import type { PortDialer } from './portDialer.ts';

/** @param redials true: a forward, which connects again when the client sends more */
export function createBasicPort(channel: PluginChannel, session: PortDialer, redials: boolean): AgentPlugin {
  const over = Promise.withResolvers<void>();
  // Whoever ends the session by closing it does not wait for the reason.
  over.promise.catch(() => {});
  let connection: Duplex | undefined;
  let started = false;
  let closed = false;

  const connect = async (): Promise<Duplex> => {
    const opened = await session.dial(channel.signal);
    // Its end is seen by reading.
    opened.on('error', () => {});
    if (closed) opened.destroy();
    connection = opened;
    serve(opened).catch(over.reject);
    return opened;
  };

  const serve = async (source: Duplex): Promise<void> => {
    for (;;) {
      if (channel.isPaused()) await channel.whenRunning();
      const bytes = await readUpTo(source, channel.readBytes);
      if (bytes === undefined) break;
      await channel.send(PayloadType.output, bytes);
      await channel.pace();
    }
    if (connection === source) connection = undefined;
    source.end(() => source.destroy());
    if (!redials) over.resolve();
  };

  /** As the first connection, a refused one ends the session. */
  const reconnect = async (): Promise<Duplex | undefined> => {
    try {
      return await connect();
    } catch (error) {
      over.reject(error);
      return undefined;
    }
  };

  return {
    async deliver(message) {
      if (!started) return false;
      if (message.payloadType === PayloadType.output) {
        const target = connection ?? (redials ? await reconnect() : undefined);
        if (target === undefined) return false;
        await writeInput(target, message.payload);
      }
      if (message.payloadType === PayloadType.flag) {
        const flag = decodeFlag(message.payload);
        if (flag === FlagPayload.disconnectToPort) {
          connection?.destroy();
          connection = undefined;
        }
        if (flag === FlagPayload.terminateSession && session.knowsTerminateFlag) over.resolve();
      }
      return true;
    },
    async run() {
      await connect();
      started = true;
      await over.promise;
    },
    close() {
      closed = true;
      over.resolve();
      connection?.destroy();
    },
  };
}
