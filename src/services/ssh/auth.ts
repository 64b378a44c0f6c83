/**
 * How Postern signs in: keys in the order given, then what the server asks the person.
 */
import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import { PosternError, toPosternError } from '../../contract/error.ts';
import type { Secret } from '../base/secret.ts';
import { toPlainText } from './plainText.ts';
import type { OfferedKey, RsaAlgorithm } from './signingKey.ts';
import { toSigningKey } from './signingKey.ts';

/** What a server, or the password method, wants to know: contract Question `keyboard-interactive` without its id. */
export interface AuthPrompts {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: { readonly prompt: string; readonly echo: boolean }[];
}

export interface AuthMethods {
  /** Offered in this order, at most MAX_KEYS_OFFERED of them. */
  readonly keys: readonly OfferedKey[];
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

/** One connection's sign-in: says what to try next, and what was tried when nothing is left. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #tried: string[] = [];
  /** What to look at, of the keys that were refused. */
  readonly #hints: string[] = [];
  #offered = 0;
  #keyError: PosternError | undefined;
  #allowed: readonly AuthenticationType[] | undefined;
  /** Of the key that is offered now. */
  #secret: Secret | undefined;
  #interactiveTries = 0;
  #passwordTries = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * What to send next.
   *
   * @param allowed the methods the server still allows; absent before the first answer
   * @param onFailure told when the person cancels amid the server's prompts
   * @throws PosternError `ssh.auth-exhausted`, the error of the only keys when none could be read, or what `ask` rejects with
   */
  async next(allowed: readonly AuthenticationType[] | undefined, onFailure: (error: PosternError) => void): Promise<AnyAuthMethod> {
    this.end();
    this.#allowed = allowed ?? this.#allowed;
    const allows = (method: AuthenticationType): boolean => allowed?.includes(method) === true;
    if (allowed === undefined || allows('publickey')) {
      const method = await this.#nextKey();
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
    const { osUser, host, methods } = this.#options;
    if (this.#tried.length === 0 && this.#keyError !== undefined) return this.#keyError;
    const tried = this.#tried.length === 0 ? 'nothing could be tried' : `tried ${this.#tried.join(', ')}`;
    const allowed = this.#allowed === undefined ? '' : `; it allows ${this.#allowed.join(', ') || 'nothing more'}`;
    const said = serverReason === undefined ? '' : ` It said: ${serverReason}.`;
    const unread = this.#keyError === undefined ? '' : ` ${this.#keyError.message}`;
    const left = methods.keys.length - MAX_KEYS_OFFERED;
    const leftOut = left > 0 ? ` Only the first ${MAX_KEYS_OFFERED} keys were offered, ${left} were not: choose the key for this host.` : '';
    return new PosternError(
      {
        code: 'ssh.auth-exhausted',
        message: `${host} does not let ${osUser} in: ${tried}${allowed}.${said}${unread}`,
        remedy: `Check the user name, and that the public key is in that user's authorized_keys.${this.#hints.map((hint) => ` ${hint}`).join('')}${leftOut}`,
      },
      { cause: this.#keyError },
    );
  }

  /** Wipes the key that was offered last. */
  end(): void {
    this.#secret?.wipe();
    this.#secret = undefined;
  }

  async #nextKey(): Promise<AnyAuthMethod | undefined> {
    const { methods, osUser, rsaAlgorithm, onOffer } = this.#options;
    while (this.#offered < Math.min(methods.keys.length, MAX_KEYS_OFFERED)) {
      const key = methods.keys[this.#offered++];
      if (key === undefined) break;
      try {
        // Reading it may mean asking for the passphrase of the file it is kept in.
        this.#secret = await this.#asking(key.privateKey());
        const signingKey = toSigningKey(key, this.#secret, rsaAlgorithm, (error) => (this.#keyError ??= error));
        this.#tried.push(`key "${key.keyName}"`);
        if (key.whenRefused !== undefined) this.#hints.push(key.whenRefused);
        onOffer(`${osUser} with key "${key.keyName}"`);
        return { type: 'publickey', username: osUser, key: signingKey };
      } catch (thrown) {
        const error = toPosternError(thrown);
        // The person has had enough of being asked.
        if (error.code === 'cancelled' || error.code === 'secrets.passphrase-wrong') throw error;
        // The next key may do; the error is told when none does.
        this.#keyError ??= error;
      }
    }
    return undefined;
  }

  #interactive(ask: NonNullable<AuthMethods['ask']>, onFailure: (error: PosternError) => void): AnyAuthMethod {
    const { osUser, onOffer } = this.#options;
    this.#interactiveTries += 1;
    if (this.#interactiveTries === 1) this.#tried.push('keyboard-interactive');
    onOffer(`${osUser} by the host's questions`);
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
    onOffer(`${osUser} with a password`);
    const [password = ''] = await this.#asking(ask({ name: '', instructions: '', prompts: [{ prompt: `Password of ${osUser} on ${host}`, echo: false }] }));
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
