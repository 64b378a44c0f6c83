import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { afterSample, initialRoundTrip } from '../../../src/demo/agentRoundTrip.ts';

const Step = z.object({ sampleMs: z.number(), rttMs: z.number(), rttvarMs: z.number(), rtoMs: z.number() });
const Vectors = z.object({ retransmissionTimeout: z.object({ initial: Step.omit({ sampleMs: true }), sequences: z.array(z.array(Step)) }) });
const vectors = Vectors.parse(JSON.parse(readFileSync(new URL('../../fixtures/demo/agentVectors.json', import.meta.url), 'utf8'))).retransmissionTimeout;

test('the agent waits before it sends again as long as the official agent', () => {
  expect(initialRoundTrip).toEqual(vectors.initial);
  for (const sequence of vectors.sequences) {
    let roundTrip = initialRoundTrip;
    for (const step of sequence) {
      roundTrip = afterSample(roundTrip, step.sampleMs);
      expect(roundTrip.rttMs).toBeCloseTo(step.rttMs, 5);
      expect(roundTrip.rttvarMs).toBeCloseTo(step.rttvarMs, 5);
      expect(roundTrip.rtoMs).toBeCloseTo(step.rtoMs, 5);
    }
  }
});
