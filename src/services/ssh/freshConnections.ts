/** Goes on over a fresh connection where a host hangs up before it has seen every key. */
import { toPosternError } from '../../contract/error.ts';
import type { TriedKeys } from './triedKeys.ts';

/** More would look like guessing, and is what servers lock people out for. */
export const MAX_SIGN_IN_CONNECTIONS = 3;

/**
 * @param open one connection; offers what `tried` has not seen refused
 * @throws PosternError as `open`
 */
export async function openWithFreshConnections<T>(tried: Pick<TriedKeys, 'hasMore'> | undefined, open: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open();
    } catch (thrown) {
      const error = toPosternError(thrown);
      if (error.code !== 'ssh.auth-exhausted' || tried?.hasMore !== true || attempt === MAX_SIGN_IN_CONNECTIONS) throw error;
    }
  }
}
