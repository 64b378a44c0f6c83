/**
 * How Postern signs in: keys in the order given, then what the server asks the person.
 */
import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import { PosternError, toPosternError } from '../../contract/error.ts';
import { say, sayAll } from '../../contract/say.ts';
import { toPlainText } from './plainText.ts';
import type { OfferedKey, RsaAlgorithm } from './signingKey.ts';
import { toBlob, toSigningKey } from './signingKey.ts';
import type { TriedKeys } from './triedKeys.ts';
import { userCertificateFault } from './userCertificate.ts';

/** What a server, or the password method, wants to know: contract Question `keyboard-interactive` without its id. */
export interface AuthPrompts {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: { readonly prompt: string; readonly echo: boolean }[];
}

export interface AuthMethods {
  /** Offered in this order, at most MAX_KEYS_OFFERED of them on one connection; a key with a certificate counts as two. */
  readonly keys: readonly OfferedKey[];
  /** What other connections to this host have learnt; absent: this one stands alone. */
  readonly tried?: TriedKeys;
  /** Asks the person; rejects when they cancel. Absent: passwords and prompts are not tried. */
  readonly ask?: (prompts: AuthPrompts) => Promise<readonly string[]>;
}

/** sshd hangs up at MaxAuthTries, 6 unless configured; one try is left for the person. */
export const MAX_KEYS_OFFERED = 5;
/** As OpenSSH's NumberOfPasswordPrompts. */
const MAX_ASKED = 3;
/** Longest prompt shown, in characters. */
const MAX_PROMPT_CHARACTERS = 1024;

export interface AuthenticatorOptions {
  readonly methods: AuthMethods;
  readonly osUser: string;
  /** Shown in errors. */
  readonly host: string;
  /** RFC 8332 algorithm for this server's RSA signatures. */
  readonly rsaAlgorithm: RsaAlgorithm;
  readonly onOffer: (detail: string) => void;
  /** While a person is asked no time limit runs. */
  readonly onAsking: (asking: boolean) => void;
}

/** A key, or its certificate, as the server is told of it. */
interface Offer {
  readonly key: OfferedKey;
  /** The authorized_keys line of the one or the other. */
  readonly line: string;
  readonly certified: boolean;
}

