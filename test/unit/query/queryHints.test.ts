import { expect, test } from 'vitest';
import { hintSentence, queryHints } from '../../../src/query/queryHints.ts';

test('a word whose key is no filter key, and a state that there is not, are named with what there is', () => {
  expect(queryHints('web bad:filter state:runnin,STOPPED -nor:this name:x').map(hintSentence)).toEqual([
    '"bad:" is no filter key; it was searched as text (keys: name: id: ip: tag: state: type: region: account: vpc: subnet: az: sg: key: image: platform: ssm: via: is:)',
    '"state:runnin" is none of pending, running, stopping, stopped, shutting-down, terminated, connection-lost, inactive',
  ]);
});

test('what is text beyond doubt, or may match later, gives no hint', () => {
  expect(queryHints('fe80::1 abcd:ef01::7 http://x arn:aws:ec2 "bad:filter" 10.0.0.1:22 state:run* state: state:connection-lost')).toEqual([]);
});
