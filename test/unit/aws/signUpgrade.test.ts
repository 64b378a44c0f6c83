import { expect, test } from 'vitest';
import { signUpgrade } from '../../../src/services/aws/signUpgrade.ts';
import { vectors } from '../ssm/vectors.ts';

function toDate(amzDate: string): Date {
  return new Date(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

test.each(vectors.dataChannelHeaderSignature.vectors)('an upgrade is signed as the official SDK signs it: $name', async ({ url, region, accessKey, secretKey, sessionToken, amzDate, headers }) => {
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  expect(await signUpgrade(url, region, credentials, toDate(amzDate))).toEqual(headers);
});

test('a URL that already carries a signature is not signed again', async () => {
  const url = 'wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/a?role=publish_subscribe&X-Amz-Signature=00';
  expect(await signUpgrade(url, 'us-east-1', { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }, new Date(0))).toEqual({});
});
