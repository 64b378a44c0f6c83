/**
 * What a Linux instance wrote to its serial console at boot: the end of it is cloud-init's account of the host keys.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connection-prereqs-general.html (instance fingerprint)
 */
import { createHash } from 'node:crypto';
import type { DemoInstance } from './estateModel.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const RULE = '#############################################################';
/** Of the key types whose size their name gives. */
const KEY_BITS: Readonly<Record<string, number>> = { 'ssh-ed25519': 256, 'ecdsa-sha2-nistp256': 256, 'ecdsa-sha2-nistp384': 384, 'ecdsa-sha2-nistp521': 521 };

/** @param hostKeyLines `ssh-ed25519 AAAA...` */
export function toConsoleOutput(instance: DemoInstance, hostKeyLines: readonly string[]): string {
  const hostName = instance.networkInterfaces[0]?.privateIpAddresses[0]?.privateDnsName ?? instance.instanceId;
  const stamp = `<14>${toSyslogTime(instance.launchTime)} ec2: `;
  const lines = [
    '[    0.000000] Linux version 6.1.0 (demo@postern) #1 SMP',
    `[    1.204000] systemd[1]: Hostname set to <${hostName}>.`,
    '[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39msshd.service\u001b[0m - OpenSSH server daemon.',
    ...(instance.quietConsole === true ? [] : toHostKeyBlocks(stamp, hostName, hostKeyLines)),
    `[   14.870000] cloud-init[1530]: Cloud-init v. 22.2.2 finished at ${toSyslogTime(instance.launchTime)}. Datasource DataSourceEc2.  Up 14.86 seconds`,
    '',
  ];
  return lines.join('\r\n');
}

function toHostKeyBlocks(stamp: string, hostName: string, hostKeyLines: readonly string[]): string[] {
  return [
    stamp,
    stamp + RULE,
    `${stamp}-----BEGIN SSH HOST KEY FINGERPRINTS-----`,
    ...hostKeyLines.map((line) => stamp + toFingerprint(line, hostName)),
    `${stamp}-----END SSH HOST KEY FINGERPRINTS-----`,
    stamp + RULE,
    '-----BEGIN SSH HOST KEY KEYS-----',
    ...hostKeyLines.map((line) => `${line} root@${hostName}`),
    '-----END SSH HOST KEY KEYS-----',
  ];
}

/** As `ssh-keygen -l` writes it. */
function toFingerprint(line: string, hostName: string): string {
  const [keyType = '', blob = ''] = line.split(' ');
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
  const name = keyType.replace(/^ssh-/, '').replace(/-.*$/, '').toUpperCase();
  return `${KEY_BITS[keyType] ?? 3072} SHA256:${digest} root@${hostName} (${name})`;
}

/** `Nov 22 07:00:00`, in UTC. */
function toSyslogTime(time: string): string {
  const date = new Date(time);
  return `${MONTHS[date.getUTCMonth()] ?? ''} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)}`;
}
