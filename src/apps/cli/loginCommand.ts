/** `postern login [PROFILE]`: signs in to the Identity Center of a profile, from the terminal. */
import type { AccountPrompt, SignIn, SignInMethod } from '../../contract/account.ts';
import { PosternError } from '../../contract/error.ts';
import { printAnswer } from './output.ts';
import { printable } from './printable.ts';
import type { Running } from './run.ts';
import { untilInterrupted } from './run.ts';

export interface LoginOptions {
  /** Absent: the only sign-in there is. */
  readonly profile?: string;
  readonly method: SignInMethod;
}

/** @returns the exit status */
export async function loginCommand({ services, interrupted }: Running, { profile, method }: LoginOptions): Promise<number> {
  const { signIn } = await signInOf(services, profile);
  let told: string | undefined;
  const stop = services.onEvent((event) => {
    if (event.name !== 'accounts.promptsChanged') return;
    const page = pageOf(event.payload, signIn);
    if (page === undefined || page.url === told) return;
    told = page.url;
    process.stderr.write(`Open this page in a browser${method === 'browser' ? ' of this computer' : ''} to sign in to ${printable(signIn)}:\n\n  ${printable(page.url)}\n\n${page.userCode === undefined ? '' : `It must show the code ${printable(page.userCode)}.\n`}`);
  });
  try {
    await untilInterrupted(interrupted, services.accounts.signIn({ signIn, method }));
  } finally {
    stop();
  }
  await printAnswer(`Signed in to ${printable(signIn)}.`);
  return 0;
}

async function signInOf(services: Running['services'], name: string | undefined): Promise<SignIn> {
  const { profiles, signIns } = await services.accounts.list({});
  const wanted = name === undefined ? undefined : (profiles.find(({ profile }) => profile === name)?.signIn ?? name);
  const found = wanted === undefined ? (signIns.length === 1 ? signIns[0] : undefined) : signIns.find(({ signIn }) => signIn === wanted);
  if (found !== undefined) return found;
  if (name === undefined) {
    throw signIns.length === 0
      ? new PosternError({ code: 'aws.no-profile', message: 'No profile signs in to Identity Center.', remedy: 'Add one with: aws configure sso' })
      : new PosternError({ code: 'input.invalid', message: `There are ${signIns.length} sign-ins: ${signIns.map(({ signIn }) => signIn).join(', ')}.`, remedy: 'Name one of them, or a profile.' });
  }
  const known = profiles.some(({ profile }) => profile === name);
  throw new PosternError({ code: 'aws.profile-not-found', message: known ? `The profile "${name}" does not sign in to Identity Center.` : `There is no profile or sign-in "${name}".`, remedy: 'Check its section in ~/.aws/config.' });
}

/** The page of a sign-in that waits for the person. */
function pageOf(prompts: readonly AccountPrompt[], signIn: string): { readonly url: string; readonly userCode?: string | undefined } | undefined {
  const prompt = prompts.find((one) => one.kind === 'sign-in' && one.signIn === signIn);
  return prompt?.kind === 'sign-in' && prompt.progress.name === 'waiting' ? prompt.progress : undefined;
}
