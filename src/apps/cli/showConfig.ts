/** `postern ssh -G NAME`: what OpenSSH's configuration comes to for a host, as `ssh -G` prints it. */
import { dumpSshConfig } from '../../services/ssh/sshConfigDump.ts';
import type { SshConfig } from '../../services/ssh/sshConfigResult.ts';
import { unheededKeywords, unheededText } from '../../services/ssh/unheededKeywords.ts';
import { printAnswer } from './output.ts';
import { printable } from './printable.ts';

/** @returns the exit status: 255 where ssh would not connect, with why on stderr */
export async function showConfig(config: SshConfig): Promise<number> {
  for (const { message, file, line } of config.errors) process.stderr.write(`postern: ${printable(message)} (${place(file, line)})\n`);
  for (const { command, file, line } of config.refusedCommands) process.stderr.write(`postern: not run without asking: ${printable(command)} (${place(file, line)})\n`);
  for (const { keyword, value, file, line } of unheededKeywords(config)) process.stderr.write(`postern: not followed: ${printable(`${keyword} ${value}`)} (${place(file, line)})\n`);
  if (config.errors.length > 0) return NOT_USABLE;
  const lines = [...dumpSshConfig(config)].flatMap(([keyword, values]) => values.map((value) => printable(`${keyword} ${value}`)));
  await printAnswer(lines.join('\n'));
  return 0;
}

const NOT_USABLE = 255;

/** What the configuration has and Postern does not do, on stderr. */
export function tellUnheeded(config: SshConfig): void {
  const text = unheededText(unheededKeywords(config));
  if (text !== undefined) process.stderr.write(`postern: ${printable(text)}\n`);
}

function place(file: string, line: number): string {
  return printable(line === 0 ? file : `${file} line ${line}`);
}
