/** The text of the files in a demo host's home folder. */

/** What bash or sh reads at its start: the prompt of the image, colours, history. */
export function shellStart(osUser: string, privateDnsName: string, shell: 'bash' | 'sh'): string {
  const prompt = shell === 'bash' ? bashPrompt(osUser, shortName(privateDnsName)) : '$ ';
  return [
    // bash reads this file for commands too when its input is a socket, as under sshd.
    'case $- in *i*) ;; *) return ;; esac',
    `PS1='${prompt}'`,
    `PS2='> '`,
    ...(shell === 'bash' ? ['HISTCONTROL=ignoreboth', 'shopt -s checkwinsize'] : []),
    `command -v dircolors >/dev/null 2>&1 && eval "$(dircolors -b)"`,
    // GNU and BSD spell colour differently; the one that is understood is used.
    `if ls --color=auto / >/dev/null 2>&1; then alias ls='ls --color=auto'; else alias ls='ls -G'; fi`,
    `alias ll='ls -l'`,
    `alias grep='grep --color=auto'`,
    '',
  ].join('\n');
}

/** Written out rather than `\u` and `\$`: the shell runs as whoever runs Postern, root included. */
function bashPrompt(osUser: string, host: string): string {
  if (osUser === 'ssm-user') return 'sh-5.2$ ';
  if (osUser === 'ubuntu' || osUser === 'admin') {
    return `\\[\\e[01;32m\\]${osUser}@${host}\\[\\e[00m\\]:\\[\\e[01;34m\\]\\w\\[\\e[00m\\]$ `;
  }
  return `[${osUser}@${host} \\W]$ `;
}

export function readme(osUser: string, privateDnsName: string): string {
  return [
    // Lines of a terminal that is not wide.
    `This is ${privateDnsName},`,
    `a host of Postern's demo cloud, and you are ${osUser}.`,
    '',
    'There is no machine in a data centre: the shell runs on your own',
    'computer, in a temporary folder that is removed when the demo ends.',
    'The way in is real: keys, host keys, security groups and sessions',
    'work as they do in AWS.',
    '',
    'Things to try:',
    '  colours                256 colours, and text in other scripts',
    '  less logs/access.log   a full-screen program',
    '  seq 1000000            a lot of output; Ctrl+C stops it',
    '  stty size              follows the window',
    '',
  ].join('\n');
}

/** Sixty lines of a web server's log, the same every time. */
export function accessLog(privateDnsName: string): string {
  const paths = ['/', '/health', '/api/orders', '/api/orders/17', '/assets/app.js', '/login'];
  const lines = Array.from({ length: 60 }, (_, index) => {
    const minute = String(index).padStart(2, '0');
    const path = paths[index % paths.length] ?? '/';
    const status = index % 17 === 16 ? 502 : index % 11 === 10 ? 404 : 200;
    return `10.0.${index % 4}.${20 + (index % 7)} - - [22/Nov/2026:09:${minute}:00 +0000] "GET ${path} HTTP/1.1" ${status} ${512 + index * 37} "${privateDnsName}"`;
  });
  return `${lines.join('\n')}\n`;
}

/** The machine's own `hostname` would name the person's computer. */
export function hostname(privateDnsName: string): string {
  return `#!/bin/sh\ncase "$1" in -s) echo '${shortName(privateDnsName)}' ;; *) echo '${privateDnsName}' ;; esac\n`;
}

export function colours(): string {
  return [
    '#!/bin/sh',
    'i=0',
    'while [ $i -lt 256 ]; do',
    `  printf '\\033[48;5;%dm  \\033[0m' $i`,
    '  i=$((i + 1))',
    `  [ $((i % 32)) -eq 0 ] && printf '\\n'`,
    'done',
    `printf '\\033[1mbold\\033[0m \\033[3mitalic\\033[0m \\033[4munderlined\\033[0m  gr\u00fc\u00dfe  \u65e5\u672c\u8a9e  \u2500\u2502\u250c\u2510\\n'`,
    '',
  ].join('\n');
}

function shortName(privateDnsName: string): string {
  return privateDnsName.split('.')[0] ?? privateDnsName;
}
