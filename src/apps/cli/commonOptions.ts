/** The options that every command has, and how values are read. */
import { InvalidArgumentError, Option, type Command } from 'commander';

export function common(command: Command): Command {
  return command
    .option('--profile <name>', 'a profile of ~/.aws/config; may be given several times', collect)
    .option('--region <code>', 'a region, e.g. ap-northeast-1; may be given several times', collect)
    .option('--demo', 'use the built-in demo cloud; --demo=N makes one of N instances')
    .addOption(new Option('--demo-instances <number>').argParser(wholeNumber(1, 100_000)).hideHelp());
}

export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most) throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return number;
  };
}
