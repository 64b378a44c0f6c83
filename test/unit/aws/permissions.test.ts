import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { featureNames, featureOf, features, leastPolicy } from '../../../src/services/aws/permissions.ts';

const every = featureNames.flatMap((feature): readonly string[] => features[feature].permissions);

test('README.md lists exactly the permissions of the table', () => {
  const [, section = ''] = /\n## Permissions\n(.*?)\n## /s.exec(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')) ?? [];
  const listed = section.split('\n').filter((line) => line.startsWith('|')).flatMap((line) => [...line.matchAll(/`((?:ec2|ssm|kms|ssmmessages|ec2-instance-connect|cloudwatch|autoscaling|elasticloadbalancing|iam):[A-Z][A-Za-z]+)`/g)].flatMap(([, permission]) => permission ?? []));
  expect([...new Set(listed)].toSorted()).toEqual(every.toSorted());
});

test('a permission belongs to one feature', () => {
  expect(every.map(featureOf).map(String).length).toBe(new Set(every).size);
  expect([featureOf('ec2:DescribeInstanceStatus'), featureOf('s3:GetObject')]).toEqual(['status', undefined]);
});

test('the least policy holds what the features need and nothing else', () => {
  expect(leastPolicy([])).toEqual({ Version: '2012-10-17', Statement: [{ Sid: 'PosternReads', Effect: 'Allow', Action: ['ec2:DescribeInstances'], Resource: '*' }] });
  expect(leastPolicy(['session-manager', 'status'])).toEqual({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'PosternReads', Effect: 'Allow', Action: ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus'], Resource: '*' },
      { Sid: 'PosternReaches', Effect: 'Allow', Action: ['ssm:StartSession'], Resource: '*' },
      { Sid: 'PosternOwnSessions', Effect: 'Allow', Action: ['ssm:ResumeSession', 'ssm:TerminateSession', 'ssmmessages:OpenDataChannel'], Resource: ['arn:aws:ssm:*:*:session/${aws:userid}-*', 'arn:aws:ssm:*:*:session/${aws:username}-*'] },
    ],
  });
});
