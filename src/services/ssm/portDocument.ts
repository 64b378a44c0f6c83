/** The session documents of ports, and what their parameters may be: session-manager-protocol.md section 6.1. */
import { PosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import { forwardsToRemoteHosts } from './agentVersion.ts';
import type { OpenedChannel } from './channelOpening.ts';
import { wrongSessionType, type SessionDocument } from './ssmSession.ts';

const PORT_SESSION = 'Port';
/** As the document itself checks it, without its message that only quotes the pattern. */
const HOST = /^[^,$^&()!;'"<>{}[\]#=`|\s]{3,}$/;

export function sshDocument(portNumber: number): SessionDocument {
  checkPort(portNumber, 1);
  return { documentName: 'AWS-StartSSHSession', parameters: { portNumber: [String(portNumber)] } };
}

/** @param host a name or address that the instance reaches; absent: the instance itself */
export function forwardDocument(portNumber: number, localPortNumber: number, host: string | undefined): SessionDocument {
  checkPort(portNumber, 1);
  checkPort(localPortNumber, 0);
  const parameters = { portNumber: [String(portNumber)], localPortNumber: [String(localPortNumber)] };
  if (host === undefined) return { documentName: 'AWS-StartPortForwardingSession', parameters };
  if (!HOST.test(host)) throw new PosternError({ code: 'input.invalid', message: say`${JSON.stringify(host.slice(0, 80))} cannot be the host of a forward.`, remedy: say`Give a host name or an address of at least three characters.` });
  return { documentName: 'AWS-StartPortForwardingSessionToRemoteHost', parameters: { host: [host], ...parameters } };
}

/** @throws PosternError for a session that is no port session, or of an agent that would connect to itself instead of `host` */
export function checkPortSession({ session, agentVersion = '' }: OpenedChannel, host: string | undefined): void {
  if (session?.SessionType !== PORT_SESSION) throw wrongSessionType(session?.SessionType ?? 'Standard_Stream', say`port session`);
  if (host === undefined || forwardsToRemoteHosts(agentVersion)) return;
  throw new PosternError({
    code: 'ssm.session-refused',
    message: say`The SSM agent of the instance (${agentVersion.slice(0, 40)}) is too old to forward to another host.`,
    remedy: say`Update the SSM agent to 3.1.1374.0 or newer, or forward to a port of the instance itself.`,
  });
}

function checkPort(port: number, min: number): void {
  if (Number.isInteger(port) && port >= min && port <= 65_535) return;
  throw new PosternError({ code: 'input.invalid', message: say`${port} is no port number.`, remedy: say`Give a number from ${min} to 65535.` });
}
