/** What a person can do about accounts: each is a call to the services. How a sign-in goes is told as a prompt. */
import type { AddedProfile, AddedSignIn, OfferedAccount, PromptReply, SignInMethod } from '../../contract/account.ts';
import { toPosternError } from '../../contract/error.ts';
import type { Client } from './connection.ts';

export interface AccountActions {
  signIn(signIn: string, method: SignInMethod): Promise<void>;
  cancelSignIn(signIn: string): Promise<boolean>;
  /** Rejects when the answer did not do. */
  reply(promptId: string, reply: PromptReply['reply']): Promise<void>;
  offered(signIn: string): Promise<OfferedAccount[]>;
  add(profiles: AddedProfile[]): Promise<void>;
  addSignIn(signIn: AddedSignIn): Promise<void>;
  remove(profile: string): Promise<boolean>;
}

export function createAccountActions(services: () => Client, run: (work: () => Promise<unknown>) => Promise<boolean>): AccountActions {
  return {
    async signIn(signIn, method) {
      try {
        await services().accounts.signIn({ signIn, method });
      } catch (thrown) {
        // The prompt tells what Identity Center said; only what never got that far is told here.
        if (!/^(aws\.|cancelled)/.test(toPosternError(thrown).code)) await run(() => Promise.reject(thrown));
      }
    },
    cancelSignIn: (signIn) => run(() => services().accounts.cancelSignIn({ signIn })),
    reply: (promptId, reply) => services().accounts.reply({ promptId, reply }),
    offered: (signIn) => services().accounts.offered({ signIn }),
    add: (profiles) => services().accounts.add({ profiles }),
    addSignIn: (signIn) => services().accounts.addSignIn(signIn),
    remove: (profile) => run(() => services().accounts.remove({ profile })),
  };
}
