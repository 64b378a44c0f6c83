/** An ed25519 key of a test: its fingerprint, and every way its private half could stand in a file or in memory. */
import { createHash, createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';

/** @param openSshText unencrypted OpenSSH text */
export function privateKeyForms(openSshText: string): Map<string, Buffer> {
  const parsed = ssh2.utils.parseKey(openSshText);
  if (parsed instanceof Error) throw parsed;
  const pem = parsed.getPrivatePEM();
  const { d = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  const seed = Buffer.from(d, 'base64url');
  const forms = new Map([
    ['the seed', seed],
    ['the seed in hex', Buffer.from(seed.toString('hex'))],
    ['the seed in base64url', Buffer.from(d)],
    ['the PEM body', Buffer.from(pem.split('\n')[1]?.slice(24) ?? '')],
  ]);
  // Base64 of the same bytes differs with where they begin in the whole.
  for (const skip of [0, 1, 2]) forms.set(`the seed in base64 from ${skip}`, Buffer.from(seed.subarray(skip, skip + 24).toString('base64')));
  // The lines before hold the public half.
  const lines = openSshText.trim().split('\n').slice(3, -2);
  for (const [number, line] of lines.entries()) forms.set(`line ${number} of the OpenSSH body`, Buffer.from(line.slice(0, 40)));
  return forms;
}

/** As `ssh-keygen -l` prints it. */
export function fingerprintOf(openSshText: string): string {
  const parsed = ssh2.utils.parseKey(openSshText);
  if (parsed instanceof Error) throw parsed;
  return `SHA256:${createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '')}`;
}
