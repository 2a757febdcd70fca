import { expect, test } from 'vitest';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import type { EnvoyRecord } from '../record/record.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import { compareRecords } from './compare.ts';

/** A record of requests to servers, each with the names of its headers in order. */
function recordOf(name: string, requests: [server: string, headers: string][]): EnvoyRecord {
  const claims = requests.map(([servedBy, names], at) => {
    const received: Observation['received'] = [
      {
        ...{ servedBy, method: 'GET', path: '/', httpVersion: '1.1', requests: 1 },
        ...{ local: '198.51.100.10:80', remote: '192.0.2.10:1' },
        headers: [...names].map((header) => [header, '1']),
      },
    ];
    return sampleClaim({ title: `request ${at}`, observations: [{ ...emptyObservation('GET'), received }] });
  });
  return sampleEnvoy([sampleChapter(claims)], { name });
}

const placesOf = (a: EnvoyRecord, b: EnvoyRecord, again: EnvoyRecord): string[] =>
  compareRecords(a, b, [], { a: again }).differences.map(({ claim, path }) => `${claim}: ${path}`);

test('a server for which one request is reordered by itself is compared without order in every request', () => {
  const a = recordOf('A', [
    ['authz', 'abc'],
    ['authz', 'abc'],
    ['api', 'abc'],
  ]);
  const again = recordOf('A again', [
    ['authz', 'acb'],
    ['authz', 'abc'],
    ['api', 'abc'],
  ]);
  const b = recordOf('B', [
    ['authz', 'bac'],
    ['authz', 'cbda'],
    ['api', 'bac'],
  ]);
  expect(placesOf(a, b, again)).toEqual([
    'request 1: received[0].headers.d',
    'request 2: received[0].headers.a in order',
  ]);
});