/** One connection's sign-in: says what to try next, and what was tried when nothing is left. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #offers: readonly Offer[];
  readonly #maxOffers: number;
  /** Keys the server has seen: the same one may be in the keychain and in an agent. */
  readonly #seen = new Set<string>();
  readonly #tried: string[] = [];
  /** What to look at, of the keys that were refused. */
  readonly #hints: string[] = [];
  #looked = 0;
  #offered = 0;
  #failedToSign = 0;
  #keyError: PosternError | undefined;
  #allowed: readonly AuthenticationType[] | undefined;
  #interactiveTries = 0;
  #passwordTries = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    const { keys, tried } = options.methods;
    // As OpenSSH: a certificate goes before its key.
    const all = keys.flatMap((key): Offer[] => [...(key.certificate === undefined ? [] : [{ key, line: key.certificate, certified: true }]), { key, line: key.publicKey, certified: false }]);
    this.#offers = all.filter(({ line }) => tried?.isRefused(line) !== true);
    this.#maxOffers = Math.min(MAX_KEYS_OFFERED, tried?.maxOffers ?? MAX_KEYS_OFFERED);
  }

  /**
   * What to send next.
   *
   * @param allowed the methods the server still allows; absent before the first answer
   * @param onFailure told when the person cancels amid the server's prompts
   * @throws PosternError `ssh.auth-exhausted`, the error of the only keys when none could be read, or what `ask` rejects with
   */
  async next(allowed: readonly AuthenticationType[] | undefined, onFailure: (error: PosternError) => void): Promise<AnyAuthMethod> {
    this.#allowed = allowed ?? this.#allowed;
    const allows = (method: AuthenticationType): boolean => allowed?.includes(method) === true;
    if (allowed === undefined || allows('publickey')) {
      const method = await this.#nextKey(onFailure);
      if (method !== undefined) return method;
    }
    const { ask } = this.#options.methods;
    // Without a key to begin with, "none" is how a server is asked for its methods (RFC 4252 section 5.2).
    if (allowed === undefined) return { type: 'none', username: this.#options.osUser };
    if (ask !== undefined && allows('keyboard-interactive') && this.#interactiveTries < MAX_ASKED) return this.#interactive(ask, onFailure);
    if (ask !== undefined && allows('password') && this.#passwordTries < MAX_ASKED) return await this.#password(ask);
    throw this.exhausted();
  }

  /** Nothing is left to try, or the server has had enough. */
  exhausted(serverReason?: string): PosternError {
    const { osUser, host } = this.#options;
    if (this.#tried.length === this.#failedToSign && this.#keyError !== undefined) return this.#keyError;
    const tried = this.#tried.length === 0 ? say`nothing could be tried` : say`tried ${sayAll(this.#tried, ', ')}`;
    const allowed = this.#allowed === undefined ? '' : say`; it allows ${this.#allowed.join(', ') || say`nothing more`}`;
    const said = serverReason === undefined ? '' : say` It said: ${serverReason}.`;
    const unread = this.#keyError === undefined ? '' : sayAll(['', this.#keyError.message]);
    const leftOut = this.left > 0 ? say` Only the first ${this.#offered} keys were offered, ${this.left} were not: choose the key for this host.` : '';
    return new PosternError(
      {
        code: 'ssh.auth-exhausted',
        message: say`${host} does not let ${osUser} in: ${tried}${allowed}.${said}${unread}`,
        remedy: say`Check the user name, and that the public key is in that user's authorized_keys.${this.#hints.length === 0 ? '' : sayAll(['', ...this.#hints])}${leftOut}`,
      },
      { cause: this.#keyError },
    );
  }

  /** How many keys the server was not told of. */
  get left(): number {
    return this.#offers.length - this.#looked;
  }

  /** The server hung up as it had seen too many keys: what another connection must know. */
  noteTooMany(): void {
    this.#options.methods.tried?.setHungUp(this.#offered, this.left);
  }

  async #nextKey(onFailure: (error: PosternError) => void): Promise<AnyAuthMethod | undefined> {
    const { methods, osUser, rsaAlgorithm, onOffer } = this.#options;
    while (this.#offered < this.#maxOffers) {
      const offer = this.#offers[this.#looked++];
      if (offer === undefined) {
        this.#looked = this.#offers.length;
        return undefined;
      }
      const { key, certified } = offer;
      try {
        const blob = toBlob(key.keyName, offer.line);
        if (this.#seen.has(blobText(offer.line))) continue;
        if (certified) refuseFaulty(key.keyName, blob);
        if (key.beforeOffer !== undefined) await this.#asking(key.beforeOffer());
        const signingKey = toSigningKey(this.#whileAsking(key), blob, rsaAlgorithm, (error) => {
          this.#failedToSign += 1;
          this.#seen.delete(blobText(offer.line));
          this.#keyError ??= error;
          // The person has had enough of being asked.
          if (isEnough(error)) onFailure(error);
        });
        this.#offered += 1;
        this.#seen.add(blobText(offer.line));
        methods.tried?.addRefused(offer.line);
        const named = certified ? say`the certificate of key "${key.keyName}"` : say`key "${key.keyName}"`;
        this.#tried.push(named);
        if (key.whenRefused !== undefined) this.#hints.push(key.whenRefused);
        if (certified) this.#hints.push(CERTIFICATE_REFUSED);
        onOffer(say`${osUser} with ${named}`);
        return { type: 'publickey', username: osUser, key: signingKey };
      } catch (thrown) {
        const error = toPosternError(thrown);
        if (isEnough(error)) throw error;
        // The next key may do; the error is told when none does.
        this.#keyError ??= error;
      }
    }
    return undefined;
  }

  /** Reading a key may mean asking for its passphrase, and an agent may wait for a touch: no time limit runs then. */
  #whileAsking(key: OfferedKey): OfferedKey {
    return 'sign' in key ? { ...key, sign: (blob, data, algorithm) => this.#asking(key.sign(blob, data, algorithm)) } : { ...key, privateKey: () => this.#asking(key.privateKey()) };
  }

  #interactive(ask: NonNullable<AuthMethods['ask']>, onFailure: (error: PosternError) => void): AnyAuthMethod {
    const { osUser, onOffer } = this.#options;
    this.#interactiveTries += 1;
    if (this.#interactiveTries === 1) this.#tried.push('keyboard-interactive');
    onOffer(say`${osUser} by the host's questions`);
    return {
      type: 'keyboard-interactive',
      username: osUser,
      prompt: (name, instructions, _language, prompts, finish) => {
        const shown: AuthPrompts = {
          name: toPlainText(name, MAX_PROMPT_CHARACTERS),
          instructions: toPlainText(instructions),
          prompts: prompts.map(({ prompt, echo }) => ({ prompt: toPlainText(prompt, MAX_PROMPT_CHARACTERS), echo: echo === true })),
        };
        this.#asking(ask(shown)).then((answers) => finish([...answers]), (thrown: unknown) => onFailure(toPosternError(thrown)));
      },
    };
  }

  async #password(ask: NonNullable<AuthMethods['ask']>): Promise<AnyAuthMethod> {
    const { osUser, host, onOffer } = this.#options;
    this.#passwordTries += 1;
    if (this.#passwordTries === 1) this.#tried.push('password');
    onOffer(say`${osUser} with a password`);
    const [password = ''] = await this.#asking(ask({ name: '', instructions: '', prompts: [{ prompt: say`Password of ${osUser} on ${host}`, echo: false }] }));
    return { type: 'password', username: osUser, password };
  }

  async #asking<T>(answer: Promise<T>): Promise<T> {
    this.#options.onAsking(true);
    try {
      return await answer;
    } finally {
      this.#options.onAsking(false);
    }
  }
}

/** In the remedy, where a certificate was not taken. */
const CERTIFICATE_REFUSED = say`A certificate counts only where the host trusts the authority that signed it (TrustedUserCAKeys), and for the users it names; dropbear takes none.`;

/** @throws PosternError `key.unreadable` for a certificate that no host can accept */
function refuseFaulty(keyName: string, blob: Buffer): void {
  const fault = userCertificateFault(blob, Date.now());
  if (fault !== undefined) throw new PosternError({ code: 'key.unreadable', message: say`The certificate of "${keyName}" is of no use: ${fault}`, remedy: say`Have a new one signed.` });
}

/** The key itself, without its comment. */
function blobText(line: string): string {
  return line.trim().split(/\s+/, 2).join(' ');
}

function isEnough({ code }: PosternError): boolean {
  return code === 'cancelled' || code === 'secrets.passphrase-wrong';
}
