/**
 * A machine for one process: this one, but for the tester's home and password, which are made for it and seen by it alone (a
 * mount namespace). So that a real sshd or dropbear can take a password, and read ~/.ssh/authorized_keys.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface PrivateMachine {
  /** What a program is started by to be there. */
  readonly command: readonly string[];
  remove(): void;
}

export function createPrivateMachine(password: string, authorizedKeys: readonly string[]): PrivateMachine {
  const { username, homedir } = userInfo();
  const folder = mkdtempSync(join(tmpdir(), 'postern-machine-'));
  const home = join(folder, 'home');
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, '.ssh', 'authorized_keys'), `${authorizedKeys.join('\n')}\n`, { mode: 0o600 });
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password }).toString().trim();
  const others = readFileSync('/etc/shadow', 'utf8').split('\n').filter((line) => !line.startsWith(`${username}:`));
  const shadow = join(folder, 'shadow');
  writeFileSync(shadow, [`${username}:${hash}:20000:0:99999:7:::`, ...others].join('\n'), { mode: 0o600 });
  return {
    command: ['unshare', '--mount', 'sh', '-c', 'mount --bind "$1" /etc/shadow && mount --bind "$2" "$3" && shift 3 && exec "$@"', 'sh', shadow, home, homedir],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
