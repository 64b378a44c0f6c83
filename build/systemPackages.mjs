/**
 * Debian packages the suites need: which are missing, and their installation where this user may.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Package -> a file that is there when it is, under any of its names, so that other systems count too. */
const signs = {
  chromium: ['/usr/bin/chromium'],
  'openssh-server': ['/usr/sbin/sshd'],
  'openssh-client': ['/usr/bin/ssh'],
  'gnome-keyring': ['/usr/bin/gnome-keyring-daemon'],
  'dbus-x11': ['/usr/bin/dbus-run-session'],
  'libsecret-tools': ['/usr/bin/secret-tool'],
  iproute2: ['/usr/bin/ss', '/bin/ss', '/usr/sbin/ss'],
  curl: ['/usr/bin/curl'],
  git: ['/usr/bin/git'],
  'dropbear-bin': ['/usr/sbin/dropbear'],
  'putty-tools': ['/usr/bin/puttygen'],
  rsync: ['/usr/bin/rsync'],
  postgresql: ['/usr/bin/pg_lsclusters', '/usr/lib/postgresql/15/bin/postgres'],
  'postgresql-client': ['/usr/bin/psql'],
  'redis-server': ['/usr/bin/redis-server'],
  'redis-tools': ['/usr/bin/redis-cli'],
  awscli: ['/usr/bin/aws'],
  tmux: ['/usr/bin/tmux'],
  mc: ['/usr/bin/mc'],
  htop: ['/usr/bin/htop'],
  vim: ['/usr/bin/vim'],
  vttest: ['/usr/bin/vttest'],
  'fonts-dejavu': ['/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf'],
  'fonts-noto-color-emoji': ['/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'],
  'fonts-noto-cjk': ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'],
};

export function missingPackages(names) {
  return names.filter((name) => !signs[name].some((file) => existsSync(file)));
}

/** Installs the packages through apt-get as root or by passwordless sudo. Returns the sentence to fail with, or undefined. */
export function installPackages(names, say) {
  const list = names.join(' ');
  const missing = `missing: ${list}`;
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return `${missing} (names of Debian packages; there is no apt-get here)`;
  const root = process.getuid?.() === 0;
  if (!root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) return `${missing}; install with: sudo apt-get install ${list}`;
  say(`postern: installing ${list} with apt-get`);
  const apt = (...args) => {
    const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=120', ...args];
    const [program, ...rest] = root ? command : ['sudo', '-n', ...command];
    return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 2] }).status === 0;
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...names);
  const still = missingPackages(names);
  return still.length === 0 ? undefined : `apt-get did not install ${still.join(' ')} (its own message is above)`;
}
