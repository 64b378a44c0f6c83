/**
 * A port session that carries many connections at a time: smux inside the data channel. Session-manager-protocol.md, section 6.4.
 */
import { FlagPayload, PayloadType } from '../services/ssm/message.ts';
import { decodeFlag, encodeFlag } from '../services/ssm/messagePayloads.ts';
import type { AgentMessage } from '../services/ssm/message.ts';
import type { AgentPlugin, PluginChannel } from './agentPlugin.ts';
import type { PortDialer } from './portDialer.ts';
import { SmuxServer } from './smuxServer.ts';
import type { SmuxServerOptions } from './smuxServer.ts';

export function createMuxPort(channel: PluginChannel, session: PortDialer, keepAlive: SmuxServerOptions['keepAlive']): AgentPlugin {
  const over = Promise.withResolvers<void>();
  const server = new SmuxServer({
    dial: () => session.dial(channel.signal),
    onDialFailure: () => channel.send(PayloadType.flag, encodeFlag(FlagPayload.connectToPortError)),
    keepAlive,
  });
  const sendOutput = async (): Promise<void> => {
    for (;;) {
      if (channel.isPaused()) await channel.whenRunning();
      const bytes = await server.output.read(channel.readBytes);
      if (bytes === undefined) return;
      await channel.send(PayloadType.output, bytes);
      await channel.pace();
    }
  };

  return {
    async deliver(message: AgentMessage) {
      if (message.payloadType === PayloadType.output) await server.receive(Buffer.from(message.payload.buffer, message.payload.byteOffset, message.payload.byteLength));
      // The only flag that means something here: connections come and go by SYN and FIN.
      if (message.payloadType === PayloadType.flag && decodeFlag(message.payload) === FlagPayload.terminateSession && session.knowsTerminateFlag) over.resolve();
      return true;
    },
    run: () => Promise.race([over.promise, server.failed, sendOutput()]),
    close() {
      over.resolve();
      server.close();
    },
  };
}
