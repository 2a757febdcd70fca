import { expect, test } from 'vitest';
import { emptyObservation } from '../../exchange/observation.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../../record/sample.ts';
import type { CheckRequest } from '../request.ts';
import { unmetExpectations } from './expectations.ts';

const REQUEST: CheckRequest = {
  ...{ code: 'r-1', title: 'GET a/ on 80', from: 'a.http:1', address: '192.0.2.1:80', expect: 200 },
  action: { kind: 'http', method: 'GET', target: '/', host: 'a', headers: [], protocol: 'http/1.1' },
};

function recordOf(status: number) {
  const seen = { ...emptyObservation('GET'), replies: [{ status, headers: [], body: '' }] };
  return sampleEnvoy([sampleChapter([sampleClaim({ title: REQUEST.title, observations: [seen] })])]);
}

test('a status that the new version does not send as expected is a finding', () => {
  expect(unmetExpectations(recordOf(200), recordOf(200), [REQUEST])).toEqual([]);
  expect(unmetExpectations(recordOf(200), recordOf(403), [REQUEST])).toEqual([
    {
      ...{ code: expect.stringMatching(/^answer-/), level: 'answer', place: 'GET a/ on 80', request: 'r-1', count: 1 },
      ...{ what: 'response status is 403, expected 200', a: '200', b: '403' },
    },
  ]);
});
