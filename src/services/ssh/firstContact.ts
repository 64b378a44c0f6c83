/**
 * First contact with a host: what its console output, and the host itself through Session Manager, say of its keys before a person
 * is asked.
 *
 * Of the console every complete block counts, not the last one: who can write there after the boot could add a block of theirs,
 * or push the true one out of the 64 KiB. Blocks that disagree prove nothing, so that such a writer gains a question at most. What
 * EC2 kept shortly after the boot is read before what the console shows now, for the same reason.
 */
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say } from '../../contract/say.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Log } from '../base/log.ts';
import type { ToldKeys, ToldVerdict } from './toldHostKeys.ts';
import { judgeHostKey, readConsoleHostKeys, readPublicKeys } from './toldHostKeys.ts';

/** Who vouches for a key. */
export type Voucher = 'console-output' | 'session-manager';

export type HostKeyProof =
  | { readonly outcome: 'proven'; readonly by: Voucher }
  /** What answers is not that instance, as far as the voucher goes. */
  | { readonly outcome: 'contradicted'; readonly by: Voucher; readonly told: ToldKeys }
  | { readonly outcome: 'unproven'; readonly because: readonly string[]; readonly canAskHost: boolean };

export interface FirstContact {
  /** The types of the keys that were told; asked for first, so that a host with several shows one of them. */
  keyTypes(): Promise<readonly string[]>;
  prove(keyType: string, blob: Uint8Array): Promise<HostKeyProof>;
  /** The same by the word of the host itself, which the person asked for. */
  askHost(keyType: string, blob: Uint8Array): Promise<HostKeyProof>;
}

export interface FirstContactOptions {
  readonly allowed: Settings['firstContactProof'];
  /** @throws PosternError */
  readonly consoleOutput: (latest: boolean, signal: AbortSignal) => Promise<string | undefined>;
  /**
   * The public key files of the host, through its agent. Absent: `agentAbsent` says why.
   *
   * @throws PosternError
   */
  readonly hostKeyFiles: ((signal: AbortSignal) => Promise<string>) | undefined;
  readonly agentAbsent: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const CONSOLE_TIMEOUT_MS = 6_000;
const HOST_TIMEOUT_MS = 20_000;

/** What a source told, or a sentence that says why it told nothing. */
type Told = { readonly blocks: readonly ToldKeys[] } | { readonly silence: string };

/** Begins to read the console at once where that is allowed. */
export function createFirstContact(options: FirstContactOptions): FirstContact {
  const { allowed, hostKeyFiles, agentAbsent } = options;
  const mayAskHost = allowed === 'console-and-session-manager';
  const fromConsole = allowed === 'off' ? undefined : readConsole(options);
  // Whoever waits for it hears of the cancel; with a key that is known, nobody does.
  fromConsole?.catch(() => undefined);
  let fromHost: Promise<Told> | undefined;

  function hostTold(read: NonNullable<typeof hostKeyFiles>): Promise<Told> {
    return (fromHost ??= readHost(read, options));
  }

  async function byConsole(keyType: string, blob: Uint8Array): Promise<HostKeyProof> {
    if (fromConsole === undefined) return unproven(say`The console output was not read: the settings do not allow it.`);
    return judge(await fromConsole, 'console-output', keyType, blob);
  }

  async function byHost(keyType: string, blob: Uint8Array): Promise<HostKeyProof> {
    return hostKeyFiles === undefined ? unproven(agentAbsent) : judge(await hostTold(hostKeyFiles), 'session-manager', keyType, blob);
  }

  function unproven(...because: readonly string[]): HostKeyProof {
    return { outcome: 'unproven', because, canAskHost: hostKeyFiles !== undefined && fromHost === undefined };
  }

  function judge(told: Told, by: Voucher, keyType: string, blob: Uint8Array): HostKeyProof {
    if ('silence' in told) return unproven(told.silence);
    const verdict: ToldVerdict = judgeHostKey(told.blocks, keyType, blob);
    if (verdict === 'proven') return { outcome: 'proven', by };
    if (verdict === 'contradicted') return { outcome: 'contradicted', by, told: told.blocks.flat() };
    return unproven(verdict === 'disputed' ? say`The console output tells of this key and of another ${keyType} key.` : nothingTold(by));
  }

  return {
    async keyTypes() {
      const told = await fromConsole;
      return told === undefined || 'silence' in told ? [] : [...new Set(told.blocks.flat().map(({ keyType }) => keyType))];
    },
    async prove(keyType, blob) {
      const proof = await byConsole(keyType, blob);
      if (proof.outcome === 'proven' || !mayAskHost) return proof;
      // The host itself knows best: its keys may have been replaced since it wrote to the console.
      const itsOwn = await byHost(keyType, blob);
      if (itsOwn.outcome !== 'unproven' || proof.outcome === 'contradicted') return itsOwn.outcome === 'unproven' ? proof : itsOwn;
      return unproven(...proof.because, ...itsOwn.because);
    },
    askHost: byHost,
  };
}

async function readConsole({ consoleOutput, log, signal }: FirstContactOptions): Promise<Told> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONSOLE_TIMEOUT_MS)]);
  try {
    for (const latest of [false, true]) {
      const output = await consoleOutput(latest, limit);
      const blocks = readConsoleHostKeys(output ?? '');
      if (blocks.length > 0) return { blocks };
    }
    return { silence: nothingTold('console-output') };
  } catch (thrown) {
    return { silence: toSilence(thrown, say`The console output`, limit, signal, log) };
  }
}

async function readHost(read: (signal: AbortSignal) => Promise<string>, { log, signal }: FirstContactOptions): Promise<Told> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(HOST_TIMEOUT_MS)]);
  try {
    const keys = readPublicKeys(await read(limit));
    return keys.length > 0 ? { blocks: [keys] } : { silence: nothingTold('session-manager') };
  } catch (thrown) {
    return { silence: toSilence(thrown, say`The host, asked through Session Manager,`, limit, signal, log) };
  }
}

function nothingTold(by: Voucher): string {
  return by === 'console-output' ? say`The console output of the instance tells no host key.` : say`The host, asked through Session Manager, has no public key files in the usual place.`;
}

/** @throws PosternError `cancelled` when the connect itself was */
function toSilence(thrown: unknown, source: string, limit: AbortSignal, signal: AbortSignal, log: Log): string {
  const error = toPosternError(thrown);
  if (signal.aborted) throw error;
  if (limit.aborted) return say`${source} did not answer in time.`;
  log.info('a first contact could not be proven', error.toReport());
  if (error instanceof PosternError && error.code === 'internal') return say`${source} could not be read.`;
  return say`${source} could not be read: ${error.message}`;
}
