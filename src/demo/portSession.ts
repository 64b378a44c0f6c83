/**
 * A session of kind Port: finds out where it goes, and which of the two transports it uses. Session-manager-protocol.md, sections 6.2 and 6.3.
 */
import type { AgentMessage } from '../services/ssm/message.ts';
import { SessionFailure } from './agentPlugin.ts';
import type { AgentPlugin, PluginChannel } from './agentPlugin.ts';
import { abilitiesOf, clientMultiplexes, keepsAlive } from './agentVersion.ts';
import { createBasicPort } from './basicPort.ts';
import type { HostNetwork } from './hostNetwork.ts';
import { createMuxPort } from './muxPort.ts';
import { DENIED_ADDRESSES, dialFailure, readPortTarget } from './portParameters.ts';
import type { PortDialer } from './portDialer.ts';
import type { SessionProperties } from './sessionDocuments.ts';

export interface PortBehaviour {
  /** Addresses no forward may lead to; an instance's own configuration. Default: AWS's list. */
  readonly deniedAddresses?: readonly string[];
  /** What Linux takes to give up on an address that never answers. Default: 127 s. */
  readonly dialTimeoutMs?: number;
  /** Of smux, where the versions want it. Default: 10 s and 30 s. */
  readonly keepAliveIntervalMs?: number;
  readonly keepAliveTimeoutMs?: number;
}

export interface PortPluginOptions {
  readonly channel: PluginChannel;
  readonly agentVersion: string;
  readonly properties: SessionProperties;
  readonly network: HostNetwork;
  readonly behaviour: PortBehaviour;
}

const LINUX_DIAL_TIMEOUT_MS = 127_000;
const KEEP_ALIVE_INTERVAL_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 30_000;

export function createPortPlugin(options: PortPluginOptions): AgentPlugin {
  const { channel, agentVersion, behaviour, network } = options;
  const abilities = abilitiesOf(agentVersion);
  let plugin: AgentPlugin | undefined;
  let closed = false;

  const openPlugin = async (): Promise<AgentPlugin> => {
    const target = await readPortTarget(options.properties, { network, deniedAddresses: behaviour.deniedAddresses ?? DENIED_ADDRESSES, knowsRemoteHost: abilities.remoteHost });
    const session: PortDialer = {
      knowsTerminateFlag: abilities.terminateFlag,
      async dial(signal) {
        let failure: unknown = new Error('no address');
        for (const address of target.addresses) {
          try {
            return await network.dial(address, target.port, AbortSignal.any([signal, AbortSignal.timeout(behaviour.dialTimeoutMs ?? LINUX_DIAL_TIMEOUT_MS)]));
          } catch (error) {
            failure = error;
          }
        }
        throw new SessionFailure(`Unable to connect to specified port: ${dialFailure(target.host, target.port, failure)}`);
      },
    };
    if (!target.forwards || !abilities.multiplexing || !clientMultiplexes(channel.clientVersion)) return createBasicPort(channel, session, target.forwards);
    const keepAlive = { intervalMs: behaviour.keepAliveIntervalMs ?? KEEP_ALIVE_INTERVAL_MS, timeoutMs: behaviour.keepAliveTimeoutMs ?? KEEP_ALIVE_TIMEOUT_MS };
    return createMuxPort(channel, session, keepsAlive(agentVersion, channel.clientVersion) ? keepAlive : undefined);
  };

  return {
    deliver: (message: AgentMessage) => plugin?.deliver(message) ?? Promise.resolve(false),
    async run() {
      plugin = await openPlugin();
      if (closed) plugin.close();
      await plugin.run();
    },
    close() {
      closed = true;
      plugin?.close();
    },
  };
}
