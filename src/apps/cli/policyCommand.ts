/** `postern policy [FEATURE...]`: the least IAM policy with which these features work, as JSON to paste into IAM. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { featureNames, features, leastPolicy, type Feature } from '../../services/aws/permissions.ts';
import { printAnswer } from './output.ts';

export function addPolicyCommand(program: Command, finish: (status: number) => void): void {
  program
    .command('policy')
    .description('print the least IAM policy for what you use')
    .addOption(new Option('--feature <name>', 'one of the features below; may be given several times; all when absent').argParser<Feature[]>(collectFeature))
    .addHelpText('after', `\nFeatures:\n${featureNames.map((name) => `  ${name.padEnd(20)}${features[name].does}`).join('\n')}\n\nExample:\n  postern policy --feature status --feature session-manager > postern-policy.json`)
    .action(async ({ feature = [...featureNames] }: { feature?: readonly Feature[] }) => {
      await printAnswer(`${JSON.stringify(leastPolicy(feature), undefined, 2)}\n`);
      finish(0);
    });
}

function collectFeature(value: string, previous: readonly Feature[] = []): Feature[] {
  const feature = featureNames.find((name) => name === value);
  if (feature === undefined) throw new InvalidArgumentError(`It must be one of ${featureNames.join(', ')}.`);
  return [...previous, feature];
}
