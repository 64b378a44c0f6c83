/**
 * Key pairs and host keys: public halves only. Nothing secret has an output type.
 */
import * as z from 'zod';
import { ErrorReport } from './errorReport.ts';
import { say } from './say.ts';

/** `-sk`: in a security key (FIDO2), used through an agent. */
export const KeyType = z.enum(['ed25519', 'rsa', 'ecdsa', 'ed25519-sk', 'ecdsa-sk']);
export type KeyType = z.infer<typeof KeyType>;

export const KeyPair = z.object({
  keyPairId: z.string(),
  keyName: z.string(),
  keyType: KeyType,
  bits: z.number().int().optional(),
  /** One authorized_keys line. */
  publicKey: z.string(),
  /** OpenSSH form: `SHA256:` and 43 base64 characters. */
  fingerprint: z.string(),
  /** Absent for a key of an agent: it was not made here. */
  createTime: z.string().optional(),
  /** `lent`: belongs to the demo cloud, lives in memory, gone when Postern ends. `agent`: an SSH agent has it. */
  origin: z.enum(['generated', 'imported', 'lent', 'agent']),
  /** It is an OpenSSH certificate, not a bare key. */
  certificate: z.object({ keyId: z.string(), principals: z.array(z.string()), /** ISO 8601; absent: no end. */ validBefore: z.string().optional() }).optional(),
  /** Names of EC2 key pairs this key is, by fingerprint, with the scope they were seen in (`profile/region`). */
  ec2KeyPairs: z.array(z.object({ keyName: z.string(), scopeKey: z.string() })),
});
export type KeyPair = z.infer<typeof KeyPair>;

const keyName = z.string().min(1).max(255).regex(/^[^\p{Cc}]+$/u, say`a key name has no control characters`);

export const GenerateKey = z.object({
  keyName,
  keyType: z.enum(['ed25519', 'rsa']),
  /** RSA only; 3072 when absent. */
  bits: z.union([z.literal(3072), z.literal(4096)]).optional(),
});
export type GenerateKey = z.infer<typeof GenerateKey>;

/** Travels inward only. */
export const ImportKey = z.object({
  keyName,
  /** PEM (PKCS#1, PKCS#8, SEC1), OpenSSH or PuTTY text. */
  privateKey: z.string().max(64 * 1024),
  passphrase: z.string().optional(),
});
export type ImportKey = z.infer<typeof ImportKey>;

/** A server's key, kept by instance and not by address: private addresses repeat between VPCs and move. */
export const HostKey = z.object({
  instanceId: z.string(),
  scopeKey: z.string(),
  /** SSH name, e.g. `ssh-ed25519`. */
  keyType: z.string(),
  publicKey: z.string(),
  fingerprint: z.string(),
  firstSeen: z.string(),
  /** Who vouched for it: a person, the instance's console output, or the host itself through Session Manager. */
  confirmedBy: z.enum(['person', 'demo', 'console-output', 'session-manager']),
  /** Of the account the instance was seen in; absent: that was not known. */
  accountId: z.string().optional(),
});
export type HostKey = z.infer<typeof HostKey>;

/** Where private halves are kept, and whether that works right now. */
export const SecretStoreStatus = z.object({
  /** `keychain`: the operating system's; `file`: our passphrase-encrypted file; `memory`: gone at exit. */
  kind: z.enum(['keychain', 'file', 'memory']),
  /** e.g. `Secret Service`, `macOS Keychain`, `Windows Credential Manager`, or the file's path. */
  label: z.string(),
  state: z.enum(['ready', 'locked', 'unavailable']),
  error: ErrorReport.optional(),
  /** Whether a passphrase-encrypted file exists that `secrets.useFile` would open. */
  fileExists: z.boolean(),
});
export type SecretStoreStatus = z.infer<typeof SecretStoreStatus>;

/** Consent to lend keys of the person's SSH agent to one host. */
export const LentAgent = z.object({
  /** Of a host of ~/.ssh/config, or the scope and the id of an instance with a space between. */
  hostId: z.string(),
  keyPairIds: z.array(z.string()),
});
export type LentAgent = z.infer<typeof LentAgent>;
