/** What Postern keeps of accounts itself, in `accounts.json`: profiles and sign-ins that are in no AWS file, and the commands agreed to. No secret is in it. */
import { join } from 'node:path';
import * as z from 'zod';
import { ACCOUNTS_FILE } from './accountsFile.ts';
import { AddedProfile, AddedSignIn } from '../contract/account.ts';
import { PosternError } from '../contract/error.ts';
import { say } from '../contract/say.ts';
import type { Notice } from '../contract/settings.ts';
import type { AddedAccounts } from './aws/configFiles.ts';
import type { AgreedCommands } from './aws/credentials.ts';
import type { Clock } from './base/clock.ts';
import { openStore } from './base/store.ts';

const ACCOUNTS_VERSION = 1;

const AccountsDocument = z.object({
  profiles: z.array(AddedProfile).default([]),
  signIns: z.array(AddedSignIn).default([]),
  /** SHA-256 of a `credential_process` that a person looked at and allowed, and for which profile. */
  agreed: z.array(z.object({ profile: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).default([]),
});

export interface AddedAccountsStore {
  read(): Promise<AddedAccounts>;
  /** A profile of the same name is replaced. */
  addProfiles(profiles: readonly AddedProfile[]): Promise<void>;
  addSignIn(signIn: AddedSignIn): Promise<void>;
  /** @throws PosternError `aws.profile-not-found` */
  remove(profile: string): Promise<void>;
  readonly agreed: AgreedCommands;
}

export function createAddedAccounts({ dataDir, clock, onNotice }: { readonly dataDir: string; readonly clock: Clock; readonly onNotice: (notice: Notice) => void }): AddedAccountsStore {
  const store = openStore({ path: join(dataDir, ACCOUNTS_FILE), version: ACCOUNTS_VERSION, schema: AccountsDocument, clock, onNotice });
  return {
    read: () => store.read(),
    async addProfiles(profiles) {
      const names = new Set(profiles.map(({ profile }) => profile));
      await store.change((current) => ({ ...current, profiles: [...current.profiles.filter(({ profile }) => !names.has(profile)), ...profiles] }));
    },
    async addSignIn(signIn) {
      await store.change((current) => ({ ...current, signIns: [...current.signIns.filter((one) => one.signIn !== signIn.signIn), signIn] }));
    },
    async remove(profile) {
      await store.change((current) => {
        if (!current.profiles.some((one) => one.profile === profile)) throw new PosternError({ code: 'aws.profile-not-found', message: say`Postern keeps no profile "${profile}".`, remedy: say`Profiles of the AWS files are removed there.` });
        return { ...current, profiles: current.profiles.filter((one) => one.profile !== profile) };
      });
    },
    agreed: {
      has: async (hash) => (await store.read()).agreed.some(({ sha256 }) => sha256 === hash),
      hadOther: async (profile) => (await store.read()).agreed.some((one) => one.profile === profile),
      async add(profile, sha256) {
        await store.change((current) => ({ ...current, agreed: [...current.agreed.filter((one) => one.profile !== profile && one.sha256 !== sha256), { profile, sha256 }] }));
      },
    },
  };
}
