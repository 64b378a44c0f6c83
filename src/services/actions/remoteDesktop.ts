/** The system's Remote Desktop client, pointed at a local port. No password goes with it: an argument can be read by everybody. */
import { spawn } from 'node:child_process';

export interface RemoteDesktopClient {
  readonly file: string;
  readonly arguments: readonly string[];
}

/** In the order they are tried; the address is `127.0.0.1:PORT`. */
export function remoteDesktopClients(platform: string, address: string, userName: string): readonly RemoteDesktopClient[] {
  switch (platform) {
    case 'win32':
      return [{ file: 'mstsc.exe', arguments: [`/v:${address}`] }];
    case 'darwin':
      // Windows App, and Microsoft Remote Desktop before it.
      return [{ file: 'open', arguments: [`rdp://full%20address=s:${encodeURIComponent(address)}&username=s:${encodeURIComponent(userName)}`] }];
    default:
      return ['xfreerdp3', 'xfreerdp'].map((file) => ({ file, arguments: [`/v:${address}`, `/u:${userName}`] }));
  }
}

/** @returns whether one of them was started */
export async function openRemoteDesktop(clients: readonly RemoteDesktopClient[]): Promise<boolean> {
  for (const client of clients) if (await starts(client)) return true;
  return false;
}

function starts({ file, arguments: words }: RemoteDesktopClient): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(file, words, { stdio: 'ignore', detached: true });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
    child.once('error', () => resolve(false));
  });
}

/** Contents of a .rdp file. @see https://learn.microsoft.com/en-us/azure/virtual-desktop/rdp-properties */
export function rdpFile(address: string, userName: string): string {
  return [`full address:s:${address}`, `username:s:${userName}`, 'prompt for credentials:i:1', 'authentication level:i:2', ''].join('\r\n');
}
