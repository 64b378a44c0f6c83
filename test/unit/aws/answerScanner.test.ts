import { afterEach, expect, test } from 'vitest';
import type { Instance } from '../../../src/contract/instance.ts';
import { createAnswerScanner, IN_PLACE_BYTES } from '../../../src/services/aws/answerScanner.ts';
import { scanAnswer } from '../../../src/services/aws/ec2Answers.ts';
import { XmlScanError } from '../../../src/services/aws/xmlScan.ts';
import { createRandom, describeInstancesXml } from './ec2Xml.ts';

const scope = { profile: 'p', region: 'eu-west-1' };
const scanner = createAnswerScanner();
afterEach(() => scanner.close());

const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));

async function scanned(xml: string): Promise<{ rows: Instance[]; slices: number; nextToken: string | undefined }> {
  const rows: Instance[] = [];
  let slices = 0;
  const nextToken = await scanner.scan('DescribeInstances', bytes(xml), scope, (slice) => {
    slices += 1;
    rows.push(...slice);
  });
  return { rows, slices, nextToken };
}

test('a large answer is read by the worker, in slices, to the same rows as in place', async () => {
  const xml = describeInstancesXml(1000, createRandom(3), 'next');
  expect(Buffer.byteLength(xml)).toBeGreaterThan(IN_PLACE_BYTES);
  const there = await scanned(xml);
  expect(there.rows).toEqual([...scanAnswer('DescribeInstances', xml, scope)]);
  expect(there.slices).toBe(20);
  expect(there.nextToken).toBe('next');
});

test('several answers at once are kept apart', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map((seed) => scanned(describeInstancesXml(200 + seed, createRandom(seed), `token-${seed}`))));
  expect(answers.map(({ rows, nextToken }) => [rows.length, nextToken])).toEqual([
    [201, 'token-1'],
    [202, 'token-2'],
    [203, 'token-3'],
    [204, 'token-4'],
  ]);
});

test('a large answer that is not the one asked for is refused, and the next one is read', async () => {
  await expect(scanned(`<html>${'<p>Sign in</p>'.repeat(20_000)}</html>`)).rejects.toBeInstanceOf(XmlScanError);
  await expect(scanned(describeInstancesXml(400, createRandom(1)).slice(0, -200))).rejects.toBeInstanceOf(XmlScanError);
  expect((await scanned(describeInstancesXml(400, createRandom(1)))).rows.length).toBe(400);
});

test('a listener that throws fails its scan only', async () => {
  const xml = describeInstancesXml(400, createRandom(1));
  await expect(scanner.scan('DescribeInstances', bytes(xml), scope, () => {
    throw new Error('no');
  })).rejects.toThrow('no');
  expect((await scanned(xml)).rows.length).toBe(400);
});

test('closing ends a scan under way', async () => {
  const outcome = Promise.allSettled([scanned(describeInstancesXml(2000, createRandom(1)))]);
  await scanner.close();
  expect(await outcome).toEqual([{ status: 'rejected', reason: new Error('the thread that reads EC2 answers ended') }]);
});
