import { expect, test } from 'vitest';
import { initialRoundTrip, sampleRoundTrip } from '../../../src/services/ssm/roundTrip.ts';
import { vectors } from './vectors.ts';

const { initial, sequences } = vectors.retransmissionTimeout;

test('before the first sample the official values hold', () => {
  expect(initialRoundTrip).toEqual(initial);
});

test.each(sequences.map((steps) => ({ steps, samples: steps.map(({ sampleMs }) => sampleMs).join(', ') })))('the timeout after samples of $samples ms is the official one', ({ steps }) => {
  let roundTrip = initialRoundTrip;
  for (const { sampleMs, rttMs, rttvarMs, rtoMs } of steps) {
    roundTrip = sampleRoundTrip(roundTrip, sampleMs);
    expect(roundTrip.rttMs).toBeCloseTo(rttMs, 5);
    expect(roundTrip.rttvarMs).toBeCloseTo(rttvarMs, 5);
    expect(roundTrip.rtoMs).toBeCloseTo(rtoMs, 5);
  }
});
